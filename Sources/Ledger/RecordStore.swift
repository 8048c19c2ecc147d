import CBOR
import LMDB

/// The records in their two places: sealed ones in `segments`, the newest in `tail`.
///
/// A record is first in `tail`, later in `segments`, and in both where a block of `tail` crosses
/// the border: then `segments` counts. Reading is the same wherever it lies.
final class RecordStore: Sendable {
  static let formatVersion: UInt64 = 2

  let environment: Environment
  let tail: TableHandle
  let segments: TableHandle
  let tree: TableHandle
  private let cache = SegmentCache()

  /// Opens the tables, and makes them where `creates` says so.
  /// - Throws: ``LedgerError/version(found:)``; store failures.
  init(_ environment: Environment, creates: Bool) throws(LedgerError) {
    let found: UInt64
    do throws(LMDBError) {
      let meta: TableHandle
      if creates, try !environment.tableNames().contains("meta") {
        meta = try environment.openTable("meta", create: true)
      } else {
        meta = try environment.openTable("meta")
      }
      // A ledger of another version is left as it is.
      if creates { try Self.writeVersion(environment, meta) }
      found = try Self.version(environment, meta)
    } catch {
      throw .store(error)
    }
    guard found == Self.formatVersion else { throw .version(found: found) }
    do throws(LMDBError) {
      tail = try environment.openTable("tail", create: creates)
      segments = try environment.openTable("segments", create: creates)
      tree = try environment.openTable("tree", create: creates)
    } catch {
      throw .store(error)
    }
    self.environment = environment
  }

  private static func writeVersion(
    _ environment: Environment, _ meta: TableHandle
  ) throws(LMDBError) {
    let key = Array("version".utf8)
    let isThere = try environment.read { (txn) throws(LMDBError) in
      try txn.contains(key.span, in: meta)
    }
    if isThere { return }
    let version = BigEndian.bytes(formatVersion)
    try environment.write { (txn) throws(LMDBError) in
      try txn.put(version.span, for: key.span, in: meta)
    }
  }

  /// The format version that the directory has; 0: none is noted.
  private static func version(
    _ environment: Environment, _ meta: TableHandle
  ) throws(LMDBError) -> UInt64 {
    try environment.read { (txn) throws(LMDBError) -> UInt64 in
      guard let bytes = try txn.value(for: Array("version".utf8).span, in: meta),
        bytes.count == 8
      else { return 0 }
      return bytes.rawSpan.bigEndian(at: 0, as: UInt64.self)
    }
  }

  // MARK: - Ends

  /// The last position that is sealed; 0: none is.
  func sealedThrough() throws(LedgerError) -> UInt64 {
    try environment.read { (txn) throws(LedgerError) in try sealedThrough(txn) }
  }

