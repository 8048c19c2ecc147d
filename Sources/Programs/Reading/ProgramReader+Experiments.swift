internal import Expressions

extension ProgramReader {
  /// Learns the names of experiments before expressions that read `variant` are compiled.
  func collectExperiments(_ node: YAMLNode?) {
    for element in (node?.elements ?? []).prefix(ProgramLimits.experiments) {
      if let id = element["id"]?.scalar?.text { experimentNames.append(id) }
    }
  }

  /// `experiments`.
  func experiments(
    _ node: YAMLNode?, id program: String, _ parameters: Program.Parameters
  ) -> [Program.Experiment] {
    var ids: [String] = []
    var owners: [String: String] = [:]
    return elements(node, "experiments", limit: ProgramLimits.experiments).map { node in
      let fields = fields(node, "an experiment", ProgramFormat.experiment)
      let id = text(fields?["id"], "the id of an experiment")
      if let place = fields?["id"]?.place {
        checkIdentifier(id, place, "experiment")
        if id == "holdout" || ids.contains(id) {
          report(
            place, "the experiment \"\(id)\" has the name of another one",
            mend: "give it its own")
        }
      }
      ids.append(id)
      let what = "experiment \"\(id)\""
      let variants = variants(fields?["variants"], what, parameters)
      for name in sortedByBytes(Set(variants.flatMap(\.parameters.keys))) {
        if let owner = owners[name] {
          report(
            node.place, "\(what) sets the param \"\(name)\", as experiment \"\(owner)\" does",
            mend: "let one of them set it, or join them")
        }
        owners[name] = id
      }
      return Program.Experiment(id: id, salt: "\(program)/\(id)", variants: variants)
    }
  }

  private func variants(
    _ node: YAMLNode?, _ what: String, _ parameters: Program.Parameters
  ) -> [Program.Variant] {
    var names: [String] = []
    let nodes = elements(node, "variants of \(what)", limit: ProgramLimits.variants)
    let variants = nodes.map { node in
      let fields = fields(node, "a variant of \(what)", ProgramFormat.variant)
      let name = name(fields?["name"], "the name of a variant of \(what)")
      if names.contains(name), !name.isEmpty {
        report(node.place, "\(what) has the variant \"\(name)\" twice", mend: "rename one")
      }
      names.append(name)
      return Program.Variant(
        name: name,
        basisPoints: basisPoints(fields?["percent"], "the percent of \(name) of \(what)"),
        parameters: changes(
          fields?["params"], to: parameters.base, "variant \"\(name)\" of \(what)"))
    }
    let sum = variants.reduce(0) { $0 + $1.basisPoints }
    if let node, node.elements != nil, sum != 10_000 || variants.count < 2 {
      report(
        node.place,
        variants.count < 2
          ? "\(what) has \(variants.count) variants; an experiment has at least two"
          : "the percentages of \(what) sum to \(Self.percent(sum)), not to 100",
        mend: "give every customer one variant")
    }
    return variants
  }

  private static func percent(_ basisPoints: Int) -> String {
    let rest = basisPoints % 100
    let fraction = rest == 0 ? "" : rest < 10 ? ".0\(rest)" : ".\(rest)"
    return "\(basisPoints / 100)\(fraction)"
  }

  /// `segments`: asked in the order of the file.
  func segments(_ node: YAMLNode?) -> [Program.Segment] {
    entries(node, "segments", limit: ProgramLimits.segments).map { entry in
      checkName(entry.key, entry.keyPlace, "segment")
      return Program.Segment(
        name: entry.key,
        when: expression(entry.value, "segment \"\(entry.key)\"", .segment, .guardian))
    }
  }
}
