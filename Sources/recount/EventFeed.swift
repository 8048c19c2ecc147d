import Engine
import Host
import Intake
import Ledger
import Policies
import Synchronization

/// Feeds the events of a file to an engine on its own thread, with progress on standard error.
struct EventFeed {
  /// What became of a file.
  struct Result {
    var tally: IngestTally
    /// Where the ledger ends.
    var position: UInt64
    var seconds: Double
  }

  /// The most lines or rows of one batch.
  static let batchLines = 2_048

  let source: any EventSource
  /// What progress counts: `lines` or `rows`.
  let unit: String
  /// Where refused lines go; nil: the first on standard error.
  let rejects: String?

  /// Appends the batch `first` and all that follow it.
  /// - Throws: What stopped the engine, the file or the report of refused lines. What was
  ///   acknowledged before stays.
  func run(_ first: EventBatch?, into options: HostOptions) throws -> Result {
    let rejected = RejectReport(file: try rejects.map { try RejectFile(path: $0) })
    let started = WallClock.elapsed()
    let settings = options
    let thread = try EngineThread<Host>(
      limit: 8,
      make: {
        try Host(
          settings, makeCarrier: Carriers.directory(settings.directory, clock: settings.clock))
      },
      end: { _ in })
    var total = IngestTally()
    try feed(first, thread, &total, rejected, started)
    let (position, decisions, failure) = try thread.perform { host in
      while try host.continueBatches() {}
      try host.close()
      let ledger = host.store.ledger
      return (ledger.end.position, host.store.engine.decisionCount, ledger.sealingFailure)
    }
    thread.close()
    if let failure { Output.note("older records are not sealed any more: \(failure)") }
    try rejected.close()
    total.decisions = decisions
    return Result(
      tally: total, position: position,
      seconds: Double(WallClock.elapsed() - started) / 1_000_000)
  }

  private func feed(
    _ first: EventBatch?, _ thread: EngineThread<Host>, _ total: inout IngestTally,
    _ rejected: RejectReport, _ started: Int64
  ) throws {
    var line = ProgressLine()
    let shared = SharedTally()
    var next = first
    while let batch = next {
      try rejected.add(batch.rejects)
      let inputs = batch.inputs
      let lines = batch.lines
      thread.submit { host in shared.append(inputs, lines, to: host) }
      try shared.check()
      total.read += batch.lineCount
      total.rejected += batch.rejects.count
      total.skipped += batch.skipped
      try rejected.add(shared.takeConflicts())
      line.show(
        now: WallClock.elapsed(), progress(total.read, WallClock.elapsed() - started))
      next = try source.nextBatch(limit: Self.batchLines)
    }
    try thread.perform { _ in }
    line.end()
    try shared.check()
    try rejected.add(shared.takeConflicts())
    total.add(shared.tally)
  }

  private func progress(_ read: Int, _ elapsed: Int64) -> String {
    let rate = elapsed > 0 ? Int64(read) * 1_000_000 / elapsed : 0
    let progress = source.progress
    guard let size = progress.size, size > 0 else { return "\(read) \(unit), \(rate) a second" }
    let percent = progress.bytesRead * 100 / size
    let filled = percent * 30 / 100
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    return "\(bar) \(percent) %  \(read) \(unit), \(rate) a second"
  }
}

/// Where refused lines are told: all of them in a file, or the first on standard error.
final class RejectReport {
  /// Lines told on standard error, where no file was named.
  private static let shownLimit = 20
  private let file: RejectFile?
  private var count = 0

  init(file: RejectFile?) {
    self.file = file
  }

  func add(_ lines: [RejectedLine]) throws {
    guard !lines.isEmpty else { return }
    if let file { return try file.append(lines) }
    for line in lines.prefix(max(0, Self.shownLimit - count)) {
      let field = line.refusal.field.isEmpty ? "" : "\(line.refusal.field): "
      Output.note("line \(line.line): \(field)\(line.refusal.reason)")
    }
    count += lines.count
  }

  /// Says how many more there were.
  func close() throws {
    try file?.close()
    guard count > Self.shownLimit else { return }
    Output.note(
      "and \(count - Self.shownLimit) more refused lines: give --rejects FILE to have them all")
  }
}

/// What `ingest` counts.
struct IngestTally: Sendable {
  /// Lines or rows.
  var read = 0
  /// Rows that became no event.
  var skipped = 0
  var appended = 0
  var duplicates = 0
  var rejected = 0
  /// Decisions made, also by timers that became due.
  var decisions = 0

  mutating func add(_ other: IngestTally) {
    read += other.read
    skipped += other.skipped
    appended += other.appended
    duplicates += other.duplicates
    rejected += other.rejected
  }
}

/// What the engine's thread has counted, seen from the reading thread.
final class SharedTally: Sendable {
  private struct State: Sendable {
    var tally = IngestTally()
    var conflicts: [RejectedLine] = []
    var failure: (any Error)?
  }

  private let state = Mutex(State())

  var tally: IngestTally { state.withLock { $0.tally } }

  /// Appends a batch on the engine's thread; after a failure nothing more is appended.
  func append(_ inputs: [Input], _ lines: [Int], to host: Host) {
    guard state.withLock({ $0.failure == nil }) else { return }
    do {
      let receipts = try host.append(inputs)
      _ = try host.continueBatches()
      state.withLock { state in
        for (receipt, line) in zip(receipts, lines) { Self.count(receipt, line, &state) }
      }
    } catch {
      let failure = error
      state.withLock { $0.failure = failure }
    }
  }

  private static func count(_ receipt: Receipt, _ line: Int, _ state: inout State) {
    switch receipt {
    case .appended: state.tally.appended += 1
    case .duplicate: state.tally.duplicates += 1
    case .conflict(let position, let field):
      state.tally.rejected += 1
      let reason =
        "an event with this source and id is at position \(position), but its \(field) differs; "
        + "give a new event a new id"
      state.conflicts.append(
        RejectedLine(
          line: line, refusal: Refusal(field: "id", reason: reason), bytes: [], in: 0..<0))
    }
  }

  /// Throws what stopped the engine.
  func check() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }

  func takeConflicts() -> [RejectedLine] {
    state.withLock { state in
      defer { state.conflicts = [] }
      return state.conflicts
    }
  }
}
