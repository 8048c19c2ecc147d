import Mathematics

/// A checked points model: each feature's value falls into a bin, the bins' points are added to
/// the intercept, and a link turns the sum into a score.
///
/// The sum runs over the features in declared order, from the intercept on, so that its rounding
/// is part of the definition. Every input, also a NaN, gives a finite margin and score.
package struct Scorecard: Equatable, Sendable {
  /// How the margin becomes the score.
  package enum Link: String, Equatable, Sendable, CaseIterable {
    /// 1 / (1 + e^-margin).
    case logistic
    /// The margin, but at least 0 and at most 1.
    case clipped
    /// The margin itself.
    case identity
  }

  /// The definition that was checked.
  package let definition: ScorecardDefinition
  /// How the margin becomes the score.
  package let link: Link
  /// The lowest margin that any input can give.
  package let minimumMargin: Double
  /// The highest margin that any input can give.
  package let maximumMargin: Double

  let features: [CompiledFeature]
  private let scaling: Scaling?

  /// Checks a definition.
  /// - Throws: The first fault in the order of the definition.
  package init(_ definition: ScorecardDefinition) throws(ScorecardError) {
    let check = ScorecardCheck(definition: definition)
    link = try check.link()
    try check.numbers()
    features = try check.features()
    self.definition = definition
    scaling = definition.scale.map(Scaling.init)
    let lowest = features.reduce(definition.intercept) { $0 + $1.minimumPoints }
    let highest = features.reduce(definition.intercept) { $0 + $1.maximumPoints }
    minimumMargin = scaling?.margin(points: lowest) ?? lowest
    maximumMargin = scaling?.margin(points: highest) ?? highest
    try check.margins(from: minimumMargin, to: maximumMargin)
  }

  /// The features' names in declared order, for ``output(for:)-([FeatureValue])``.
  package var featureNames: [String] { features.map(\.name) }

  /// Scores a subject by the names of its features. Names that the card does not know are passed
  /// over, features that the vector lacks are missing. Cost: names times features comparisons.
  package func output(for vector: FeatureVector) -> ModelOutput {
    output(for: features.map { vector[$0.name] })
  }

  /// Scores a subject by position: one value for each of ``featureNames``, in that order.
  /// - Precondition: There are as many values as features.
  package func output(for values: [FeatureValue]) -> ModelOutput {
    precondition(values.count == features.count, "one value for each feature of the scorecard")
    var sum = definition.intercept
    var ranking = ReasonRanking(limit: definition.reasons)
    for index in features.indices {
      let points = features[index].points(for: values[index])
      sum += points
      ranking.insert(index: index, points: points - features[index].neutral)
    }
    let margin = scaling?.margin(points: sum) ?? sum
    let reasons = ranking.entries.map { Reason(name: features[$0.index].name, points: $0.points) }
    return ModelOutput(margin: margin, score: score(margin: margin), reasons: reasons)
  }

  /// The score for a margin: the link alone.
  package func score(margin: Double) -> Double {
    switch link {
    case .logistic: Deterministic.logistic(margin)
    case .clipped: min(max(margin, 0), 1)
    case .identity: margin
    }
  }
}

/// A scale's factor and offset, computed once.
private struct Scaling: Equatable, Sendable {
  private let factor: Double
  private let offset: Double

  init(_ scale: ScorecardScale) {
    factor = scale.pointsToDoubleOdds / Deterministic.log(2)
    offset = scale.anchorPoints - factor * Deterministic.log(scale.anchorOdds)
  }

  func margin(points: Double) -> Double { (points - offset) / factor }
}
