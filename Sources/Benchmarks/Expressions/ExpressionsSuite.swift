import Engine
import Host
import Ledger
import Policies

/// What one evaluation of each shipped program's filters and scores takes.
enum ExpressionsSuite {
  private static let triggers = 512
  /// Evaluations of each part and round.
  private static let evaluations = 20_000

  static func run(_ settings: BenchmarkSettings) throws -> Section {
    settings.progress("ingesting the shop's events for the expressions")
    let directory = "\(settings.scratch.path)/expressions"
    _ = try ShopIngest.run(ShopEvents(count: min(settings.events, 100_000)), into: directory)
    let host = try Host(reading: directory)
    defer { settings.scratch.clear(directory) }
    var section = Section(
      suite: Suite.expressions.rawValue, title: "Filters and scores",
      introduction: """
        Each filter and score of the programs in force, asked about \(triggers) triggers of a \
        simulated shop in turn, with the tables as they are after it: once alone, and once with \
        the record of what it read that a decision keeps. Scores come with their features and \
        reasons.
        """)
    for probe in ProgramProbe.all(host.store) {
      section.measurements += try measure(probe, host.store, settings.rounds)
    }
    section.tables = [Table(of: section.measurements)]
    try host.close()
    return section
  }

  private static func measure(
    _ probe: ProgramProbe, _ store: Store, _ rounds: Int
  ) throws -> [Measurement] {
    let triggers = try Self.triggers(of: probe, store)
    guard !triggers.isEmpty else { return [] }
    func measurement(_ name: String, _ body: () -> Void) -> Measurement {
      let runs = (0..<rounds).map { _ in
        nanoseconds(triggers, probe, body)
      }
      return Measurement(name: "\(probe.program), \(name)", unit: "ns", runs: runs)
    }
    var found: [Measurement] = []
    for (index, filter) in probe.filters.enumerated() {
      found.append(measurement("filter \(filter)") { _ = probe.passes(index) })
      found.append(
        measurement("filter \(filter), recorded") { _ = probe.passesRecorded(index) })
    }
    if probe.hasScore { found.append(measurement("score") { _ = probe.score() }) }
    return found
  }

  /// What one evaluation takes, less what standing at the trigger takes.
  private static func nanoseconds(
    _ triggers: [(event: Event, subject: UInt32)], _ probe: ProgramProbe, _ body: () -> Void
  ) -> Double {
    let repeats = 16
    let passes = max(1, evaluations / (triggers.count * repeats))
    var spent: UInt64 = 0
    for _ in 0..<passes {
      for (event, subject) in triggers {
        probe.stand(at: event, subject: subject)
        let started = Clock.nanoseconds()
        for _ in 0..<repeats { body() }
        spent += UInt64(Clock.nanoseconds() - started)
      }
    }
    return Double(spent) / Double(passes * triggers.count * repeats)
  }

  private static func triggers(
    of probe: ProgramProbe, _ store: Store
  ) throws -> [(event: Event, subject: UInt32)] {
    let types = probe.triggers.compactMap { store.context.names.number(.type, $0) }
    var found: [(event: Event, subject: UInt32)] = []
    try store.ledger.forEachEvent(from: 1) { (event) -> Bool in
      guard types.contains(event.type),
        let subject = store.context.subjects.number(of: Array(event.subject.utf8))
      else { return true }
      found.append((event, subject))
      return found.count < triggers
    }
    return found
  }
}
