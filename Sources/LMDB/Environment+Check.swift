import CLMDB

extension Environment {
  /// Finds damage among the pages of the last commit, without LMDB's help.
  ///
  /// A read transaction keeps the pages from being used again by a writer meanwhile.
  /// - Returns: What is wrong with the first damaged page, or nil.
  static func faultInPages(
    of handle: OpaquePointer, _ file: borrowing DataFile, limit: Int
  ) throws(SystemError) -> String? {
    // A writer may replace the header of a snapshot before it is read: then the next one is looked at.
    for _ in 0..<8 {
      var snapshot: OpaquePointer?
      // Safe: the transaction is this function's own, and ended below; it begins without reading
      // any page but the headers, which were checked.
      guard unsafe mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &snapshot) == 0,
        let snapshot = unsafe snapshot
      else { return nil }
      defer { unsafe mdb_txn_abort(snapshot) }
      let number = unsafe UInt64(truncatingIfNeeded: mdb_txn_id(snapshot))
      guard let first = try MetaPage(in: file, at: 0) else { return nil }
      // Where LMDB looks, whatever stands there.
      let place = number % 2 == 0 ? 0 : Int(first.pageSize)
      guard let meta = try MetaPage(in: file, at: place), meta.pageSize == first.pageSize else {
        return "the two headers of data.mdb disagree on the page size"
      }
      guard meta.transaction == number else { continue }
      var check = try PageCheck(file, meta, limit: limit)
      do throws(PageFault) {
        try check.run(meta)
      } catch {
        return error.text
      }
      return nil
    }
    return "the header of the last commit is not in its place in data.mdb"
  }
}
