import CBOR
import Ledger

/// The last four bytes of each stored row, little-endian: CRC-32 of the others, mixed with the row's
/// number. A row that has changed on the disk, or lies in the place of another, would become a wrong
/// decision without any sign.
enum RowChecksum {
  private static let byteCount = 4

  /// The numbers of rows whose keys are texts.
  static let unnumbered: UInt32 = 0

  /// Appends the checksum of what `bytes` has from `start` on. Cost: some 10 ns.
  static func append(to bytes: inout [UInt8], from start: Int, number: UInt32) {
    let checksum = value(of: bytes.rawSpan.extracting(start..<bytes.count), number)
    bytes.append(littleEndian: checksum)
  }

  /// The row without its checksum; nil where that is wrong.
  @_lifetime(copy stored)
  static func row(_ stored: RawSpan, number: UInt32) -> RawSpan? {
    let count = stored.byteCount - byteCount
    guard count >= 0 else { return nil }
    let row = stored.extracting(0..<count)
    guard stored.littleEndian(at: count, as: UInt32.self) == value(of: row, number) else {
      return nil
    }
    return row
  }

  private static func value(of row: RawSpan, _ number: UInt32) -> UInt32 {
    Checksum.of(row) ^ number &* 0x9E37_79B1
  }
}
