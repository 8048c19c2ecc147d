extension ProgramReader {
  /// `costs`: of channels and actions, in thousandths of a minor unit. Read after the journey, whose
  /// actions it may name.
  func costs(_ node: YAMLNode?) -> [String: Int64] {
    let channels = Program.Channel.allCases.map(\.rawValue)
    let actions = sortedByBytes(Set(journey.usedSteps.map { $0[1] })).filter {
      !channels.contains($0)
    }
    let known = channels + actions
    var costs: [String: Int64] = [:]
    for entry in entries(node, "costs", limit: ProgramLimits.effects * 4) {
      if !known.contains(entry.key) {
        report(
          entry.keyPlace,
          "costs names \"\(entry.key)\", which is no channel and no action of the journey",
          mend: NearestName.mend(for: entry.key, among: known))
      }
      let value = number(entry.value, "the cost of \(entry.key)")
      let thousandths = value * 1_000
      guard thousandths >= 0, thousandths <= 1e12, thousandths == thousandths.rounded() else {
        report(
          entry.value.place, "the cost of \(entry.key) cannot be \(shown(entry.value))",
          mend: "write minor units with at most three decimals, such as 4.5")
        continue
      }
      costs[entry.key] = Int64(thousandths)
    }
    return costs
  }
}
