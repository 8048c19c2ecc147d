import CBOR

/// The layout of a value in `segments`: 256 consecutive records, the headers in columns, strings
/// and payloads compressed apart.
///
/// ```
///   0  version u8 = 1 │ 3 bytes 0
///   4  CRC-32 u32 of the bytes from 8 up to the strings
///   8  position of the first record u64
///  16  count u32
///  20  strings: length u32, compressed length u32
///  28  payloads: length u32, compressed length u32
///  36  14 columns: base i64, width u8
/// 162  ids, 16 bytes × count
///   …  the columns' values: width bytes × count each
///   …  strings: subject ‖ source ‖ external id of each record, as one zlib stream
///   …  payloads of all records, as one zlib stream
/// ```
/// Little-endian; a value is base + stored bytes, modulo 2^64.
package enum Segment {
  static let version: UInt8 = 1
  /// Records in a segment. The first position of a segment is one more than a multiple of it.
  package static let recordCount = 256
  static let columnsOffset = 36
  static let columnBytes = 9
  static let idsOffset = columnsOffset + columnBytes * SegmentColumn.count
  /// A zlib stream is never shorter, so that eight bytes may be loaded wherever a value begins.
  static let leastStreamBytes = 8

  /// The positions of the segment with an index from 0.
  package static func positions(_ index: UInt64) -> ClosedRange<UInt64> {
    let count = UInt64(recordCount)
    return (index * count + 1)...(index * count + count)
  }

  /// The index of the segment that holds a position, from 1 up.
  package static func index(of position: UInt64) -> UInt64 { (position - 1) / UInt64(recordCount) }
}

/// Packs records into segments. One thread's.
package struct SegmentEncoder: ~Copyable {
  private let compressor = ZlibCompressor()

  package init() {}

  /// The segment of these records. Cost: 0.6 µs a record.
  /// - Throws: Where a record is not one: shorter than its header, or of other lengths.
  package borrowing func encode(_ block: RecordBlock) throws(RecordError) -> [UInt8] {
    var strings: [UInt8] = []
    var payloads: [UInt8] = []
    var ids: [UInt8] = []
    ids.reserveCapacity(16 * block.count)
    var values = [[Int64]](repeating: [], count: SegmentColumn.count)
    for column in SegmentColumn.allCases { values[column.rawValue].reserveCapacity(block.count) }
    for index in 0..<block.count {
      let record = block[index]
      let payload = try Self.payloadOffset(of: record)
      ids += record.array(40..<56)
      strings += record.array(EventHeader.byteCount..<payload)
      payloads += record.array(payload..<record.byteCount)
      for column in SegmentColumn.allCases {
        values[column.rawValue].append(column.value(of: record, at: block.first + UInt64(index)))
      }
    }
    return assemble(block, values: values, ids: ids, strings: strings, payloads: payloads)
  }

  private borrowing func assemble(
    _ block: RecordBlock, values: [[Int64]], ids: [UInt8], strings: [UInt8], payloads: [UInt8]
  ) -> [UInt8] {
    let columns = values.map { PackedColumn(holding: $0) }
    let stringStream = compressor.stream(of: strings)
    let payloadStream = compressor.stream(of: payloads)
    var checked: [UInt8] = []
    checked.append(littleEndian: block.first)
    checked.append(littleEndian: UInt32(block.count))
    checked.append(littleEndian: UInt32(strings.count))
    checked.append(littleEndian: UInt32(stringStream.count))
    checked.append(littleEndian: UInt32(payloads.count))
    checked.append(littleEndian: UInt32(payloadStream.count))
    for column in columns {
      checked.append(littleEndian: column.base)
      checked.append(UInt8(column.width))
    }
    checked += ids
    for (column, values) in zip(columns, values) {
      for value in values {
        var rest = UInt64(bitPattern: value &- column.base)
        for _ in 0..<column.width {
          checked.append(UInt8(truncatingIfNeeded: rest))
          rest >>= 8
        }
      }
    }
    var segment: [UInt8] = [Segment.version, 0, 0, 0]
    segment.reserveCapacity(8 + checked.count + stringStream.count + payloadStream.count)
    segment.append(littleEndian: Checksum.of(checked.rawSpan))
    segment += checked
    segment += stringStream
    segment += payloadStream
    return segment
  }

  /// Where the payload of a record begins.
  private static func payloadOffset(of record: RawSpan) throws(RecordError) -> Int {
    guard record.byteCount >= EventHeader.byteCount else {
      throw RecordError("a record of \(record.byteCount) bytes is shorter than its header")
    }
    let offset =
      EventHeader.byteCount + Int(record.littleEndian(at: 60, as: UInt16.self))
      + Int(record.littleEndian(at: 62, as: UInt16.self))
      + Int(record.littleEndian(at: 64, as: UInt16.self))
    let end = offset + Int(record.littleEndian(at: 68, as: UInt32.self))
    guard end == record.byteCount else {
      throw RecordError("the header counts \(end) bytes, the record has \(record.byteCount)")
    }
    return offset
  }
}
