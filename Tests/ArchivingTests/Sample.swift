import Archiving
import CBOR
import Glibc
import Ledger
import TestSupport
import Testing

/// An input of no consequence at a position.
func event(_ position: UInt64, subject: String = "alice") -> Event {
  let externalID = Array("e\(position)".utf8)
  let source = Array("//test".utf8)
  return Event(
    position: position,
    header: EventHeader(
      kind: .input, type: 2, recordedAt: Int64(position), occurredAt: Int64(position), cause: 0,
      root: position, id: EventID(source: source, externalID: externalID), program: 0),
    subject: Array(subject.utf8), source: source, externalID: externalID,
    payload: CBORValue.object([("n", .unsigned(position))]).encoded())
}

/// A data directory with a ledger of so many events, most of them sealed.
func makeLedger(_ directory: String, events: UInt64, subject: String = "alice") throws {
  let ledger = try open(directory)
  let end = ledger.end.position
  for start in stride(from: end, to: events, by: 500) {
    try ledger.append(
      (start + 1...min(start + 500, events)).map { event($0, subject: subject) })
  }
  let sealable = events < 300 ? 0 : (events - 300) / 256 * 256
  for _ in 0..<2_000 where try ledger.sealedThrough < sealable { usleep(5_000) }
  ledger.close()
}

/// The ledger of a data directory, for appending.
func open(_ directory: String) throws -> Ledger {
  mkdir(directory, 0o700)
  var options = LedgerOptions()
  options.growAheadBytes = 0
  options.hotRecords = 300
  options.sealingPauseMilliseconds = 1
  return try Ledger(directory: directory + "/ledger", options: options)
}

/// The message of an error that is expected.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    Issue.record("nothing was thrown")
    return ""
  } catch {
    return "\(error)"
  }
}
