import ArgumentParser
import Engine
import Glibc
import Host
import Intake
import JSON
import Ledger
import Policies
import Programs
import Synchronization

/// `recount ingest`.
struct Ingest: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Append events from a file of CloudEvents, one JSON object a line.",
    discussion: """
      Each line has specversion "1.0", id, source, type, subject and, under --clock event, time; \
      data is an object. Lines that are refused go to the --rejects file with line, field and \
      reason; the rest goes in. The same source and id again is a duplicate and appends nothing.

      A new data directory starts with the shipped programs active.

      Exit codes: 0 all lines went in, 3 some were refused, 1 failure. The JSON object has read, \
      appended, duplicates, rejected, decisions, position, seconds, eventsPerSecond.
      """)

  @Argument(help: "The file, or - for standard input.")
  var file: String
  @OptionGroup var data: DataOptions
  @OptionGroup var programs: ProgramOptions
  @Option(help: "Where ledger time comes from: wall (this machine's clock) or event (their times).")
  var clock: ClockMode = .wall
  @Option(
    help: "Where refused lines go, one JSON object each; by default the first 20 on standard error."
  )
  var rejects: String?

  func run() throws {
    let overrides = try programs.overrides()
    let source = try EventFile(path: file, requiresTime: clock == .event)
    let first = try source.nextBatch(limit: 2_048)
    try checkKind(first)
    let rejected = RejectReport(file: try rejects.map { try RejectFile(path: $0) })
    var options = HostOptions(directory: data.data)
    options.clock = clock
    options.programsFolder = programs.programs
    options.overrides = overrides
    let started = WallClock.elapsed()
    let settings = options
    let thread = try EngineThread<Host>(
      limit: 8,
      make: {
        try Host(
          settings, makeCarrier: Carriers.directory(settings.directory, clock: settings.clock))
      },
      end: { _ in })
    let tally = Mutex(IngestTally())
    try feed(first, source, thread, tally, rejected, started)
    let (position, decisions, failure) = try thread.perform { host in
      try host.close()
      let ledger = host.store.ledger
      return (ledger.end.position, host.store.engine.decisionCount, ledger.sealingFailure)
    }
    thread.close()
    if let failure { Output.note("older records are not sealed any more: \(failure)") }
    try rejected.close()
    let seconds = Double(WallClock.elapsed() - started) / 1_000_000
    var total = tally.withLock { $0 }
    total.decisions = decisions
    report(total, position: position, seconds: seconds)
    if total.rejected > 0 { throw ExitCode(3) }
  }

  /// A file of another kind is told from one with mistakes before a data directory is made for it.
  private func checkKind(_ batch: EventBatch?) throws {
    guard let batch, batch.inputs.isEmpty, batch.rejects.count >= 100 else { return }
    let unreadable = batch.rejects.count { $0.refusal.field.isEmpty }
    guard unreadable * 10 >= batch.rejects.count * 9 else { return }
    throw CommandFailure(
      "\(file): \(unreadable) of the first \(batch.rejects.count) lines are no JSON objects, and the "
        + "others no events: is it a file of CloudEvents, one a line?")
  }

  private func feed(
    _ first: EventBatch?, _ source: EventFile, _ thread: EngineThread<Host>,
    _ tally: borrowing Mutex<IngestTally>,
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
      tally.withLock {
        $0.read += batch.count
        $0.rejected += batch.rejects.count
      }
      try rejected.add(shared.takeConflicts())
      let read = tally.withLock { $0.read }
      line.show(
        now: WallClock.elapsed(),
        Self.progress(source.progress, read, WallClock.elapsed() - started))
      next = try source.nextBatch(limit: 2_048)
    }
    try thread.perform { _ in }
    line.end()
    try shared.check()
    let conflicts = shared.takeConflicts()
    try rejected.add(conflicts)
    tally.withLock { $0.add(shared.tally) }
  }

  private static func progress(_ progress: EventFile.Progress, _ read: Int, _ elapsed: Int64)
    -> String
  {
    let rate = elapsed > 0 ? Int64(read) * 1_000_000 / elapsed : 0
    guard let size = progress.size, size > 0 else { return "\(read) lines, \(rate) a second" }
    let percent = progress.bytesRead * 100 / size
    let filled = percent * 30 / 100
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    return "\(bar) \(percent) %  \(read) lines, \(rate) a second"
  }

  private func report(_ total: IngestTally, position: UInt64, seconds: Double) {
    let rate = seconds > 0 ? Double(total.read) / seconds : 0
    if data.json {
      Output.json { object in
        object.field("read", total.read)
        object.field("appended", total.appended)
        object.field("duplicates", total.duplicates)
        object.field("rejected", total.rejected)
        object.field("decisions", total.decisions)
        object.field("position", position)
        object.field("seconds", seconds)
        object.field("eventsPerSecond", rate)
      }
    } else {
      Output.line(
        "read \(total.read) lines: \(total.appended) appended, \(total.duplicates) duplicates, "
          + "\(total.rejected) refused; \(total.decisions) decisions")
      Output.line(
        "the ledger ends at position \(position); \(Int(rate)) lines a second in "
          + "\((seconds * 1_000).rounded() / 1_000) s")
    }
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
  var read = 0
  var appended = 0
  var duplicates = 0
  var rejected = 0
  /// Decisions made, also by timers that became due.
  var decisions = 0

  mutating func add(_ other: IngestTally) {
    read += other.read
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

/// Which programs run.
struct ProgramOptions: ParsableArguments {
  @Option(
    help: "A folder of program folders for a new data directory, instead of the shipped ones.")
  var programs: String?
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a value of a program, as PROGRAM.PATH=VALUE; recorded as a new activation.",
      valueName: "program.path=value"))
  var settings: [String] = []

  /// The overrides, taken apart.
  func overrides() throws -> [(program: String, override: ProgramOverride)] {
    try settings.map { text in
      guard let parsed = ProgramOverride.parsing(text) else {
        throw ValidationError(
          "--set \(text): give it as PROGRAM.PATH=VALUE, such as "
            + "abandoned-cart.params.minCartValue=4000")
      }
      return parsed
    }
  }
}

extension ClockMode: ExpressibleByArgument {}
