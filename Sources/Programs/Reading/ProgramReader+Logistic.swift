internal import Scoring

extension ProgramReader {
  /// A logistic regression.
  func logistic(_ root: YAMLNode, id: String) -> LogisticModel? {
    let before = problems.count
    guard let fields = modelFields(root, id: id, ProgramFormat.logistic) else { return nil }
    let nodes = elements(fields["features"], "the model's features", limit: ProgramLimits.features)
    let definition = LogisticDefinition(
      id: id, intercept: number(fields["intercept"], "the model's intercept"),
      reasons: modelReasons(fields), calibration: calibration(fields["calibration"]),
      features: nodes.map(logisticFeature))
    guard problems.count == before else { return nil }
    do {
      return try LogisticModel(definition)
    } catch {
      var fault = fields.place
      if let name = error.feature {
        fault = place(ofFeature: name, bin: error.bin, nodes, fields)
      }
      report(fault, error.message, mend: error.mend)
      return nil
    }
  }

  private func logisticFeature(_ node: YAMLNode) -> LogisticDefinition.Feature {
    let line = ["weight", "mean", "deviation", "minimum", "maximum"]
    let fields = fields(node, "a feature of the model", ProgramFormat.logisticFeature)
    let name = text(fields?["name"], "the name of a feature of the model")
    let what = "feature \"\(name)\" of the model"
    if let node = fields?["name"] { checkIdentifier(name, node.place, "feature") }
    func value(_ key: String) -> Double? {
      fields?[key].map { number($0, "\"\(key)\" of \(what)") }
    }
    let missing = value("missing")
    if let bins = fields?["bins"] {
      for key in line where fields?[key] != nil {
        report(
          fields?.place(of: key) ?? node.place, "\(what) has both \"bins\" and \"\(key)\"",
          mend: "keep one of them")
      }
      let shape = LogisticDefinition.Shape.bins(
        elements(bins, "the bins of \(what)", limit: ProgramLimits.bins).map { bin($0, what) },
        otherwise: value("otherwise"), neutral: value("neutral") ?? 0)
      return LogisticDefinition.Feature(name: name, shape: shape, missing: missing)
    }
    if let fields {
      for key in ["otherwise", "neutral"] where fields[key] != nil {
        report(
          fields.place(of: key), "\"\(key)\" of \(what) belongs to bins",
          mend: "add bins, or remove it")
      }
      if fields["weight"] == nil {
        report(fields.place, "\(what) has neither \"weight\" nor \"bins\"", mend: "add one")
      }
    }
    let shape = LogisticDefinition.Linear(
      weight: value("weight") ?? 0, mean: value("mean") ?? 0, deviation: value("deviation") ?? 1,
      minimum: value("minimum"), maximum: value("maximum"))
    return LogisticDefinition.Feature(name: name, shape: .linear(shape), missing: missing)
  }
}
