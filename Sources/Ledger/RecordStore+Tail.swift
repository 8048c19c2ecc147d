import CBOR
import LMDB

extension RecordStore {
  /// How reading `tail` ended.
  enum TailEnd {
    /// At its end, or where the reader wanted it.
    case isRead
    /// Before it began: the records were moved to `segments`.
    case isSealedMeanwhile
  }

  /// Puts events at the end.
  func append(_ events: [Event], _ txn: inout WriteTransaction) throws(LMDBError) {
    for cut in TailBlock.cuts(of: events) {
      let block = TailBlock.encode(events[cut])
      try txn.put(block.span, for: events[cut.lowerBound].position, in: tail, mode: .append)
    }
  }

  /// Hands the records of `tail` from `first` through `last` to `body` where they lie in the map.
  func forEachTailRecord(
    from first: UInt64, through last: UInt64, _ body: (UInt64, RawSpan) throws -> Bool
  ) throws -> TailEnd {
    try environment.read { txn in
      var cursor = try txn.cursor(in: tail)
      let isThere = try Self.seek(&cursor, blockOf: first)
      var expected = isThere ? cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self) : first
      if !isThere || expected > first {
        if try sealedThrough(txn) >= first { return .isSealedMeanwhile }
        if isThere { throw Self.gap(at: first, before: expected) }
        return .isRead
      }
      repeat {
        let block = cursor.value.rawSpan
        let start = cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self)
        guard start == expected else { throw Self.gap(at: expected, before: start) }
        if start > last { return .isRead }
        let count = try Self.located(start) { () throws(RecordError) in
          try TailBlock.count(in: block)
        }
        expected = start + UInt64(count)
        let skipped = first > start ? Int(first - start) : 0
        guard skipped < count else { continue }
        for index in skipped..<count {
          let position = start + UInt64(index)
          if position > last { return .isRead }
          let range = try Self.located(position) { () throws(RecordError) in
            try TailBlock.range(of: index, count: count, in: block)
          }
          if try !body(position, block.extracting(range)) { return .isRead }
        }
      } while try cursor.next()
      return .isRead
    }
  }

  /// Names the position at which something was found wrong.
  static func located<Result>(
    _ position: UInt64, _ body: () throws(RecordError) -> Result
  ) throws(LedgerError) -> Result {
    do throws(RecordError) {
      return try body()
    } catch {
      throw .damaged(position: position, error)
    }
  }

  /// The error for a position whose block is not there.
  static func gap(at position: UInt64, before start: UInt64) -> LedgerError {
    .damaged(position: position, RecordError("a block is missing; the next begins at \(start)"))
  }

  /// Puts the cursor on the last block that starts at or before `position`, or on the first one.
  static func seek(
    _ cursor: inout ReadCursor, blockOf position: UInt64
  ) throws(LMDBError) -> Bool {
    if try cursor.seek(notBelow: position) {
      if cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self) == position { return true }
      if try cursor.previous() { return true }
      return try cursor.first()
    }
    return try cursor.last()
  }
}