  /// The same in a snapshot.
  func sealedThrough(_ txn: borrowing ReadTransaction) throws(LedgerError) -> UInt64 {
    do throws(LMDBError) {
      var cursor = try txn.cursor(in: segments)
      guard try cursor.last() else { return 0 }
      let first = cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self)
      return first + UInt64(Segment.recordCount) - 1
    } catch {
      throw .store(error)
    }
  }

  /// The last position there is; 0 in an empty ledger.
  func lastPosition() throws(LedgerError) -> UInt64 {
    try environment.read { (txn) throws(LedgerError) -> UInt64 in
      let sealed = try sealedThrough(txn)
      do throws(LMDBError) {
        var cursor = try txn.cursor(in: tail)
        guard try cursor.last() else { return sealed }
        let block = cursor.value.rawSpan
        guard block.byteCount >= 4 else { return sealed }
        let start = cursor.key.rawSpan.bigEndian(at: 0, as: UInt64.self)
        return max(sealed, start + UInt64(block.littleEndian(at: 0, as: UInt32.self)) - 1)
      } catch {
        throw .store(error)
      }
    }
  }

  // MARK: - Reading

  /// Hands the records from `first` through `last` to `body`, in order, until it returns false.
  func forEachRecord(
    from first: UInt64, through last: UInt64, _ body: (UInt64, RawSpan) throws -> Bool
  ) throws {
    var next = max(first, 1)
    while next <= last {
      let sealed = try sealedThrough()
      if next <= sealed {
        let end = min(last, sealed)
        guard try forEachSealedRecord(from: next, through: end, body) else { return }
        next = end + 1
      } else {
        guard try forEachTailRecord(from: next, through: last, body) == .isSealedMeanwhile else {
          return
        }
      }
    }
  }

  private func forEachSealedRecord(
    from first: UInt64, through last: UInt64, _ body: (UInt64, RawSpan) throws -> Bool
  ) throws -> Bool {
    let indexes = Segment.index(of: first)...Segment.index(of: last)
    let isScan = indexes.count >= ReadAhead.leastSegments
    let ahead = isScan ? try ReadAhead(self, segments: indexes) : nil
    defer { ahead?.cancel() }
    var decoder = SegmentDecoder()
    for index in indexes {
      let block =
        if let ahead { try ahead.next(&decoder) } else { try cache.block(index, of: self) }
      let from = first > block.first ? Int(first - block.first) : 0
      let through = min(block.count - 1, Int(last - block.first))
      guard from <= through else { continue }
      for offset in from...through {
        if try !body(block.first + UInt64(offset), block[offset]) { return false }
      }
    }
    return true
  }

  /// Hands the headers from `first` through `last` to `body`, in order, until it returns false.
  /// Nothing is inflated.
  func forEachHeader(
    from first: UInt64, through last: UInt64, _ body: (UInt64, EventHeader) throws -> Bool
  ) throws {
    var next = max(first, 1)
    while next <= last {
      let sealed = try sealedThrough()
      if next <= sealed {
        let index = Segment.index(of: next)
        let end = min(last, Segment.positions(index).upperBound)
        guard try forEachSealedHeader(index, next...end, body) else { return }
        next = end + 1
      } else {
        let tailEnd = try forEachTailRecord(from: next, through: last) { position, record in
          let header = try Self.located(position) { () throws(RecordError) in
            try EventHeader(reading: record)
          }
          return try body(position, header)
        }
        guard tailEnd == .isSealedMeanwhile else { return }
      }
    }
  }

  private func forEachSealedHeader(
    _ index: UInt64, _ positions: ClosedRange<UInt64>,
    _ body: (UInt64, EventHeader) throws -> Bool
  ) throws -> Bool {
    var failure: (any Error)?
    let isWanted = try withSegment(index) { (view) throws(RecordError) -> Bool in
      for position in positions {
        let header = try view.header(at: Int(position - view.first))
        do {
          guard try body(position, header) else { return false }
        } catch {
          failure = error
          return false
        }
      }
      return true
    }
    if let failure { throw failure }
    return isWanted
  }

  /// Reads one segment. Cost: 50 µs.
  /// - Throws: ``LedgerError/damaged(position:_:)`` where it is not there or not whole.
  func readSegment(
    _ index: UInt64, _ decoder: inout SegmentDecoder
  ) throws(LedgerError) -> RecordBlock {
    try withSegment(index) { (view) throws(RecordError) in try decoder.decode(view) }
  }

  /// Lends a segment, its headers readable in place.
  func withSegment<Result>(
    _ index: UInt64, _ body: (borrowing SegmentView) throws(RecordError) -> Result
  ) throws(LedgerError) -> Result {
    let first = Segment.positions(index).lowerBound
    return try environment.read { (txn) throws(LedgerError) -> Result in
      let value: Span<UInt8>?
      do throws(LMDBError) {
        value = try txn.value(for: first, in: segments)
      } catch {
        throw .store(error)
      }
      guard let value else {
        throw .damaged(position: first, RecordError("its segment is missing"))
      }
      do throws(RecordError) {
        return try body(SegmentView(value.rawSpan, first: first))
      } catch {
        throw .damaged(position: first, error)
      }
    }
  }
}
