import Glibc

/// What LMDB takes on trust from the two meta pages of a data file, checked before it is mapped.
///
/// LMDB 0.9 verifies magic and version only. A page size of nonsense divides by zero, and a root
/// beyond the file's end (a truncated file) is SIGBUS at the first look-up.
struct DataFileHeader {
  private static let pageSizes: ClosedRange<UInt64> = 256...65_536

  /// Finds what is wrong with the header of `file`.
  /// - Returns: A description, or nil if it is sound, the file is empty, or LMDB will refuse it
  ///   with a code of its own (wrong magic or version).
  static func fault(in file: borrowing DataFile) throws(SystemError) -> String? {
    guard let first = try MetaPage(in: file, at: 0) else { return nil }
    guard pageSizes.contains(first.pageSize), first.pageSize.nonzeroBitCount == 1 else {
      return "the page size \(first.pageSize) in data.mdb is impossible"
    }
    guard let second = try MetaPage(in: file, at: Int(first.pageSize)) else { return nil }
    let newest = second.transaction > first.transaction ? second : first
    guard newest.pageSize == first.pageSize else {
      return "the two headers of data.mdb disagree on the page size"
    }
    let pageCount = UInt64(try file.sizeBytes()) / newest.pageSize
    if newest.lastPage > UInt64(1) << 47 / newest.pageSize {
      return "the last page \(newest.lastPage) in data.mdb is impossible"
    }
    for root in [newest.free.root, newest.main.root]
    where root != TableRecord.noPage && root >= pageCount {
      return "data.mdb is cut off: it has \(pageCount) pages, but its root is page \(root)"
    }
    return nil
  }
}
