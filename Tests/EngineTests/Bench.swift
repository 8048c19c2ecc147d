import CBOR
import CivilTime
import Engine
import Ledger
import TestSupport

/// An engine over a directory of its own, with what a test wants to be in it.
final class Bench {
  let directory = TemporaryDirectory()
  private(set) var engine: Engine
  private(set) var ledger: Ledger
  private(set) var reminders: Reminders
  private(set) var tally: Tally
  private let makePolicies: () -> [any Policy]
  private let options: EngineOptions

  init(
    flushRows: Int = 65_536, runs: RunOptions = RunOptions(),
    mergesInBackground: Bool = true, policies: @escaping () -> [any Policy] = { [] }
  ) throws {
    makePolicies = policies
    var options = EngineOptions()
    options.flushRows = flushRows
    options.runs = runs
    options.mergesInBackground = mergesInBackground
    options.gatheredRows = 3
    self.options = options
    (engine, ledger, reminders, tally) = try Self.open(directory, options, policies())
  }

  /// - Parameter change: Changes the views in between.
  func reopen(_ change: (ViewStore) throws -> Void = { _ in }) throws {
    try engine.close()
    ledger.close()
    let views = try ViewStore(directory: directory.path + "/views")
    try change(views)
    try views.close()
    (engine, ledger, reminders, tally) = try Self.open(directory, options, makePolicies())
  }

  private static func open(
    _ directory: TemporaryDirectory, _ engineOptions: EngineOptions, _ policies: [any Policy]
  ) throws -> (Engine, Ledger, Reminders, Tally) {
    var options = LedgerOptions()
    options.growAheadBytes = 0
    let ledger = try Ledger(directory: directory.path + "/ledger", options: options)
    let context = FoldContext(names: Names())
    let reminders = Reminders(context)
    let tally = Tally(context)
    let engine = try Engine(
      ledger: ledger, views: try ViewStore(directory: directory.path + "/views"),
      context: context, projections: [reminders, tally], policies: policies,
      timerOwners: [reminders], options: engineOptions)
    return (engine, ledger, reminders, tally)
  }

  /// One line an event: time, type, subject; without the names.
  func lines() throws -> [String] {
    try events().map { event in
      let type = engine.context.names.name(.type, event.type) ?? "?"
      return "\(event.recordedAt) \(type) \(event.subject)"
    }
  }

  /// Every event but names.
  func events() throws -> [Event] {
    var events: [Event] = []
    try ledger.forEachEvent(from: 1) { (event) -> Bool in
      if event.type != Names.internedType { events.append(event) }
      return true
    }
    return events
  }
}

func input(
  _ type: String, _ subject: String = "s", id: String, at time: Int64? = nil,
  source: String = "//test", _ data: CBORValue = [:]
) -> Input {
  Input(
    type: type, subject: Array(subject.utf8), source: Array(source.utf8),
    externalID: Array(id.utf8), occurredAt: time, payload: data.encoded())
}

/// Counts events by subject, before and after the policies react.
final class Tally: Projection {
  struct Row: TableRow, Equatable {
    var seen: UInt64 = 0
    var settled: UInt64 = 0

    init() {}

    init(from reader: inout ByteReader) {
      seen = reader.unsigned()
      settled = reader.unsigned()
    }

    func write(to writer: inout ByteWriter) {
      writer.unsigned(seen)
      writer.unsigned(settled)
    }
  }

  let name = "tally"
  let version = "1"
  let rows = Table<Row>(name: "tally")
  private let context: FoldContext

  init(_ context: FoldContext) {
    self.context = context
  }

  var tables: [any StoredTable] { [rows] }

  func concerns(type: String) -> Bool { type != Names.internedName }

  func project(_ event: Event, subject: UInt32) {
    rows.update(subject, orInsert: Row()) { $0.seen += 1 }
  }

  func settle(_ event: Event, subject: UInt32) {
    _ = rows.update(subject) { $0.settled += 1 }
  }

  func row(_ subject: String) -> Row? {
    context.subjects.number(of: Array(subject.utf8)).flatMap { rows.row($0) }
  }
}

/// Sets a timer for each `remind {in: µs}`; a subject has one, and `forget` clears it.
final class Reminders: Projection, TimerOwner {
  struct Row: TableRow {
    var due: Int64
    var setBy: UInt64

    init(due: Int64, setBy: UInt64) {
      self.due = due
      self.setBy = setBy
    }

    init(from reader: inout ByteReader) {
      due = reader.signed()
      setBy = reader.unsigned()
    }

    func write(to writer: inout ByteWriter) {
      writer.signed(due)
      writer.unsigned(setBy)
    }
  }

  let name = "reminders"
  let version = "1"
  private let rows = Table<Row>(name: "reminders")
  private let context: FoldContext

  init(_ context: FoldContext) {
    self.context = context
  }

  var tables: [any StoredTable] { [rows] }

  func concerns(type: String) -> Bool {
    ["remind", "forget", EventType.timerFired].contains(type)
  }

  func project(_ event: Event, subject: UInt32) {
    guard context.names.name(.type, event.type) == "remind",
      let delay = event.payload.value["in"]?.int64
    else {
      rows.remove(subject)
      return
    }
    let row = Row(due: event.recordedAt + delay, setBy: event.position)
    rows.set(subject, row)
    context.timers.queue.insert(timer(subject, row))
  }

  private func timer(_ subject: UInt32, _ row: Row) -> Timer {
    Timer(due: row.due, setBy: row.setBy, ordinal: 0, owner: 0, item: subject, slot: 0)
  }

  func armAll(in sink: TimerSink) {
    rows.forEach { subject, row in sink.queue.insert(timer(subject, row)) }
  }

  func firing(of timer: Timer) -> TimerFiring? {
    guard let row = rows.row(timer.item), row.setBy == timer.setBy else { return nil }
    let subject = context.subjects.bytes(of: timer.item)
    return TimerFiring(
      owner: "\(String(decoding: subject, as: UTF8.self))/\(row.setBy)", program: "",
      subject: subject, payload: CBORValue.object([("due", .signed(row.due))]).encoded())
  }
}
