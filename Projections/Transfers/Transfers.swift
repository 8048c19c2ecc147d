import CBOR
import CivilTime
package import Engine
package import Ledger

/// Runs of older versions that a new activation moves or ends, and how far that has come.
package struct TransferRow: TableRow {
  /// The program.
  package var program: String
  /// Position of the activation or deactivation; 0: nothing is to be done.
  package var activation: UInt64
  /// `migrate` or `exit`.
  package var mode: String
  /// The version that runs are moved to; empty after a deactivation.
  package var version: String
  /// The number of the run that the next portion begins with.
  package var next: UInt32
  /// When the next portion is due.
  package var due: Int64
  /// Position of the event that set its timer.
  package var setBy: UInt64

  package init(program: String) {
    self.program = program
    activation = 0
    mode = ""
    version = ""
    next = 0
    due = 0
    setBy = 0
  }

  package init(from reader: inout ByteReader) {
    program = reader.text()
    activation = reader.unsigned()
    mode = reader.text()
    version = reader.text()
    next = UInt32(reader.unsigned())
    due = reader.signed()
    setBy = reader.unsigned()
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(program)
    writer.unsigned(activation)
    writer.text(mode)
    writer.text(version)
    writer.unsigned(UInt64(next))
    writer.signed(due)
    writer.unsigned(setBy)
  }
}

/// What becomes of runs in flight when a program comes into force or goes out of it: a fold over
/// `program.activated`, `program.deactivated` and `runs.transferred`.
///
/// The runs are gone through in portions, each at a timer that is due at once, so that no turn
/// grows with their number.
package final class Transfers: Projection {
  package let name = "transfers"
  package let version = "1"
  private let programs = EntityTable(name: "transfers.programs")
  private let rows = Table<TransferRow>(name: "transfers")
  private let names: Names
  private let sink: TimerSink
  private let owner: UInt8

  /// - Parameters:
  ///   - sink: Where timers are set, under the number `owner`.
  package init(names: Names, sink: TimerSink, owner: UInt8) {
    self.names = names
    self.sink = sink
    self.owner = owner
  }

  package var tables: [any StoredTable] { [programs, rows] }

  package func concerns(type: String) -> Bool {
    type == EventType.programActivated || type == EventType.programDeactivated
      || type == EventType.runsTransferred
  }

  package func project(_ event: Event, subject: UInt32) {
    let data = event.payload
    let id = data.text(Field.program)
    switch names.name(.type, event.type) {
    case EventType.runsTransferred?:
      guard let number = programs.number(of: Array(id.utf8)), var row = rows.row(number) else {
        return
      }
      guard row.activation == data.view(forKey: "activation")?.uint64 else { return }
      guard let next = data.view(forKey: "next")?.uint64 else {
        rows.remove(number)
        return
      }
      row.next = UInt32(clamping: next)
      arm(&row, number, event)
    default:
      begin(event, id, data)
    }
  }

  /// A new activation takes the place of one whose portions are not done.
  private func begin(_ event: Event, _ id: String, _ data: CBORView) {
    let mode = data.text("inFlight")
    guard mode == "migrate" || mode == "exit" else {
      if let number = programs.number(of: Array(id.utf8)) { rows.remove(number) }
      return
    }
    var row = TransferRow(program: id)
    row.activation = event.position
    row.mode = mode
    row.version = data.text(Field.version)
    arm(&row, programs.intern(Array(id.utf8)), event)
  }

  private func arm(_ row: inout TransferRow, _ number: UInt32, _ event: Event) {
    row.due = event.recordedAt
    row.setBy = event.position
    rows.set(number, row)
    sink.queue.insert(
      Timer(due: row.due, setBy: row.setBy, ordinal: 0, owner: owner, item: number, slot: 0))
  }

  /// The transfer of a program that is under way; nil: none is.
  package func transfer(of program: String) -> TransferRow? {
    programs.number(of: Array(program.utf8)).flatMap { rows.row($0) }
  }
}

extension Transfers: TimerOwner {
  /// How `timer.fired` names these timers' owner.
  package static let ownerName = "transfer"

  package func armAll(in sink: TimerSink) {
    rows.forEach { number, row in
      sink.queue.insert(
        Timer(due: row.due, setBy: row.setBy, ordinal: 0, owner: owner, item: number, slot: 0))
    }
  }

  package func firing(of timer: Timer) -> TimerFiring? {
    guard let row = rows.row(timer.item), row.setBy == timer.setBy else { return nil }
    let payload: CBORValue = [
      "owner": .text(Self.ownerName), "program": .text(row.program),
      "activation": .unsigned(row.activation), "next": .unsigned(UInt64(row.next)),
      "due": .text(RFC3339.string(microseconds: row.due)),
    ]
    return TimerFiring(
      owner: "\(Self.ownerName)/\(row.program)/\(row.activation)/\(row.next)",
      program: row.program, subject: [], payload: payload.encoded())
  }
}
