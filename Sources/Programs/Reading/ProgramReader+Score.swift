internal import Expressions
internal import Scoring

extension ProgramReader {
  /// `score` and the model that it names.
  func score(_ node: YAMLNode?, _ body: ProgramBody) -> Program.Score? {
    guard let node else { return nil }
    let fields = fields(
      node, "the score", ["model", "features", "fallback"], required: ["model", "features"])
    guard let fields else { return nil }
    let given = namedExpressions(
      fields["features"], "the score's features", .trigger, limit: ProgramLimits.features)
    let fallback = fields["fallback"].map { number($0, "the score's fallback") }
    let id = name(fields["model"], "the score's model")
    guard let modelNode = fields["model"], !id.isEmpty else { return nil }
    let file = "models/\(id).yaml"
    guard let bytes = body.files[file] else {
      let known = body.names.compactMap { Self.identifier(of: $0, below: "models/") }
      report(
        modelNode.place, "the model \"\(id)\" has no file \(file)",
        mend: NearestName.mend(for: id, among: known) ?? "add the file")
      return nil
    }
    guard let root = parse(file, bytes), let model = scorecard(root, id: id) else { return nil }
    compare(given, model, entries: fields["features"], file: root.place)
    let features = model.featureNames.compactMap { name in given.first { $0.name == name } }
    return Program.Score(
      modelID: id, model: model, modelHash: hex(sha256(bytes)), features: features,
      fallback: fallback)
  }

  /// Every feature of the model must be given, and every given one be the model's.
  private func compare(
    _ given: [Program.NamedExpression], _ model: Scorecard, entries: YAMLNode?, file: Place
  ) {
    let names = model.featureNames
    for entry in entries?.entries ?? [] where !names.contains(entry.key) {
      report(
        entry.keyPlace, "the model \"\(model.definition.id)\" has no feature \"\(entry.key)\"",
        mend: NearestName.mend(for: entry.key, among: names))
    }
    for name in names where !given.contains(where: { $0.name == name }) {
      report(
        entries?.place ?? file,
        "the score gives no \"\(name)\", which the model \"\(model.definition.id)\" needs",
        mend: "add it")
    }
  }

  /// A model's file.
  private func scorecard(_ root: YAMLNode, id: String) -> Scorecard? {
    let what = "the model"
    let before = problems.count
    let known = ["id", "kind", "link", "intercept", "reasons", "scale", "features"]
    guard let fields = fields(root, what, known, required: ["id", "kind", "features"]) else {
      return nil
    }
    if let node = fields["id"], text(node, "the model's id") != id {
      report(
        node.place, "the model's id \"\(text(node, ""))\" differs from its file's name \"\(id)\"",
        mend: "rename one of them")
    }
    if let node = fields["kind"], text(node, "the model's kind") != "scorecard" {
      report(node.place, "the model's kind can only be \"scorecard\"")
    }
    let scale = fields["scale"].map(scale)
    let nodes = elements(fields["features"], "the model's features", limit: ProgramLimits.features)
    let definition = ScorecardDefinition(
      id: id, intercept: number(fields["intercept"], "the model's intercept"),
      link: fields["link"].map { text($0, "the model's link") } ?? "logistic",
      reasons: fields["reasons"].map { integer($0, "the model's reasons", in: 0...64) } ?? 4,
      scale: scale, features: nodes.map(modelFeature))
    guard problems.count == before else { return nil }
    do {
      return try Scorecard(definition)
    } catch {
      report(place(of: error, nodes, fields), error.message, mend: error.mend)
      return nil
    }
  }

  private func scale(_ node: YAMLNode) -> ScorecardScale {
    let names = ["pointsToDoubleOdds", "anchorPoints", "anchorOdds"]
    let fields = fields(node, "the model's scale", names, required: names)
    return ScorecardScale(
      pointsToDoubleOdds: number(fields?["pointsToDoubleOdds"], "pointsToDoubleOdds"),
      anchorPoints: number(fields?["anchorPoints"], "anchorPoints"),
      anchorOdds: number(fields?["anchorOdds"], "anchorOdds"))
  }

  private func modelFeature(_ node: YAMLNode) -> ScorecardDefinition.Feature {
    let known = ["name", "neutral", "missing", "otherwise", "bins"]
    let fields = fields(node, "a feature of the model", known, required: ["name", "bins"])
    let name = text(fields?["name"], "the name of a feature of the model")
    let what = "feature \"\(name)\" of the model"
    if let node = fields?["name"] { checkIdentifier(name, node.place, "feature") }
    let bins = elements(fields?["bins"], "the bins of \(what)", limit: ProgramLimits.bins)
    return ScorecardDefinition.Feature(
      name: name, neutral: number(fields?["neutral"], "\"neutral\" of \(what)"),
      missing: fields?["missing"].map { number($0, "\"missing\" of \(what)") },
      otherwise: fields?["otherwise"].map { number($0, "\"otherwise\" of \(what)") },
      bins: bins.map { bin($0, what) })
  }

  private func bin(_ node: YAMLNode, _ what: String) -> ScorecardDefinition.Bin {
    let known = ["from", "to", "equals", "points"]
    let fields = fields(node, "a bin of \(what)", known, required: ["points"])
    return ScorecardDefinition.Bin(
      from: fields?["from"].map { number($0, "\"from\" of \(what)") },
      to: fields?["to"].map { number($0, "\"to\" of \(what)") },
      equals: fields?["equals"].map { text($0, "\"equals\" of \(what)") },
      points: number(fields?["points"], "\"points\" of \(what)"))
  }

  /// Where in the file a scorecard's fault lies.
  private func place(of error: ScorecardError, _ nodes: [YAMLNode], _ fields: Fields) -> Place {
    if let name = error.feature {
      let matching = nodes.filter { $0["name"]?.scalar?.text == name }
      let node = error.code == .duplicateFeature ? matching.last : matching.first
      guard let node else { return fields.place }
      if let bin = error.bin, let bins = node["bins"]?.elements, bins.indices.contains(bin) {
        return bins[bin].place
      }
      return node.place
    }
    switch error.code {
    case .unknownLink: return fields["link"]?.place ?? fields.place
    case .negativeReasons: return fields["reasons"]?.place ?? fields.place
    case .invalidScale: return fields["scale"]?.place ?? fields.place
    default: return fields.place
    }
  }
}
