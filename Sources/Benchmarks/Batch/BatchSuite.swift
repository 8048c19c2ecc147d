/// A churn run over a population, alone and with reactive decisions meanwhile.
enum BatchSuite {
  /// Inputs a second that are decided about during the run.
  private static let rate = 1_000

  static func run(_ settings: BenchmarkSettings) throws -> Section {
    var alone: [BatchRun] = []
    var beside: [BatchRun] = []
    for _ in 0..<settings.rounds {
      alone.append(try run(settings, rate: 0))
      beside.append(try run(settings, rate: rate))
    }
    var section = Section(
      suite: Suite.batch.rawValue, title: "Batch runs",
      introduction: """
        A churn program (a condition, five filters, a scorecard, a threshold) over \
        \(settings.population) customers with all shipped programs active, durable: first all are \
        screened, then the \(alone.first?.decided ?? 0) with the highest scores are decided in \
        full, each with its run, candidate and journey. Then the same while \(rate) changes of \
        accounts a second come in, each of which is decided about at once; their delay counts from \
        the moment at which they were due until they were on disk.
        """)
    section.measurements =
      [
        Measurement(
          name: "customers through filters and scoring", unit: "customers/s",
          runs: alone.map { Double($0.screened) / $0.screeningSeconds },
          goal: .atLeast(100_000)),
        Measurement(
          name: "full decisions with runs", unit: "decisions/s",
          runs: alone.map { Double($0.decided) / max(1e-9, $0.seconds - $0.screeningSeconds) }),
        Measurement(
          name: "the whole run", unit: "customers/s",
          runs: alone.map { Double($0.screened) / $0.seconds }),
        Measurement(
          name: "the whole run beside \(rate) inputs a second", unit: "customers/s",
          runs: beside.map { Double($0.screened) / $0.seconds }),
      ]
      + Measurement.of(
        beside.map(\.latencies.percentiles), name: "delay of a decision during the run",
        goals: ["p99": .atMost(5_000)])
    section.tables = [Table(of: section.measurements)]
    return section
  }

  private static func run(_ settings: BenchmarkSettings, rate: Int) throws -> BatchRun {
    let directory = try settings.scratch.folder("batch")
    defer { settings.scratch.clear(directory) }
    settings.progress("batch: \(settings.population) customers are taken in")
    var run = try BatchRun(directory: directory, customers: settings.population)
    settings.progress("batch: the run begins")
    try run.run(rate: rate)
    return run
  }
}
