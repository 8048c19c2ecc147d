import CBOR
import CivilTime
package import Engine
package import Ledger

/// How far the runs that watch an entity have been told of an event about it.
package struct WatchQueueRow: TableRow {
  /// Position of the event.
  package var event: UInt64
  /// The number of the run that the next portion begins with, and the one before which the last ends.
  package var next: UInt32
  package var end: UInt32
  /// When the next portion is due.
  package var due: Int64
  /// Position of the event that set its timer.
  package var setBy: UInt64

  init(event: UInt64, next: UInt32, end: UInt32, due: Int64, setBy: UInt64) {
    self.event = event
    self.next = next
    self.end = end
    self.due = due
    self.setBy = setBy
  }

  package init(from reader: inout ByteReader) {
    event = reader.unsigned()
    next = UInt32(reader.unsigned())
    end = UInt32(reader.unsigned())
    due = reader.signed()
    setBy = reader.unsigned()
  }

  package func write(to writer: inout ByteWriter) {
    writer.unsigned(event)
    writer.unsigned(UInt64(next))
    writer.unsigned(UInt64(end))
    writer.signed(due)
    writer.unsigned(setBy)
  }
}

/// Events that more runs watch than one turn moves: a fold over `runs.notified`.
///
/// The first portion moves with the event; each further one at a timer a microsecond later, so that
/// under the machine's clock one turn takes one portion and what else has come goes between them.
package final class WatchQueue: Projection {
  package let name = "watch-queue"
  package let version = "1"
  private let events = EntityTable(name: "watch-queue.events")
  private let rows = Table<WatchQueueRow>(name: "watch-queue")
  private let sink: TimerSink
  private let owner: UInt8

  /// - Parameter sink: Where timers are set, under the number `owner`.
  package init(sink: TimerSink, owner: UInt8) {
    self.sink = sink
    self.owner = owner
  }

  package var tables: [any StoredTable] { [events, rows] }

  package func concerns(type: String) -> Bool { type == EventType.runsNotified }

  package func project(_ event: Event, subject: UInt32) {
    let data = event.payload
    guard let trigger = data.view(forKey: Field.trigger)?.uint64 else { return }
    let number = events.intern(BigEndian.bytes(trigger))
    guard let next = data.view(forKey: "next")?.uint64, let end = data.view(forKey: "end")?.uint64
    else { return rows.remove(number) }
    let row = WatchQueueRow(
      event: trigger, next: UInt32(clamping: next), end: UInt32(clamping: end),
      due: event.recordedAt + 1, setBy: event.position)
    rows.set(number, row)
    arm(row, number, in: sink)
  }

  private func arm(_ row: WatchQueueRow, _ number: UInt32, in sink: TimerSink) {
    sink.queue.insert(
      Timer(due: row.due, setBy: row.setBy, ordinal: 0, owner: owner, item: number, slot: 0))
  }

  /// What is left to be told of the event at a position; nil: nothing is.
  package func row(ofEvent position: UInt64) -> WatchQueueRow? {
    events.number(of: BigEndian.bytes(position)).flatMap { rows.row($0) }
  }
}

extension WatchQueue: TimerOwner {
  /// How `timer.fired` names these timers' owner.
  package static let ownerName = "watch"

  package func armAll(in sink: TimerSink) {
    rows.forEach { number, row in arm(row, number, in: sink) }
  }

  package func firing(of timer: Timer) -> TimerFiring? {
    guard let row = rows.row(timer.item), row.setBy == timer.setBy else { return nil }
    let payload: CBORValue = [
      "owner": .text(Self.ownerName), "trigger": .unsigned(row.event),
      "next": .unsigned(UInt64(row.next)), "due": .text(RFC3339.string(microseconds: row.due)),
    ]
    return TimerFiring(
      owner: "\(Self.ownerName)/\(row.event)/\(row.next)", program: "", subject: [],
      payload: payload.encoded())
  }
}
