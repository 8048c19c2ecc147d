internal import Scoring

extension ProgramReader {
  /// A scorecard.
  func scorecard(_ root: YAMLNode, id: String) -> Scorecard? {
    let before = problems.count
    guard let fields = modelFields(root, id: id, ProgramFormat.scorecard) else { return nil }
    let scale = fields["scale"].map(scale)
    let nodes = elements(fields["features"], "the model's features", limit: ProgramLimits.features)
    let definition = ScorecardDefinition(
      id: id, intercept: number(fields["intercept"], "the model's intercept"),
      link: fields["link"].map { text($0, "the model's link") } ?? "logistic",
      reasons: modelReasons(fields),
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
    let fields = fields(node, "the model's scale", ProgramFormat.scale)
    return ScorecardScale(
      pointsToDoubleOdds: number(fields?["pointsToDoubleOdds"], "pointsToDoubleOdds"),
      anchorPoints: number(fields?["anchorPoints"], "anchorPoints"),
      anchorOdds: number(fields?["anchorOdds"], "anchorOdds"))
  }

  private func modelFeature(_ node: YAMLNode) -> ScorecardDefinition.Feature {
    let fields = fields(node, "a feature of the model", ProgramFormat.scorecardFeature)
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

  /// A bin of a feature.
  func bin(_ node: YAMLNode, _ what: String) -> ScorecardDefinition.Bin {
    let fields = fields(node, "a bin of \(what)", ProgramFormat.bin)
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
