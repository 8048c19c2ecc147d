import CBOR

/// The layout of one value in the `tail` table: consecutive records of one commit.
///
/// ```
/// 0            count u32
/// 4            CRC-32 u32 of all that follows
/// 8            end of each record u32 × count, from the start of the records
/// 8 + 4·count  records, one after the other
/// ```
/// All little-endian. The key is the first record's position, big-endian. A commit is cut into
/// blocks of at most ``Limits/blockRecords`` records and about ``Limits/blockBytes`` bytes.
enum TailBlock {
  private static let endsOffset = 8

  /// The bytes of a block with these events.
  private static func size(of events: ArraySlice<Event>) -> Int {
    events.reduce(endsOffset + 4 * events.count) { $0 + $1.record.count }
  }

  /// Cuts `events` into blocks.
  static func cuts(of events: [Event]) -> [Range<Int>] {
    var cuts: [Range<Int>] = []
    var start = 0
    var bytes = 0
    for index in events.indices {
      let full = index - start == Limits.blockRecords || bytes >= Limits.blockBytes
      if full {
        cuts.append(start..<index)
        start = index
        bytes = 0
      }
      bytes += events[index].record.count
    }
    if start < events.count { cuts.append(start..<events.count) }
    return cuts
  }

  /// The block with these events.
  static func encode(_ events: ArraySlice<Event>) -> [UInt8] {
    var block: [UInt8] = []
    block.reserveCapacity(size(of: events))
    begin(&block, count: events.count)
    var end: UInt32 = 0
    for event in events {
      end += UInt32(event.record.count)
      block.append(littleEndian: end)
    }
    for event in events { block += event.record }
    finish(&block)
    return block
  }

  /// The block with the records of `block` from an index on; the same bytes for index 0.
  /// - Parameter count: What ``count(in:)`` gave.
  /// - Throws: ``RecordError`` where the offsets run backwards.
  static func suffix(
    of block: RawSpan, count: Int, from index: Int
  ) throws(RecordError) -> [UInt8] {
    if index == 0 { return block.array(0..<block.byteCount) }
    let start = try range(of: index, count: count, in: block).lowerBound
    var suffix: [UInt8] = []
    begin(&suffix, count: count - index)
    for index in index..<count {
      let end = try range(of: index, count: count, in: block).upperBound
      suffix.append(littleEndian: UInt32(end - start))
    }
    suffix += block.array(start..<block.byteCount)
    finish(&suffix)
    return suffix
  }

  private static func begin(_ block: inout [UInt8], count: Int) {
    block.append(littleEndian: UInt32(count))
    block.append(littleEndian: UInt32(0))
  }

  /// Puts the checksum of a block in its place.
  private static func finish(_ block: inout [UInt8]) {
    let checksum = Checksum.of(block.rawSpan.extracting(endsOffset...))
    for index in 0..<4 {
      block[4 + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * index))
    }
  }

  /// How many records `block` holds, after a check of all its bytes.
  /// - Throws: ``RecordError`` where the block is cut short, its checksum is wrong or its offsets do
  ///   not fit.
  static func count(in block: RawSpan) throws(RecordError) -> Int {
    guard block.byteCount >= endsOffset else {
      throw RecordError("a block of \(block.byteCount) bytes")
    }
    let count = Int(block.littleEndian(at: 0, as: UInt32.self))
    let start = endsOffset + 4 * count
    guard count > 0, start <= block.byteCount else {
      throw RecordError("a block counts \(count) records in \(block.byteCount) bytes")
    }
    let checksum = Checksum.of(block.extracting(endsOffset...))
    guard checksum == block.littleEndian(at: 4, as: UInt32.self) else {
      throw RecordError("the checksum of its block is wrong")
    }
    let end = start + Int(block.littleEndian(at: start - 4, as: UInt32.self))
    guard end == block.byteCount else {
      throw RecordError("a block ends at \(end) and has \(block.byteCount) bytes")
    }
    return count
  }

  /// Where the record at `index` lies, in a block whose ``count(in:)`` is `count`.
  /// - Throws: ``RecordError`` where the offsets run backwards.
  static func range(of index: Int, count: Int, in block: RawSpan) throws(RecordError) -> Range<Int>
  {
    let base = endsOffset + 4 * count
    let start =
      index == 0 ? 0 : Int(block.littleEndian(at: endsOffset + 4 * (index - 1), as: UInt32.self))
    let end = Int(block.littleEndian(at: endsOffset + 4 * index, as: UInt32.self))
    guard start <= end, base + end <= block.byteCount else {
      throw RecordError("record \(index) of a block ends at \(end) and starts at \(start)")
    }
    return base + start..<base + end
  }
}
