/// What a file of XGBoost's save_model says of a model with one output.
struct XGBoostModel {
  let objective: BoostedTrees.Objective
  /// The prediction before any tree, in the objective's own unit.
  let baseScore: Float
  let features: [ModelFeature]
  let trees: DecisionTrees

  /// Reads JSON or UBJSON, whichever the first two bytes show.
  init(_ bytes: [UInt8]) throws(BoostedTreesError) {
    guard bytes.count <= BoostedTreesLimits.bytes else {
      throw BoostedTreesError(
        .tooLarge, "byte \(BoostedTreesLimits.bytes)",
        "the file has \(bytes.count) bytes, at most \(BoostedTreesLimits.bytes) are read",
        mend: "save the model as .ubj, or train fewer or shallower trees")
    }
    let document =
      Self.isUBJSON(bytes) ? try XGBoostUBJSON.value(of: bytes) : try XGBoostJSON.value(of: bytes)
    let learner = try XGBoostField(value: document, path: "").field("learner")
    let model = try Self.model(of: learner)
    let parameters = try learner.field("learner_model_param")
    try Self.checkOutputs(parameters)
    objective = try Self.objective(of: learner)
    baseScore = try Self.baseScore(parameters.field("base_score"))
    features = try Self.features(learner, parameters, model)
    trees = try Self.trees(model, featureCount: features.count)
  }

  /// JSON goes on with a quotation mark or space behind its brace, UBJSON with a length's marker.
  private static func isUBJSON(_ bytes: [UInt8]) -> Bool {
    bytes.count > 1 && bytes[0] == UInt8(ascii: "{")
      && [UInt8]("iUIlLN".utf8).contains(bytes[1])
  }

  private static func model(of learner: XGBoostField) throws(BoostedTreesError) -> XGBoostField {
    let booster = try learner.field("gradient_booster")
    let name = try booster.field("name")
    guard try name.text() == "gbtree" else {
      throw BoostedTreesError(
        .unsupportedBooster, name.path, "the booster is \(try name.text())",
        mend: "train with booster gbtree")
    }
    for place in [booster, try booster.field("model")] {
      guard let weights = try place.optional("weight_drop") else { continue }
      guard try weights.elements().isEmpty else {
        throw BoostedTreesError(
          .unsupportedBooster, weights.path, "the trees have weights, as DART's do",
          mend: "train without dropping trees")
      }
    }
    return try booster.field("model")
  }

  private static func checkOutputs(_ parameters: XGBoostField) throws(BoostedTreesError) {
    for (name, most) in [("num_class", 1), ("num_target", 1)] {
      guard let field = try parameters.optional(name) else { continue }
      let count = try field.count(upTo: .max)
      guard count <= most else {
        throw BoostedTreesError(
          .severalOutputs, field.path, "the model has \(count) outputs",
          mend: "train one model per class or target")
      }
    }
  }

  private static func objective(
    of learner: XGBoostField
  ) throws(BoostedTreesError) -> BoostedTrees.Objective {
    let name = try learner.field("objective").field("name")
    guard let objective = BoostedTrees.Objective(rawValue: try name.text()) else {
      throw BoostedTreesError(
        .unsupportedObjective, name.path, "the objective \(try name.text()) is not known",
        mend: "train with one of "
          + BoostedTrees.Objective.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return objective
  }

  /// A number as a text, since version 3.1 in brackets.
  private static func baseScore(_ field: XGBoostField) throws(BoostedTreesError) -> Float {
    var literal = Substring(try field.text())
    if literal.hasPrefix("[") && literal.hasSuffix("]") && literal.utf8.count > 2 {
      literal = literal.dropFirst().dropLast()
    }
    guard !literal.utf8.contains(UInt8(ascii: ",")) else {
      throw BoostedTreesError(
        .severalOutputs, field.path, "there are several base scores",
        mend: "train one model per target")
    }
    guard let score = Float(literal), score.isFinite else {
      throw BoostedTreesError(
        .invalidNumber, field.path, "\(literal) is no finite number", mend: "save the model anew")
    }
    return score
  }

  private static func trees(
    _ model: XGBoostField, featureCount: Int
  ) throws(BoostedTreesError) -> DecisionTrees {
    let field = try model.field("trees")
    let elements = try field.elements()
    guard elements.count <= BoostedTreesLimits.trees else {
      throw BoostedTreesError(
        .tooLarge, field.path,
        "there are \(elements.count) trees, at most \(BoostedTreesLimits.trees) are read",
        mend: "train fewer trees")
    }
    let groups = try model.field("tree_info")
    for (index, group) in try groups.integers().enumerated() where group != 0 {
      throw BoostedTreesError(
        .severalOutputs, "\(groups.path)[\(index)]", "the tree belongs to output \(group)",
        mend: "train one model per class or target")
    }
    var trees = DecisionTrees()
    for element in elements {
      try XGBoostTree(element).append(to: &trees, featureCount: featureCount)
    }
    return trees
  }
}
