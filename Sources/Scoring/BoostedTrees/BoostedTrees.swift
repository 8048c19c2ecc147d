import Mathematics

/// Gradient-boosted decision trees, read from a file of XGBoost's `save_model`.
///
/// The margin is libxgboost's to the bit: features in single precision, a missing value in each
/// split's default direction, category sets, and the leaves added to the base margin in single
/// precision in the order of the trees. What is not promised to the bit is libxgboost's own
/// transformation of margins to predictions, which calls the C library's `expf`; the score here
/// is the link of the margin in double precision. See <doc:ReadingXGBoost>.
package struct BoostedTrees: Equatable, Sendable {
  /// The objectives whose models are read.
  package enum Objective: String, Equatable, Sendable, CaseIterable {
    case binaryLogistic = "binary:logistic"
    case binaryLogitRaw = "binary:logitraw"
    case squaredError = "reg:squarederror"
    case linear = "reg:linear"
    case logistic = "reg:logistic"
    case squaredLogError = "reg:squaredlogerror"
    case pseudoHuberError = "reg:pseudohubererror"
    case absoluteError = "reg:absoluteerror"
    case quantileError = "reg:quantileerror"
    case gamma = "reg:gamma"
    case tweedie = "reg:tweedie"
    case poisson = "count:poisson"
    case rankPairwise = "rank:pairwise"
    case rankNDCG = "rank:ndcg"
    case rankMAP = "rank:map"

    /// How a margin becomes a prediction.
    package var link: Link {
      switch self {
      case .binaryLogistic, .logistic: .logistic
      case .gamma, .tweedie, .poisson: .exponential
      default: .identity
      }
    }
  }

  /// How the margin becomes the score.
  package enum Link: String, Equatable, Sendable {
    /// 1 / (1 + e^-margin).
    case logistic
    /// e^margin.
    case exponential
    /// The margin itself.
    case identity
  }

  /// The model's name, for messages.
  package let id: String
  /// What the model was trained for.
  package let objective: Objective
  /// The margin before any tree.
  package let baseMargin: Float
  /// The base margin and every tree's mean over its training rows: the margin of nobody in
  /// particular, from which the features' parts are measured.
  package let expectedMargin: Double
  /// How many reasons an output gives at most.
  package let reasons: Int
  /// What the link's result stands for; nil: itself.
  package let calibration: CalibrationTable?

  let features: [ModelFeature]
  let trees: DecisionTrees

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - bytes: A file of `save_model`, JSON or UBJSON, of XGBoost 1.0 or later.
  ///   - categories: For categorical features whose categories the file does not tell: the texts
  ///     that stand for the codes 0, 1, …
  ///   - baseMargin: The margin before any tree, where it must not follow from the file: see
  ///     <doc:ReadingXGBoost#Base-margin>.
  ///   - names: The features' names, for a file without; those of a file that has some must be
  ///     the same.
  /// - Throws: The first fault, with its place in the file.
  package init(
    xgboost bytes: [UInt8], id: String, reasons: Int = 4, calibration: CalibrationTable? = nil,
    categories: [(feature: String, texts: [String])] = [], baseMargin: Float? = nil,
    names: [String]? = nil
  ) throws(BoostedTreesError) {
    let model = try XGBoostModel(bytes)
    self.id = id
    self.reasons = max(0, reasons)
    self.calibration = calibration
    objective = model.objective
    trees = model.trees
    features = try Self.features(Self.named(model.features, names), with: categories)
    let margin = baseMargin ?? Self.margin(of: model.baseScore, objective)
    guard margin.isFinite else {
      throw BoostedTreesError(
        .invalidNumber, "learner.learner_model_param.base_score",
        "\(model.baseScore) is outside of what \(objective.rawValue) predicts",
        mend: "train with a base_score inside")
    }
    self.baseMargin = margin
    expectedMargin = trees.trees.reduce(Double(margin)) { $0 + model.trees.means[$1.root] }
  }

  /// The number of trees.
  package var treeCount: Int { trees.trees.count }

  /// The features' names in the model's order, for ``output(for:)-([FeatureValue])``.
  package var featureNames: [String] { features.map(\.name) }

  /// The numbers that the trees see: NaN where a value is missing, or of a kind or category that
  /// the model does not know; 1 and 0 for flags; codes for categories.
  /// - Precondition: There are as many values as features.
  package func numbers(for values: [FeatureValue]) -> [Float] {
    precondition(values.count == features.count, "one value for each feature of the model")
    return features.indices.map { features[$0].number(for: values[$0]) }
  }

  /// The margin, bit for bit libxgboost's `predict(…, output_margin=True)` of all trees.
  ///
  /// - Parameter numbers: One for each feature; NaN is missing.
  /// - Precondition: There are as many numbers as features.
  package func margin(for numbers: [Float]) -> Float {
    precondition(numbers.count == features.count, "one number for each feature of the model")
    return trees.margin(numbers, from: baseMargin)
  }

  /// Each feature's part in the margin (Saabas's attribution): at every split on the way to a
  /// leaf, the feature that it asks for gets the change of the mean margin below.
  ///
  /// ``expectedMargin`` and all parts add up to the base margin and the leaves; the sum differs
  /// from ``margin(for:)`` by the rounding of the latter's single precision only.
  /// - Precondition: There are as many numbers as features.
  package func parts(for numbers: [Float]) -> [Double] {
    precondition(numbers.count == features.count, "one number for each feature of the model")
    var parts = [Double](repeating: 0, count: features.count)
    _ = trees.margin(numbers, from: baseMargin, parts: &parts)
    return parts
  }

  /// The score for a margin: the link and the calibration alone.
  package func score(margin: Double) -> Double {
    let score =
      switch objective.link {
      case .logistic: Deterministic.logistic(margin)
      case .exponential: Deterministic.exp(margin)
      case .identity: margin
      }
    return calibration?.value(for: score) ?? score
  }

  /// Scores a subject by position: one value for each of ``featureNames``, in that order.
  ///
  /// A reason's points are the feature's part in the margin; see ``parts(for:)``.
  /// - Precondition: There are as many values as features.
  package func output(for values: [FeatureValue]) -> ModelOutput {
    let numbers = numbers(for: values)
    guard reasons > 0 else {
      let margin = Double(margin(for: numbers))
      return ModelOutput(margin: margin, score: score(margin: margin), reasons: [])
    }
    var parts = [Double](repeating: 0, count: features.count)
    let margin = Double(trees.margin(numbers, from: baseMargin, parts: &parts))
    var ranking = ReasonRanking(limit: reasons)
    for (index, part) in parts.enumerated() { ranking.insert(index: index, points: part) }
    return ModelOutput(
      margin: margin, score: score(margin: margin),
      reasons: ranking.entries.map { Reason(name: features[$0.index].name, points: $0.points) })
  }

  /// The features under the names given, which a file that has names of its own must confirm.
  private static func named(
    _ features: [ModelFeature], _ names: [String]?
  ) throws(BoostedTreesError) -> [ModelFeature] {
    guard let names else { return features }
    guard names.count == features.count else {
      throw BoostedTreesError(
        .invalidFeatures, "features",
        "there are \(names.count) names for \(features.count) features",
        mend: "name each feature, in the order of the training data")
    }
    let isNameless = features.enumerated().allSatisfy { $1.name == "f\($0)" }
    var named = features
    for (index, name) in names.enumerated() {
      let place = "features[\(index)]"
      guard isNameless || features[index].name.hasSameBytes(as: name) else {
        throw BoostedTreesError(
          .invalidFeatures, place, "the file calls it \(features[index].name), not \(name)",
          mend: "take the file's name, or leave the names out")
      }
      guard !name.isEmpty, !names[..<index].contains(where: { $0.hasSameBytes(as: name) }) else {
        throw BoostedTreesError(
          .invalidFeatures, place, name.isEmpty ? "the name is empty" : "\(name) comes twice",
          mend: "give each feature a name of its own")
      }
      named[index].name = name
    }
    return named
  }

  /// The base score's margin. The logarithm is rounded correctly to single precision.
  private static func margin(of baseScore: Float, _ objective: Objective) -> Float {
    switch objective.link {
    case .logistic: Float(-Deterministic.log(Double(1 / baseScore - 1)))
    case .exponential: Float(Deterministic.log(Double(baseScore)))
    case .identity: baseScore
    }
  }

  private static func features(
    _ features: [ModelFeature], with categories: [(feature: String, texts: [String])]
  ) throws(BoostedTreesError) -> [ModelFeature] {
    var features = features
    for (name, texts) in categories {
      guard let index = features.firstIndex(where: { $0.name.hasSameBytes(as: name) }) else {
        throw BoostedTreesError(
          .invalidFeatures, "categories.\(name)", "the model has no feature \(name)",
          mend: "name one of its features")
      }
      try features[index].name(texts)
    }
    for feature in features {
      if case .untold(let count) = feature.categories {
        throw BoostedTreesError(
          .invalidCategories, "categories.\(feature.name)",
          "the file garbles texts outside of ASCII, as XGBoost writes them",
          mend: "give the \(count) texts in the order of their codes")
      }
    }
    return features
  }
}
