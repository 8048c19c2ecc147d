/// Latency from arrival to disk at fixed rates.
enum OpenLoopSuite {
  private static let rates = [1_000, 5_000, 10_000, 20_000, 50_000, 100_000]

  static func run(_ settings: BenchmarkSettings) throws -> Section {
    var section = Section(
      suite: Suite.openLoop.rawValue, title: "Open loop",
      introduction: """
        Single events of \(SampleEvents.recordBytes) bytes arrive at a fixed rate from a thread \
        of their own; the ledger's thread commits whatever waits. Latency is from the scheduled \
        arrival until the event is on disk, so that a stall counts for all that it held up.
        """)
    var table = Table(
      header: ["Arrivals a second", "done a second", "events a commit"] + Percentiles.names)
    for rate in rates {
      var runs: [OpenLoopRun] = []
      for round in 0..<settings.rounds {
        let directory = try settings.scratch.folder("open-loop")
        runs.append(
          try OpenLoopRun(
            rate: rate, seconds: max(settings.seconds * 2, 0.5), seed: UInt64(round),
            directory: directory))
        settings.scratch.clear(directory)
      }
      let name = "open loop, \(rate) a second"
      let done = Measurement(name: name, unit: "events/s", runs: runs.map(\.rate))
      let perCommit = Measurement(
        name: "\(name), events a commit", unit: "events", runs: runs.map(\.perCommit))
      let times = Measurement.of(runs.map(\.percentiles), name: name)
      section.measurements += [done, perCommit] + times
      table.rows.append(
        [Figure.text(Double(rate)), Figure.text(done.median), Figure.text(perCommit.median)]
          + times.map { Figure.time(microseconds: $0.median) })
    }
    section.tables = [table]
    return section
  }
}
