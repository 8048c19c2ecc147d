import Glibc

/// One of the two headers of a data file. Layout: mdb.c, `MDB_page` and `MDB_meta`, 64-bit
/// little-endian:
/// ```
///   0 page number 8 │ 8 pad 2 │ 10 flags 2 │ 12 free space 4        page header
///  16 magic 4 │ 20 version 4 │ 24 address 8 │ 32 map size 8          meta
///  40 free table 48, beginning with the page size 4                  88 main table 48
/// 136 last page 8 │ 144 transaction 8
/// ```
struct MetaPage {
  private static let byteCount = 152
  private static let magic: UInt64 = 0xBEEF_C0DE

  let pageSize: UInt64
  /// The list of free pages.
  let free: TableRecord
  /// The table of names.
  let main: TableRecord
  /// The last page that was ever used.
  let lastPage: UInt64
  /// The commit that wrote this header.
  let transaction: UInt64

  /// - Returns: nil if the file is too short or does not have the magic number there.
  init?(in file: borrowing DataFile, at offset: Int) throws(SystemError) {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    let descriptor = file.descriptor
    // Safe: pread writes at most the array's count.
    let read = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe pread(descriptor, buffer.baseAddress, buffer.count, offset)
    }
    if read < 0 { throw SystemError(code: errno) }
    guard read == Self.byteCount, bytes.number(at: 16, bytes: 4) == Self.magic else { return nil }
    pageSize = bytes.number(at: 40, bytes: 4)
    free = TableRecord(bytes[40..<88])
    main = TableRecord(bytes[88..<136])
    lastPage = bytes.number(at: 136, bytes: 8)
    transaction = bytes.number(at: 144, bytes: 8)
  }
}
