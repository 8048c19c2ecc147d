import CAppendLoop
import Ledger

/// What one run of durable appends gave.
struct AppendRun {
  private(set) var events = 0
  private(set) var seconds = 0.0
  private(set) var latencies = Latencies()

  /// Events a second, of the time that commits took.
  var rate: Double { seconds > 0 ? Double(events) / seconds : 0 }

  init() {}

  /// A run of single events whose commits overlapped.
  init(latencies: Latencies, seconds: Double) {
    events = latencies.count
    self.seconds = seconds
    self.latencies = latencies
  }

  /// Adds a commit.
  mutating func add(events count: Int, nanoseconds: UInt64) {
    events += count
    seconds += Double(nanoseconds) / 1e9
    latencies.add(nanoseconds)
  }
}

/// How long a run lasts: whichever of the two comes first.
struct RunLength {
  let seconds: Double
  let events: Int

  func isOver(_ run: AppendRun) -> Bool { run.seconds >= seconds || run.events >= events }
}

extension AppendRun {
  /// How far Recount extends its file ahead of use, and the C loop beside it.
  private static let growAheadBytes = LedgerOptions().growAheadBytes

  /// Appends to a new ledger. Making the events is not counted; encoding and writing them is.
  static func recount(
    perCommit: Int, length: RunLength, seed: UInt64, directory: String
  ) throws -> AppendRun {
    let ledger = try Ledger(directory: directory)
    defer { ledger.close() }
    let sample = SampleEvents(seed: seed)
    var run = AppendRun()
    var position: UInt64 = 0
    while !length.isOver(run) {
      let batch = (0..<UInt64(perCommit)).map { sample.event(position + $0 + 1) }
      position += UInt64(perCommit)
      let started = Clock.nanoseconds()
      try ledger.append(batch)
      run.add(events: perCommit, nanoseconds: Clock.nanoseconds() - started)
    }
    return run
  }

  /// Appends the same records with the plain C loop.
  /// - Parameter growsAhead: Whether its file is extended ahead of use as Recount's is.
  static func plainC(
    perCommit: Int, length: RunLength, seed: UInt64, growsAhead: Bool, directory: String
  ) throws -> AppendRun {
    let store = try PlainStore(
      directory: directory, growAheadBytes: growsAhead ? growAheadBytes : 0)
    let sample = SampleEvents(seed: seed)
    var run = AppendRun()
    var position: UInt64 = 0
    while !length.isOver(run) {
      var values: [UInt8] = []
      var ends: [Int] = []
      for index in 0..<UInt64(perCommit) {
        values += sample.event(position + index + 1).record
        ends.append(values.count)
      }
      position += UInt64(perCommit)
      let started = Clock.nanoseconds()
      try store.append(values, ends: ends)
      run.add(events: perCommit, nanoseconds: Clock.nanoseconds() - started)
    }
    return run
  }
}
