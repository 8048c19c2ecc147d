import CBOR
import Ledger

/// Writes the fields of a table row, one after the other: integers as LEB128 varints, signed ones
/// zigzag, bytes with their length before them. One encoding per value.
public struct ByteWriter {
  package private(set) var bytes: [UInt8] = []

  public init() {}

  /// Empties the writer and keeps its capacity.
  public mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
  }

  public mutating func unsigned(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  public mutating func signed(_ value: Int64) {
    unsigned(UInt64(bitPattern: value << 1 ^ value >> 63))
  }

  public mutating func count(_ value: Int) {
    unsigned(UInt64(value))
  }

  public mutating func bool(_ value: Bool) {
    bytes.append(value ? 1 : 0)
  }

  /// The eight bytes of a double's bit pattern.
  public mutating func double(_ value: Double) {
    bytes.append(littleEndian: value.bitPattern)
  }

  public mutating func blob(_ value: [UInt8]) {
    count(value.count)
    bytes += value
  }

  public mutating func text(_ value: String) {
    count(value.utf8.count)
    bytes += value.utf8
  }
}

/// Reads what ``ByteWriter`` wrote. Rows are the product's own: a row that does not fit is a broken
/// store, and traps on the array's bounds rather than go on with wrong state.
public struct ByteReader {
  private let bytes: [UInt8]
  private var offset = 0

  public init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Whether every byte was read.
  public var isAtEnd: Bool { offset == bytes.count }

  public mutating func unsigned() -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = bytes[offset]
      offset += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  public mutating func signed() -> Int64 {
    let value = unsigned()
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }

  public mutating func count() -> Int {
    Int(unsigned())
  }

  public mutating func bool() -> Bool {
    offset += 1
    return bytes[offset - 1] != 0
  }

  public mutating func double() -> Double {
    offset += 8
    return Double(bitPattern: bytes.rawSpan.littleEndian(at: offset - 8, as: UInt64.self))
  }

  public mutating func blob() -> [UInt8] {
    let size = count()
    offset += size
    return Array(bytes[offset - size..<offset])
  }

  public mutating func text() -> String {
    let size = count()
    offset += size
    return bytes.rawSpan.string(offset - size..<offset)
  }
}
