import CDeflate

/// A sealed segment, taken apart by the page that describes the format.
struct StoredSegment {
  private let bytes: [UInt8]
  private let first: UInt64

  init(_ bytes: [UInt8], first: UInt64) {
    self.bytes = bytes
    self.first = first
  }

  private struct Column {
    let base: UInt64
    let width: Int
    let offset: Int
  }

  /// The 256 records, as they were appended.
  func records() throws -> [[UInt8]] {
    guard bytes.count >= 162, bytes[0] == 1, bytes[1...3].allSatisfy({ $0 == 0 }) else {
      throw ReaderError("the segment at \(first) has no header that is known")
    }
    guard number(8, 8) == first, number(16, 4) == 256 else {
      throw ReaderError("the segment at \(first) says that it begins at \(number(8, 8))")
    }
    var offset = 162 + 16 * 256
    var columns: [Column] = []
    for index in 0..<14 {
      let width = Int(bytes[36 + 9 * index + 8])
      columns.append(Column(base: number(36 + 9 * index, 8), width: width, offset: offset))
      offset += width * 256
    }
    let packed = (strings: Int(number(24, 4)), payloads: Int(number(32, 4)))
    guard offset + packed.strings + packed.payloads == bytes.count else {
      throw ReaderError("the segment at \(first) has \(bytes.count) bytes")
    }
    guard CyclicChecksum.of(bytes[8..<offset]) == number(4, 4) else {
      throw ReaderError("the segment at \(first) has a wrong checksum")
    }
    let strings = try inflated(offset, packed.strings, Int(number(20, 4)))
    let payloads = try inflated(offset + packed.strings, packed.payloads, Int(number(28, 4)))
    return try (0..<256).map { try record($0, columns, strings, payloads) }
  }

  private func record(
    _ index: Int, _ columns: [Column], _ strings: [UInt8], _ payloads: [UInt8]
  ) throws -> [UInt8] {
    func value(_ column: Int, of index: Int) -> UInt64 {
      let column = columns[column]
      return column.base &+ number(column.offset + column.width * index, column.width)
    }
    func end(_ columns: [Int]) -> Int {
      (0...index).reduce(0) { sum, record in
        columns.reduce(sum) { $0 + Int(value($1, of: record)) }
      }
    }
    let position = first + UInt64(index)
    let recordedAt = value(4, of: index)
    let causeDistance = value(6, of: index)
    var record: [UInt8] = []
    func append(_ value: UInt64, _ count: Int) {
      record += (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    for (column, count) in [(0, 1), (1, 1), (2, 2), (3, 4)] {
      append(value(column, of: index), count)
    }
    append(recordedAt, 8)
    append(recordedAt &- value(5, of: index), 8)
    append(causeDistance == 0 ? 0 : position &- causeDistance, 8)
    append(position &- value(7, of: index), 8)
    record += bytes[162 + 16 * index..<162 + 16 * index + 16]
    append(value(8, of: index), 4)
    for column in 9...12 { append(value(column, of: index), 2) }
    append(value(13, of: index), 4)
    let stringsEnd = end([9, 10, 11])
    let stringsCount = [9, 10, 11].reduce(0) { $0 + Int(value($1, of: index)) }
    let payloadEnd = end([13])
    guard stringsEnd <= strings.count, payloadEnd <= payloads.count else {
      throw ReaderError("the record at \(position) ends past its segment")
    }
    record += strings[stringsEnd - stringsCount..<stringsEnd]
    record += payloads[payloadEnd - Int(value(13, of: index))..<payloadEnd]
    return record
  }

  private func inflated(_ offset: Int, _ count: Int, _ length: Int) throws -> [UInt8] {
    let decompressor = libdeflate_alloc_decompressor()
    defer { libdeflate_free_decompressor(decompressor) }
    var output = [UInt8](repeating: 0, count: length)
    let code = bytes[offset..<offset + count].withUnsafeBytes { input in
      output.withUnsafeMutableBytes {
        // Without a place for the length found, any other length is an error.
        libdeflate_zlib_decompress(
          decompressor, input.baseAddress, input.count, $0.baseAddress, $0.count, nil)
      }
    }
    guard code == LIBDEFLATE_SUCCESS else {
      throw ReaderError("a stream of the segment at \(first) cannot be inflated")
    }
    return output
  }

  private func number(_ offset: Int, _ count: Int) -> UInt64 {
    littleEndian(bytes[offset..<offset + count])
  }
}

/// CRC-32 of ISO 3309, as zlib has it.
enum CyclicChecksum {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
    }
  }

  static func of(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    let value = bytes.reduce(UInt32.max) { value, byte in
      table[Int((value ^ UInt32(byte)) & 0xff)] ^ value >> 8
    }
    return UInt64(~value)
  }
}
