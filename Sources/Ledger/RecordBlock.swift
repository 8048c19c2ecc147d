import CBOR

/// Consecutive records in memory, one after the other, as a stored block gives them.
package struct RecordBlock: Sendable {
  /// The position of the first record.
  package let first: UInt64
  package let bytes: [UInt8]
  /// Where each record ends in ``bytes``.
  package let ends: [Int]

  package init(first: UInt64, bytes: [UInt8], ends: [Int]) {
    self.first = first
    self.bytes = bytes
    self.ends = ends
  }

  package var count: Int { ends.count }
  /// The position of the last record; one below the first where there is none.
  package var last: UInt64 { first + UInt64(count) - 1 }

  /// The bytes of the record at an index from 0.
  package subscript(index: Int) -> RawSpan {
    @_lifetime(borrow self)
    get { bytes.rawSpan.extracting((index == 0 ? 0 : ends[index - 1])..<ends[index]) }
  }
}
