import CLMDB
import Synchronization

/// The state of an environment at one moment.
public struct EnvironmentInfo: Sendable, Hashable {
  /// The map's present size, which the data cannot exceed without growing it.
  public let mapBytes: Int
  /// The file's length, grown-ahead zeros and holes included.
  public let fileBytes: Int
  /// Bytes in a page.
  public let pageSizeBytes: Int
  /// The number of the last page that was ever used.
  public let lastPage: Int
  /// The number of the last commit; 0 in a new environment.
  public let lastTransaction: UInt64
  /// Reader slots, over all processes.
  public let maximumReaders: Int
  /// The most reader slots that were in use at once since the lock file was reset.
  public let usedReaderSlots: Int
  /// How often growing the file ahead has failed since opening. It slows commits, nothing else.
  public let growAheadFailures: Int
  /// The last such failure's `errno`, or nil.
  public let lastGrowAheadError: LMDBError.Code?

  /// The bytes up to the last used page; freed pages among them are used again first.
  public var usedBytes: Int { (lastPage + 1) * pageSizeBytes }
}

/// Pages of a whole environment, at one transaction.
public struct EnvironmentStatistics: Sendable, Hashable {
  /// The table of names: its entries are the tables.
  public let names: TableStatistics
  /// Pages that were freed and await use.
  public let freePages: Int
}

extension Environment {
  /// Looks at the environment. Microseconds.
  public func info() throws(LMDBError) -> EnvironmentInfo {
    let slot = try enterRead(#fileID, #line, "info")
    defer { gate.leaveRead(slot) }
    var info = unsafe MDB_envinfo()
    var counts = MDB_stat()
    // Safe: both fill the local structures from the mapped meta page; the gate keeps the map.
    unsafe mdb_env_info(handle, &info)
    unsafe mdb_env_stat(handle, &counts)
    let fileBytes: Int
    do throws(SystemError) {
      fileBytes = try file.sizeBytes()
    } catch {
      throw failure(error.code, "info")
    }
    let failures = growthFailures.withLock { $0 }
    return unsafe EnvironmentInfo(
      mapBytes: info.me_mapsize, fileBytes: fileBytes, pageSizeBytes: Int(counts.ms_psize),
      lastPage: info.me_last_pgno, lastTransaction: UInt64(truncatingIfNeeded: info.me_last_txnid),
      maximumReaders: Int(info.me_maxreaders), usedReaderSlots: Int(info.me_numreaders),
      growAheadFailures: failures.count,
      lastGrowAheadError: failures.count == 0 ? nil : .init(rawValue: failures.code))
  }

  /// Counts pages. Walks the list of free pages: one entry per commit that freed some.
  public func statistics() throws(LMDBError) -> EnvironmentStatistics {
    try read { (transaction) throws(LMDBError) in
      var counts = MDB_stat()
      var cursor: OpaquePointer?
      // Safe: LMDB's own tables are always open; the cursor is closed before the snapshot ends.
      var code = unsafe mdb_stat(transaction.pointer, nameTable, &counts)
      if code == 0 { code = unsafe mdb_cursor_open(transaction.pointer, freeTable, &cursor) }
      guard code == 0, let cursor = unsafe cursor else { throw failure(code, "statistics") }
      defer { unsafe mdb_cursor_close(cursor) }
      var freePages = 0
      var key = unsafe MDB_val()
      var value = unsafe MDB_val()
      while true {
        code = unsafe mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
        if code == MDB_NOTFOUND { break }
        guard code == 0, unsafe value.mv_size >= MemoryLayout<Int>.size else {
          throw failure(code == 0 ? MDB_CORRUPTED : code, "statistics")
        }
        // Safe: a value is a count and that many page numbers (mdb.c, MDB_IDL).
        freePages += unsafe value.bytes.loadUnaligned(as: Int.self)
      }
      return EnvironmentStatistics(names: TableStatistics(counts), freePages: freePages)
    }
  }
}
