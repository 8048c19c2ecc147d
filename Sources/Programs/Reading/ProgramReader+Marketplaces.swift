internal import Expressions

extension ProgramReader {
  /// What `marketplaces` overrides beside params, by code; those that override nothing are left out.
  /// Read after the journey, whose templates and sends it may name; unknown fields were reported with
  /// the params.
  func marketplaces(
    _ node: YAMLNode?, filters: YAMLNode?, id program: String
  ) -> [String: Program.Marketplace] {
    var result: [String: Program.Marketplace] = [:]
    for entry in (node?.entries ?? []).prefix(ProgramLimits.marketplaces) {
      let given = (entry.value.entries ?? []).filter { !$0.value.isNull && $0.key != "params" }
      guard !given.isEmpty else { continue }
      result[entry.key] = marketplace(entry, filters: filters, id: program)
    }
    return result
  }

  private func marketplace(
    _ entry: YAMLEntry, filters: YAMLNode?, id program: String
  ) -> Program.Marketplace {
    let what = "marketplace \"\(entry.key)\""
    func given(_ key: String) -> YAMLNode? {
      entry.value[key].flatMap { $0.isNull ? nil : $0 }
    }
    let isEnabled = flag(given("enabled"), "\"enabled\" of \(what)", default: true)
    if !isEnabled,
      let filter = filters?.elements?.first(where: { $0["id"]?.scalar?.text == reason })
    {
      report(
        filter.place, "the filter id \"\(reason)\" says that a marketplace is not enabled",
        mend: "give the filter another one")
    }
    return Program.Marketplace(
      isEnabled: isEnabled, timeZone: given("timeZone").map { timeZone($0) },
      quietHours: given("quietHours").map { quietHours($0, "the quiet hours of \(what)") },
      holdoutBasisPoints: given("holdout").map { holdout($0, id: program).basisPoints },
      threshold: given("threshold").map { number($0, "the threshold of \(what)") },
      levels: given("levels").map { levels($0) },
      templates: replacedTemplates(given("templates"), what))
  }

  /// The reason of decisions about customers of a marketplace that is not enabled.
  private var reason: String { "marketplace" }

  /// `templates`: those that take the place of others. Each send of the replaced one must give the
  /// other's variables too.
  private func replacedTemplates(_ node: YAMLNode?, _ what: String) -> [Int: Int] {
    var result: [Int: Int] = [:]
    for entry in entries(node, "templates of \(what)", limit: ProgramLimits.files) {
      guard let old = templates.firstIndex(where: { $0.id == entry.key }) else {
        report(
          entry.keyPlace, "\(what) replaces the template \"\(entry.key)\", which has no file",
          mend: NearestName.mend(for: entry.key, among: templates.map(\.id)))
        continue
      }
      guard let new = templateIndex(entry.value, what) else { continue }
      let sends = sentByProgram.filter { $0.template == old }
      if sends.isEmpty {
        report(
          entry.keyPlace, "\(what) replaces the template \"\(entry.key)\", which no send uses",
          mend: "remove it")
      }
      journey.sends += sends.map { send in
        SendPlace(
          place: send.place, channel: send.channel, template: new, variables: send.variables)
      }
      result[old] = new
    }
    return result
  }
}
