import CBOR
import Ledger

/// Reads the events of one subject from the ledger, past all the others without copying them.
struct SubjectScan {
  let ledger: Ledger
  let subject: [UInt8]
  /// Outcomes of any subject too: whoever reports one may not know the customer.
  var includesOutcomes = false

  /// Hands the events from `first` through `last` to `body`, in order, until it returns false.
  /// - Parameter last: nil: through the end.
  /// - Throws: As `Ledger.forEachRecord`. Cost: a comparison for each record of the range.
  func forEach(
    from first: UInt64, through last: UInt64? = nil, _ body: (Event) throws -> Bool
  ) throws {
    let length = UInt16(clamping: subject.count)
    let end = EventHeader.byteCount + subject.count
    try ledger.forEachRecord(from: first, through: last) { position, record in
      let isWanted =
        record.byteCount >= end
        && record.littleEndian(at: 60, as: UInt16.self) == length
        && record.matches(EventHeader.byteCount..<end, subject.rawSpan)
      let isOutcome = includesOutcomes && record.byte(at: 1) == EventKind.outcome.rawValue
      guard isWanted || isOutcome else { return true }
      let event: Event
      do throws(RecordError) {
        event = try Event(position: position, record: record.array(0..<record.byteCount))
      } catch {
        throw LedgerError.damaged(position: position, error)
      }
      return try body(event)
    }
  }
}
