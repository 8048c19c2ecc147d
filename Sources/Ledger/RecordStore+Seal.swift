import CBOR
import LMDB
import Proofs

extension RecordStore {
  /// The records of a segment that is not sealed yet, from `tail`.
  func tailRecords(of index: UInt64) throws(LedgerError) -> RecordBlock {
    let positions = Segment.positions(index)
    var bytes: [UInt8] = []
    var ends: [Int] = []
    ends.reserveCapacity(Segment.recordCount)
    do {
      _ = try forEachTailRecord(from: positions.lowerBound, through: positions.upperBound) {
        _, record in
        // SAFETY: the span's bytes are copied within the closure.
        unsafe record.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        ends.append(bytes.count)
        return true
      }
    } catch {
      throw LedgerError(reading: error)
    }
    guard ends.count == Segment.recordCount else {
      throw .damaged(
        position: positions.lowerBound + UInt64(ends.count), RecordError("the record is missing"))
    }
    return RecordBlock(first: positions.lowerBound, bytes: bytes, ends: ends)
  }

  /// Puts segments in the place of the blocks of `tail` that they hold, and grows the tree.
  func seal(
    _ sealed: ArraySlice<SealedSegment>, _ txn: inout WriteTransaction
  ) throws(LMDBError) {
    guard let last = sealed.last else { return }
    for segment in sealed {
      let first = Segment.positions(segment.index).lowerBound
      try txn.put(segment.bytes.span, for: first, in: segments, mode: .append)
    }
    // By level and place, so that each tile is written once.
    let growths = sealed.flatMap(\.growths).sorted {
      ($0.level, $0.tile, $0.offset) < ($1.level, $1.tile, $1.offset)
    }
    try grow(growths, &txn)
    try dropTail(through: Segment.positions(last.index).upperBound, &txn)
  }

  /// Removes the blocks of `tail` that end at or before `position`.
  private func dropTail(
    through position: UInt64, _ txn: inout WriteTransaction
  ) throws(LMDBError) {
    var cursor = try txn.cursor(in: tail)
    while try cursor.first() {
      let first = cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self)
      let count = UInt64(cursor.value.rawSpan.littleEndian(at: 0, as: UInt32.self))
      guard first + count - 1 <= position else { return }
      try cursor.deleteCurrent()
    }
  }
}
