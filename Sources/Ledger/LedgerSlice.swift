import CBOR
import LMDB

/// A stored value of `segments`, as it lies there.
struct StoredSegment: Sendable {
  let index: UInt64
  let bytes: [UInt8]
}

/// A stretch of a ledger as one snapshot has it: what a copy takes over in one transaction.
///
/// It is either segments or blocks of `tail`, with the bodies that belong to the events which the
/// copy did not have.
struct LedgerSlice: Sendable {
  /// Consecutive segments; none where the copy has all there are.
  var segments: [StoredSegment] = []
  /// Consecutive blocks of `tail`, by their first positions.
  var blocks: [(first: UInt64, bytes: [UInt8])] = []
  var blobs: [Blob] = []
  /// The last position that a copy has once it took the slice.
  var end: UInt64

  var isEmpty: Bool { segments.isEmpty && blocks.isEmpty }

  /// Bytes of stored values.
  var byteCount: Int {
    segments.reduce(0) { $0 + $1.bytes.count } + blocks.reduce(0) { $0 + $1.bytes.count }
      + blobs.reduce(0) { $0 + $1.bytes.count }
  }
}

extension Ledger {
  /// What a copy lacks that has all through `end`, `segments` segments of it sealed.
  ///
  /// One short read transaction: its pages are held no longer than it takes to copy `byteLimit`
  /// bytes out of the map, so that a writer beside it goes on using them again.
  /// - Parameter goal: Of `tail`, no block is taken that begins behind this position.
  func slice(
    after end: UInt64, segments: UInt64, through goal: UInt64, byteLimit: Int
  ) throws(LedgerError) -> LedgerSlice {
    try environment.read { (txn) throws(LedgerError) -> LedgerSlice in
      var slice = LedgerSlice(end: end)
      let sealed = try records.sealedThrough(txn)
      if sealed / UInt64(Segment.recordCount) > segments {
        try takeSegments(from: segments, into: &slice, txn, byteLimit)
      } else {
        try takeTail(after: end, through: goal, into: &slice, txn, byteLimit)
      }
      if slice.end > end { try takeBlobs(after: end, into: &slice, txn) }
      return slice
    }
  }

  private func takeSegments(
    from next: UInt64, into slice: inout LedgerSlice, _ txn: borrowing ReadTransaction,
    _ byteLimit: Int
  ) throws(LedgerError) {
    do throws(LMDBError) {
      var cursor = try txn.cursor(in: records.segments)
      var index = next
      var bytes = 0
      var isThere = try cursor.seek(notBelow: Segment.positions(next).lowerBound)
      // A segment that is missing shows when its place in the copy is looked for.
      while isThere, bytes < byteLimit,
        cursor.key.bigEndianUInt64 == Segment.positions(index).lowerBound
      {
        let value = cursor.value.copiedBytes
        bytes += value.count
        slice.segments.append(StoredSegment(index: index, bytes: value))
        slice.end = max(slice.end, Segment.positions(index).upperBound)
        index += 1
        isThere = try cursor.next()
      }
    } catch {
      throw .store(error)
    }
    if slice.segments.isEmpty {
      throw .damaged(
        position: Segment.positions(next).lowerBound, RecordError("its segment is missing"))
    }
  }

  private func takeTail(
    after end: UInt64, through goal: UInt64, into slice: inout LedgerSlice,
    _ txn: borrowing ReadTransaction, _ byteLimit: Int
  ) throws(LedgerError) {
    do {
      var cursor = try txn.cursor(in: records.tail)
      guard try RecordStore.seek(&cursor, blockOf: end + 1) else { return }
      var bytes = 0
      repeat {
        let block = cursor.value.rawSpan
        let first = cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self)
        if first > goal || bytes >= byteLimit { return }
        guard first <= slice.end + 1 else {
          throw RecordStore.gap(at: slice.end + 1, before: first)
        }
        let count = try RecordStore.located(first) { () throws(RecordError) in
          try TailBlock.count(in: block)
        }
        let last = first + UInt64(count) - 1
        if last <= slice.end { continue }
        let start = slice.end + 1
        let kept = try RecordStore.located(start) { () throws(RecordError) in
          try TailBlock.suffix(of: block, count: count, from: Int(start - first))
        }
        bytes += kept.count
        slice.blocks.append((start, kept))
        slice.end = last
      } while try cursor.next()
    } catch {
      throw LedgerError(reading: error)
    }
  }

  private func takeBlobs(
    after end: UInt64, into slice: inout LedgerSlice, _ txn: borrowing ReadTransaction
  ) throws(LedgerError) {
    do throws(LMDBError) {
      let from = BigEndian.bytes(end + 1)
      let to = BigEndian.bytes(slice.end + 1)
      try txn.forEach(in: blobs, from: from.span, to: to.span) { (key, value) throws(LMDBError) in
        if let position = key.bigEndianUInt64 {
          slice.blobs.append(Blob(position: position, bytes: value.copiedBytes))
        }
        return true
      }
    } catch {
      throw .store(error)
    }
  }
}
