/// Durable append of events of 500 bytes at several sizes of commit, against a plain C loop over
/// LMDB in turn.
enum AppendSuite {
  static let sizes = [1, 16, 64, 256, 1_024, 4_096]
  /// Keeps a run's memory and files small where commits are fast.
  private static let maximumEvents = 600_000

  private enum System: String, CaseIterable {
    case plain = "plain C loop over LMDB"
    case plainAhead = "the same, file grown ahead"
    case recount = "Recount"
  }

  static func run(_ settings: BenchmarkSettings) throws -> Section {
    var section = Section(
      suite: Suite.append.rawValue, title: "Durable append",
      introduction: """
        Events of \(SampleEvents.recordBytes) bytes, one thread, each commit synced before the \
        next. The C loop puts the same records into an LMDB of its own, once as LMDB grows its \
        file and once with the file extended ahead as Recount does it; rounds alternate. \
        Percentiles are of commits: the median of the rounds.
        """)
    var rates = Table(header: ["Events a commit"] + System.allCases.map(\.rawValue) + ["ratio"])
    var latencies = Table(
      caption: "Recount's commits",
      header: ["Events a commit"] + Percentiles.names)
    for size in sizes {
      let runs = try measure(size, settings)
      let (rows, ratios) = measurements(size, runs)
      section.measurements += rows
      rates.rows.append(
        [Figure.text(Double(size))]
          + System.allCases.map { system in
            Figure.short(rows.first { $0.system == system.rawValue }?.median ?? 0)
          } + [Figure.text(ratios.median)])
      let times = Measurement.of(
        (runs[.recount] ?? []).map(\.latencies.percentiles), name: "commit of \(size) events",
        goals: size == 64 ? ["p99": .atMost(1_000)] : [:])
      section.measurements += times
      latencies.rows.append(
        [Figure.text(Double(size))] + times.map { Figure.time(microseconds: $0.median) })
    }
    section.tables = [rates, latencies, Table(of: section.measurements.filter { $0.goal != nil })]
    return section
  }

  private static func measure(
    _ size: Int, _ settings: BenchmarkSettings
  ) throws -> [System: [AppendRun]] {
    let length = RunLength(seconds: settings.seconds, events: maximumEvents)
    var runs: [System: [AppendRun]] = [:]
    for round in 0..<settings.rounds {
      for system in System.allCases {
        let directory = try settings.scratch.folder("append")
        let seed = UInt64(round)
        let run: AppendRun
        switch system {
        case .plain, .plainAhead:
          run = try .plainC(
            perCommit: size, length: length, seed: seed, growsAhead: system == .plainAhead,
            directory: directory)
        case .recount:
          run = try .recount(perCommit: size, length: length, seed: seed, directory: directory)
        }
        runs[system, default: []].append(run)
        settings.scratch.clear(directory)
      }
    }
    return runs
  }

  private static func measurements(
    _ size: Int, _ runs: [System: [AppendRun]]
  ) -> (rows: [Measurement], ratio: Measurement) {
    let name = "append, \(size) a commit"
    var rows: [Measurement] = []
    for system in System.allCases {
      rows.append(
        Measurement(
          name: name, system: system.rawValue, unit: "events/s",
          runs: (runs[system] ?? []).map(\.rate),
          goal: system == .recount && size == 256 ? .atLeast(600_000) : nil))
    }
    // Each round against the better of the two loops beside it.
    let plain = zip(rows[0].runs, rows[1].runs).map(max)
    let ratio = Measurement(
      name: "\(name), of the faster C loop", unit: "ratio",
      runs: zip(rows[2].runs, plain).map { $0 / $1 },
      goal: size == 256 ? .atLeast(0.8) : nil)
    return (rows + [ratio], ratio)
  }
}
