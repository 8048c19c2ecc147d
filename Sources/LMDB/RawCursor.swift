import CLMDB

/// Closes LMDB's cursor; its transaction is still live.
@unsafe
@usableFromInline
func closeCursor(_ cursor: OpaquePointer) {
  // Safe: called by the cursor's only owner, once.
  unsafe mdb_cursor_close(cursor)
}

/// LMDB's cursor and the entry that it stands on; `ReadCursor` and `WriteCursor` say who may do
/// what with it.
///
/// Invariant: if `isPositioned`, `key` and `value` are what LMDB returned for the present entry,
/// and the table has not been changed since.
@safe
@usableFromInline
struct RawCursor: ~Copyable {
  @usableFromInline let cursor: OpaquePointer
  private let table: TableHandle
  private let environment: LentEnvironment
  @usableFromInline private(set) var isPositioned = false
  @usableFromInline private(set) var entryKey = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  @usableFromInline private(set) var entryValue = unsafe UnsafeRawBufferPointer(
    start: nil, count: 0)

  init(transaction: ReadTransaction, table: TableHandle) throws(LMDBError) {
    try transaction.environment.check(table, "cursor")
    var opened: OpaquePointer?
    // Safe: the transaction is live; the cursor is closed in deinit, before the transaction ends.
    let code = unsafe mdb_cursor_open(transaction.pointer, table.index, &opened)
    guard code == 0, let opened = unsafe opened else {
      throw transaction.environment.failure(code, "cursor", on: table)
    }
    unsafe cursor = opened
    self.table = table
    environment = transaction.environment
  }

  // Inlinable because inlined scans reach it; Swift 6.3 gives other deinits the wrong linkage.
  @inlinable
  deinit {
    unsafe closeCursor(cursor)
  }

  /// The present key. Traps if there is none. Valid until the cursor moves or the table changes.
  @unsafe
  @inlinable
  var key: UnsafeRawBufferPointer {
    precondition(isPositioned, "LMDB cursor read where it stands on no entry")
    return unsafe entryKey
  }

  /// The present value, likewise.
  @unsafe
  @inlinable
  var value: UnsafeRawBufferPointer {
    precondition(isPositioned, "LMDB cursor read where it stands on no entry")
    return unsafe entryValue
  }

  /// Moves as `operation` says.
  /// - Returns: False if there is no such entry; the cursor then stands on none.
  mutating func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
    var key = unsafe MDB_val()
    var value = unsafe MDB_val()
    // Safe: LMDB fills the local structures, and reads them for none of these operations.
    let code = unsafe mdb_cursor_get(cursor, &key, &value, operation)
    return try unsafe arrive(code, key, value)
  }

  /// Moves to `key`, or with MDB_SET_RANGE to the first entry not below it.
  mutating func seek(_ key: Span<UInt8>, _ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
    if key.isEmpty && operation == MDB_SET_RANGE { return try move(MDB_FIRST) }
    try environment.check(table, keyBytes: key.count, "seek")
    let cursor = unsafe cursor
    var found = unsafe MDB_val()
    let (code, name) = unsafe key.withUnsafeBytes { key in
      var name = unsafe MDB_val(key)
      // Safe: LMDB reads the key during the call, then replaces it by the stored one.
      let code = unsafe mdb_cursor_get(cursor, &name, &found, operation)
      return unsafe (code, name)
    }
    return try unsafe arrive(code, name, found)
  }

  mutating func seek(_ key: UInt64, _ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
    let stored = table.stored(key)
    // Safe: the span ends with the closure of the borrow.
    return unsafe try withUnsafeBytes(of: stored) { (key) throws(LMDBError) in
      unsafe try seek(Span<UInt8>(_unsafeBytes: key), operation)
    }
  }

  /// Whether the present key is below `bound` in the table's order.
  func precedes(_ bound: Span<UInt8>) -> Bool {
    let key = unsafe key
    return unsafe bound.withUnsafeBytes { bound in
      if table.keys == .integer && bound.count == MemoryLayout<UInt64>.size {
        // Safe: keys of such tables are 8 bytes.
        return unsafe key.loadUnaligned(as: UInt64.self) < bound.loadUnaligned(as: UInt64.self)
      }
      return unsafe key.lexicographicallyPrecedes(bound)
    }
  }

  /// Stores an entry and stands on it; the new bytes are not readable before the next move.
  mutating func put(_ value: Span<UInt8>, for key: Span<UInt8>, _ mode: PutMode) throws(LMDBError) {
    try environment.check(table, keyBytes: key.count, "put")
    isPositioned = false
    let cursor = unsafe cursor
    let code = unsafe key.withUnsafeBytes { key in
      unsafe value.withUnsafeBytes { value in
        var name = unsafe MDB_val(key)
        var bytes = unsafe MDB_val(value)
        // Safe: LMDB reads both during the call only.
        return unsafe mdb_cursor_put(cursor, &name, &bytes, mode.flags)
      }
    }
    if code != 0 { throw failure(code, "put") }
  }

  /// Deletes the present entry; `move(MDB_NEXT)` then goes to the one after it.
  mutating func deleteCurrent() throws(LMDBError) {
    precondition(isPositioned, "LMDB cursor deletes where it stands on no entry")
    isPositioned = false
    // Safe: the cursor belongs to a live write transaction; read cursors do not get here.
    let code = unsafe mdb_cursor_del(cursor, 0)
    if code != 0 { throw failure(code, "delete") }
  }

  /// Takes over what LMDB returned.
  @unsafe
  @inline(__always)
  private mutating func arrive(
    _ code: Int32, _ key: MDB_val, _ value: MDB_val
  ) throws(LMDBError) -> Bool {
    isPositioned = code == 0
    if code == 0 {
      unsafe entryKey = key.bytes
      unsafe entryValue = value.bytes
      return true
    }
    if code != MDB_NOTFOUND { throw failure(code, "move cursor") }
    return false
  }

  private func failure(_ code: Int32, _ operation: StaticString) -> LMDBError {
    environment.failure(code, operation, on: table)
  }
}
