import Glibc

/// How long it takes until a data directory is ready again.
enum RecoverySuite {
  static func run(_ settings: BenchmarkSettings) throws -> Section {
    var section = Section(
      suite: Suite.recovery.rawValue, title: "Recovery",
      introduction: """
        A process takes in events of a simulated shop with all shipped programs and is killed \
        (SIGKILL) in the middle of it, at \(Figure.text(Double(settings.events))) events in the \
        first round and a little later in each other; then another opens the directory. The time \
        is from the start of that process until it has opened ledger and views and could decide. \
        Then it stops cleanly, and a third opens.
        """)
    let directory = "\(settings.scratch.path)/recovery"
    var killed: [Double] = []
    var stopped: [Double] = []
    var positions: [Double] = []
    var taken = 0
    let step = max(10_000, settings.events / 20)
    for round in 0..<settings.rounds {
      settings.progress("recovery, round \(round + 1)")
      taken = try load(
        directory, until: settings.events + round * step,
        of: settings.events + settings.rounds * step + 100_000, skip: taken, settings)
      let first = try open(directory, settings)
      killed.append(first.seconds)
      positions.append(first.position)
      stopped.append(try open(directory, settings).seconds)
    }
    settings.scratch.clear(directory)
    section.measurements = [
      Measurement(
        name: "ready after SIGKILL under load", unit: "s", runs: killed, goal: .atMost(5)),
      Measurement(name: "ready after a clean stop", unit: "s", runs: stopped, goal: .atMost(1)),
      Measurement(name: "events in the ledger", unit: "events", runs: positions),
    ]
    section.tables = [Table(of: section.measurements)]
    return section
  }

  /// Loads in a process of its own, which is killed once enough is on disk.
  /// - Returns: How many of the shop's events it said were on disk.
  private static func load(
    _ directory: String, until target: Int, of count: Int, skip: Int,
    _ settings: BenchmarkSettings
  ) throws -> Int {
    let child = try ChildProcess(
      settings.executable, ["bench-child", "load", directory, "\(count)", "\(skip)"])
    var taken = skip
    while taken < target {
      guard let line = child.readLine(), let count = Int(line) else {
        throw BenchmarkError("the loading process ended early")
      }
      taken = count
    }
    child.end(with: SIGKILL)
    return taken
  }

  /// Opens in a process of its own, which then stops cleanly.
  private static func open(
    _ directory: String, _ settings: BenchmarkSettings
  ) throws -> (seconds: Double, position: Double) {
    let started = Clock.nanoseconds()
    let child = try ChildProcess(settings.executable, ["bench-child", "open", directory])
    guard let line = child.readLine(), let position = Double(line) else {
      throw BenchmarkError("the opening process ended early")
    }
    let seconds = Double(Clock.nanoseconds() - started) / 1e9
    child.closeInput()
    guard child.wait() == 0 else { throw BenchmarkError("the opening process failed") }
    return (seconds, position)
  }
}
