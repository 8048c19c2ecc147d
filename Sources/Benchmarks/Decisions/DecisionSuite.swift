import Policies

/// Engine time of single events with all shipped programs active.
enum DecisionSuite {
  static func run(_ settings: BenchmarkSettings) throws -> Section {
    settings.progress("ingesting the shop's events for the decisions")
    let directory = "\(settings.scratch.path)/decisions"
    _ = try ShopIngest.run(ShopEvents(count: min(settings.events, 100_000)), into: directory)
    defer { settings.scratch.clear(directory) }
    var run = try DecisionRun(directory: directory)
    var times: [[Percentiles]] = Array(repeating: [], count: DecisionRun.Kind.allCases.count)
    for _ in 0..<settings.rounds {
      for (index, kind) in DecisionRun.Kind.allCases.enumerated() {
        times[index].append(try run.percentiles(of: kind))
      }
    }
    try run.close()
    var section = Section(
      suite: Suite.decisions.rawValue, title: "Decisions, one at a time",
      introduction: """
        Engine time of single events with all shipped programs active and a shop's history behind \
        them: from the input until it and all it caused stand in the open turn, with every table \
        brought up to date; the commit, which many inputs share, is not in it. \
        \(DecisionRun.customers) customers with six earlier logins each take turns.
        """)
    for (kind, percentiles) in zip(DecisionRun.Kind.allCases, times) {
      section.measurements += Measurement.of(
        percentiles, name: kind.title, goals: kind.goal.map { ["p50": .atMost($0)] } ?? [:]
      ).filter { !$0.name.hasSuffix("p99.9") && !$0.name.hasSuffix("max") }
    }
    section.tables = [Table(of: section.measurements)]
    return section
  }
}
