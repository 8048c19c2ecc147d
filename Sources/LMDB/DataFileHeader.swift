import Glibc

/// What LMDB takes on trust from the two meta pages of a data file, checked before it is mapped.
///
/// LMDB 0.9 verifies magic and version only. A page size of nonsense divides by zero, and a root
/// beyond the file's end (a truncated file) is SIGBUS at the first look-up. Layout: mdb.c,
/// `MDB_page` and `MDB_meta`, 64-bit little-endian:
/// ```
///   0 page number 8 │ 8 pad 2 │ 10 flags 2 │ 12 free space 4        page header
///  16 magic 4 │ 20 version 4 │ 24 address 8 │ 32 map size 8          meta
///  40 free table 48: page size 4, flags 2, depth 2, …, root at +40   88 main table 48
/// 136 last page 8 │ 144 transaction 8
/// ```
struct DataFileHeader {
  private static let byteCount = 152
  private static let magic: UInt32 = 0xBEEF_C0DE
  private static let noPage = UInt64.max
  private static let pageSizes: ClosedRange<UInt32> = 256...65_536

  /// Finds what is wrong with the header of `file`.
  /// - Returns: A description, or nil if it is sound, the file is empty, or LMDB will refuse it
  ///   with a code of its own (wrong magic or version).
  static func fault(in file: borrowing DataFile) throws(SystemError) -> String? {
    guard let first = try Meta(in: file, at: 0) else { return nil }
    guard pageSizes.contains(first.pageSize), first.pageSize.nonzeroBitCount == 1 else {
      return "the page size \(first.pageSize) in data.mdb is impossible"
    }
    guard let second = try Meta(in: file, at: Int(first.pageSize)) else { return nil }
    let newest = second.transaction > first.transaction ? second : first
    guard newest.pageSize == first.pageSize else {
      return "the two headers of data.mdb disagree on the page size"
    }
    let pageCount = UInt64(try file.sizeBytes()) / UInt64(newest.pageSize)
    if newest.lastPage > UInt64(1) << 47 / UInt64(newest.pageSize) {
      return "the last page \(newest.lastPage) in data.mdb is impossible"
    }
    for root in [newest.freeRoot, newest.mainRoot] where root != noPage && root >= pageCount {
      return "data.mdb is cut off: it has \(pageCount) pages, but its root is page \(root)"
    }
    return nil
  }

  /// One meta page's fields.
  private struct Meta {
    let pageSize: UInt32
    let freeRoot: UInt64
    let mainRoot: UInt64
    let lastPage: UInt64
    let transaction: UInt64

    /// - Returns: nil if the file is too short or does not begin with the magic number there.
    init?(in file: borrowing DataFile, at offset: Int) throws(SystemError) {
      var bytes = [UInt8](repeating: 0, count: byteCount)
      let descriptor = file.descriptor
      // Safe: pread writes at most the array's count.
      let read = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(descriptor, buffer.baseAddress, buffer.count, offset)
      }
      if read < 0 { throw SystemError(code: errno) }
      let fields = unsafe bytes.span.bytes
      // Safe: all offsets below are less than byteCount - 7, and the loads are bounds-checked.
      guard read == byteCount,
        unsafe fields.unsafeLoadUnaligned(fromByteOffset: 16, as: UInt32.self) == magic
      else { return nil }
      pageSize = unsafe fields.unsafeLoadUnaligned(fromByteOffset: 40, as: UInt32.self)
      freeRoot = unsafe fields.unsafeLoadUnaligned(fromByteOffset: 80, as: UInt64.self)
      mainRoot = unsafe fields.unsafeLoadUnaligned(fromByteOffset: 128, as: UInt64.self)
      lastPage = unsafe fields.unsafeLoadUnaligned(fromByteOffset: 136, as: UInt64.self)
      transaction = unsafe fields.unsafeLoadUnaligned(fromByteOffset: 144, as: UInt64.self)
    }
  }
}
