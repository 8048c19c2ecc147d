import Mathematics

/// A checked logistic regression: each feature's value makes points in log-odds, the points are
/// added to the intercept, and the logistic function makes the sum a probability.
///
/// The sum runs over the features in declared order, from the intercept on, so that its rounding
/// is part of the definition. Every input, also a NaN, gives a finite margin and score.
package struct LogisticModel: Equatable, Sendable {
  /// The definition that was checked.
  package let definition: LogisticDefinition

  private let features: [CompiledFeature]

  private enum CompiledFeature: Equatable {
    case linear(LogisticDefinition.Linear, missing: Double)
    case binned(Scoring.CompiledFeature)
  }

  /// Numbers are cut to this size where no bound is given, so that no sum overflows.
  private static let limit = 1e15

  /// Checks a definition.
  /// - Throws: The first fault in the order of the definition.
  package init(_ definition: LogisticDefinition) throws(LogisticModelError) {
    self.definition = definition
    features = try Self.features(of: definition)
    let largest = features.reduce(definition.intercept.magnitude) { sum, feature in
      switch feature {
      case .linear(let shape, let missing):
        sum
          + max(
            missing.magnitude, Self.points(-Self.limit, shape).magnitude,
            Self.points(Self.limit, shape).magnitude)
      case .binned(let bins):
        sum + max(bins.minimumPoints.magnitude, bins.maximumPoints.magnitude)
          + bins.neutral.magnitude
      }
    }
    guard largest.isFinite else {
      throw LogisticModelError(
        model: definition.id, feature: nil, bin: nil,
        message: "the points can add up to more than a Double holds",
        mend: "use smaller weights, larger deviations, or finite numbers")
    }
  }

  /// The model's name, for messages.
  package var id: String { definition.id }

  /// The features' names in declared order, for ``output(for:)``.
  package var featureNames: [String] { definition.features.map(\.name) }

  /// Scores a subject by position: one value for each of ``featureNames``, in that order.
  ///
  /// A reason's points are by how much the feature moves the margin away from its mean or its
  /// neutral bin.
  /// - Precondition: There are as many values as features.
  package func output(for values: [FeatureValue]) -> ModelOutput {
    precondition(values.count == features.count, "one value for each feature of the model")
    var margin = definition.intercept
    var ranking = ReasonRanking(limit: definition.reasons)
    for (index, feature) in features.enumerated() {
      let points: Double
      let neutral: Double
      switch feature {
      case .linear(let shape, let missing):
        points = Self.number(values[index]).map { Self.points($0, shape) } ?? missing
        neutral = 0
      case .binned(let bins):
        points = bins.points(for: values[index])
        neutral = bins.neutral
      }
      margin += points
      ranking.insert(index: index, points: points - neutral)
    }
    return ModelOutput(
      margin: margin, score: score(margin: margin),
      reasons: ranking.entries.map {
        Reason(name: definition.features[$0.index].name, points: $0.points)
      })
  }

  /// The score for a margin: the logistic function and the calibration alone.
  package func score(margin: Double) -> Double {
    let probability = Deterministic.logistic(margin)
    return definition.calibration?.value(for: probability) ?? probability
  }

  private static func number(_ value: FeatureValue) -> Double? {
    switch value {
    case .number(let number) where !number.isNaN: number
    case .flag(let flag): flag ? 1 : 0
    case .number, .text, .missing: nil
    }
  }

  private static func points(_ value: Double, _ shape: LogisticDefinition.Linear) -> Double {
    let value = min(max(value, shape.minimum ?? -limit), shape.maximum ?? limit)
    return shape.weight * ((value - shape.mean) / shape.deviation)
  }

  // MARK: - Checking

  private static func features(
    of definition: LogisticDefinition
  ) throws(LogisticModelError) -> [CompiledFeature] {
    guard definition.intercept.isFinite && definition.reasons >= 0 else {
      throw LogisticModelError(
        model: definition.id, feature: nil, bin: nil,
        message: "the intercept is \(definition.intercept), the reasons \(definition.reasons)",
        mend: "write a finite number, and 0 or more")
    }
    var names: Set<TextKey> = []
    var compiled: [CompiledFeature] = []
    for feature in definition.features {
      guard !feature.name.isEmpty && names.insert(TextKey(feature.name)).inserted else {
        throw LogisticModelError(
          model: definition.id, feature: feature.name, bin: nil,
          message: "the name is empty or comes twice", mend: "give each feature a name of its own")
      }
      compiled.append(try self.feature(feature, of: definition))
    }
    return compiled
  }

  private static func feature(
    _ feature: LogisticDefinition.Feature, of definition: LogisticDefinition
  ) throws(LogisticModelError) -> CompiledFeature {
    func fault(_ message: String, _ mend: String) -> LogisticModelError {
      LogisticModelError(
        model: definition.id, feature: feature.name, bin: nil, message: message, mend: mend)
    }
    switch feature.shape {
    case .linear(let shape):
      for number in [
        shape.weight, shape.mean, shape.minimum ?? 0, shape.maximum ?? 0, feature.missing ?? 0,
      ] where !number.isFinite {
        throw fault("a number is \(number)", "write finite numbers")
      }
      guard shape.deviation > 0 && shape.deviation < .infinity else {
        throw fault(
          "the deviation is \(shape.deviation)", "write a finite number above 0, or leave it out")
      }
      guard (shape.minimum ?? -limit) <= (shape.maximum ?? limit) else {
        throw fault("the minimum is above the maximum", "exchange them")
      }
      return .linear(shape, missing: feature.missing ?? 0)
    case .bins(let bins, let otherwise, let neutral):
      let card = ScorecardDefinition(
        id: definition.id,
        features: [
          .init(
            name: feature.name, neutral: neutral, missing: feature.missing, otherwise: otherwise,
            bins: bins)
        ])
      do {
        return .binned(try ScorecardCheck(definition: card).features()[0])
      } catch {
        throw LogisticModelError(
          model: definition.id, feature: error.feature, bin: error.bin, message: error.message,
          mend: error.mend)
      }
    }
  }
}
