import CBOR
package import Ledger

/// Reads the events of one subject from the ledger: those that an index knows by their positions,
/// the others past all that are between them, without copying those.
package struct SubjectScan {
  private let ledger: Ledger
  private let subject: [UInt8]
  private let index: (any EventIndex)?
  /// Outcomes too that are about no or another subject: whoever reports one may not know the
  /// customer. Those of the effects that are among the events, and perhaps others.
  private let includesOutcomes: Bool

  /// Ranges of positions that are read faster than an index is asked.
  private static let shortRange: UInt64 = 256

  /// - Parameter index: nil: the ledger is read.
  package init(
    _ ledger: Ledger, subject: [UInt8], index: (any EventIndex)?, includesOutcomes: Bool = false
  ) {
    self.ledger = ledger
    self.subject = subject
    self.index = index
    self.includesOutcomes = includesOutcomes
  }

  /// Hands the events from `first` through `last` to `body`, in order, until it returns false.
  /// - Parameter last: nil: through the end.
  /// - Throws: As `Ledger.forEachRecord`, and what the index throws. Cost: the events, and a comparison
  ///   for each record of the range that the index does not know.
  package func forEach(
    from first: UInt64, through last: UInt64? = nil, _ body: (Event) throws -> Bool
  ) throws {
    let end = last ?? .max
    guard first <= end else { return }
    var scanned = first
    if let index, end - first > Self.shortRange {
      guard let known = try forEachKnown(index, from: first, through: end, body) else { return }
      scanned = max(first, known + 1)
    }
    if scanned <= end { try scan(from: scanned, through: last, body) }
  }

  /// Hands over the events that the index knows.
  /// - Returns: Through which position; nil: `body` has returned false.
  private func forEachKnown(
    _ index: any EventIndex, from first: UInt64, through last: UInt64,
    _ body: (Event) throws -> Bool
  ) throws -> UInt64? {
    let known = try index.positions(of: subject, from: first)
    let end = min(known.through, last)
    var positions = known.positions
    var place = 0
    while place < positions.count, positions[place] <= end {
      let position = positions[place]
      place += 1
      if place > 1, positions[place - 2] == position { continue }
      guard let event = try ledger.event(at: position) else { continue }
      let isOurs = event.record.rawSpan.matches(event.subjectRange, subject.rawSpan)
      guard isOurs || includesOutcomes && event.kind == .outcome else { continue }
      if includesOutcomes, event.kind == .effect, let id = event.effectID {
        // Its outcomes come up in their turn.
        let outcomes = try index.positions(of: id, from: position + 1).positions
        positions[place...] = (positions[place...] + outcomes).sorted()[...]
      }
      guard try body(event) else { return nil }
    }
    return end
  }

  private func scan(
    from first: UInt64, through last: UInt64?, _ body: (Event) throws -> Bool
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

extension Event {
  /// The bytes of the delivery's or action's id that the event is about.
  fileprivate var effectID: [UInt8]? {
    let id = payload.view(forKey: Field.deliveryId) ?? payload.view(forKey: Field.actionId)
    return id?.textBytesRange.map { Array(record[$0]) }
  }
}
