import CLMDB

/// The environment as its transactions and cursors know it: not owned, so that no operation pays
/// for counting references.
///
/// Made only for values that live inside one of the environment's own scoped methods, which keeps
/// it alive; `@safe` rests on that.
@safe
struct LentEnvironment {
  private let reference: Unmanaged<Environment>

  init(_ environment: Environment) {
    unsafe reference = .passUnretained(environment)
  }

  /// Refuses a handle that is not (or no longer) of this environment.
  @inline(__always)
  func check(_ table: TableHandle, _ operation: StaticString) throws(LMDBError) {
    // Safe: the environment is alive, see above.
    if unsafe !reference._withUnsafeGuaranteedRef({ $0.slots.holds(table) }) {
      throw failure(LMDBError.Code.staleTable.rawValue, operation, on: table)
    }
  }

  /// Also refuses integer keys of a wrong size, which LMDB would read beyond their end.
  @inline(__always)
  func check(
    _ table: TableHandle, keyBytes: Int, _ operation: StaticString
  ) throws(LMDBError) {
    try check(table, operation)
    if table.keys == .integer && keyBytes != MemoryLayout<UInt64>.size {
      throw failure(
        MDB_BAD_VALSIZE, operation, on: table, detail: "the key has \(keyBytes) bytes")
    }
  }

  /// The error for `code`, on `table`. A full map is noted for the write in progress.
  @inline(never)
  func failure(
    _ code: Int32, _ operation: StaticString, on table: TableHandle, detail: String = ""
  ) -> LMDBError {
    // Safe: as above; only the writer's thread meets a full map.
    let environment = unsafe reference.takeUnretainedValue()
    if code == MDB_MAP_FULL { environment.isMapFull = true }
    return environment.failure(code, operation, on: table, detail: detail)
  }
}
