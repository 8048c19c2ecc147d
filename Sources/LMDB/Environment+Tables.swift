import CLMDB
import Synchronization

extension Environment {
  /// Opens a named table; opening it again returns the same handle.
  ///
  /// Takes the writer's place: call it outside of transactions, before those that use the table.
  /// - Parameters:
  ///   - name: 1 to 511 bytes of UTF-8 without NUL.
  ///   - keys: The order of its keys; must be that with which it was created.
  ///   - create: Creates it, in a commit of its own, if it does not exist.
  /// - Throws: `.notFound` without `create`, `.incompatible` if it exists with another order,
  ///   `.tablesFull`, `.badValueSize` for the name, `.nestedWrite`, and what `write` throws.
  public func openTable(
    _ name: String, keys: KeyOrder = .bytes, create: Bool = false
  ) throws(LMDBError) -> TableHandle {
    guard (1...511).contains(name.utf8.count), !name.utf8.contains(0) else {
      throw failure(MDB_BAD_VALSIZE, "open table", detail: "a name has 1 to 511 bytes, no NUL")
    }
    if let known = tables.withLock({ $0.handles[name] }) {
      try checkOrder(known.keys, isAskedAs: keys, name)
      return known
    }
    if create { try enterWrite() } else { try takeWritersPlace("open table") }
    defer { gate.leaveWrite() }
    // Another thread may have opened it while this one waited.
    if let known = tables.withLock({ $0.handles[name] }) {
      try checkOrder(known.keys, isAskedAs: keys, name)
      return known
    }
    let index = create ? try createTable(name, keys) : try openExistingTable(name, keys)
    let table = slots.fill(index, keys: keys)
    tables.withLock {
      $0.handles[name] = table
      $0.names[index] = name
    }
    return table
  }

  /// Deletes a table and all that is in it, in a commit of its own; its handles become stale.
  ///
  /// Waits, as a growing map does, until this process's reads have ended, because LMDB frees the
  /// slot under them. Cost: the table's inner pages are read, all its pages are freed.
  /// - Throws: `.staleTable`, `.readersBusy`, and what `write` throws. If the commit fails the
  ///   table is still there; open it again.
  public func dropTable(_ table: TableHandle) throws(LMDBError) {
    try enterWrite()
    defer { gate.leaveWrite() }
    try LentEnvironment(self).check(table, "drop")
    guard let name = tables.withLock({ $0.names[table.index] }) else {
      preconditionFailure("an open table has a name")
    }
    try withoutReaders { () throws(LMDBError) in
      slots.empty(table.index)
      tables.withLock {
        $0.handles[name] = nil
        $0.names[table.index] = nil
      }
      var isDone = false
      while !isDone { isDone = try tryDropping(name) }
    }
  }

  /// The names of all tables in the environment, in byte order.
  public func tableNames() throws(LMDBError) -> [String] {
    try read { (transaction) throws(LMDBError) in
      var cursor: OpaquePointer?
      // Safe: LMDB's own table of names is always open; the cursor is closed before the snapshot
      // ends, and each name is copied at once.
      var code = unsafe mdb_cursor_open(transaction.pointer, nameTable, &cursor)
      guard code == 0, let cursor = unsafe cursor else { throw failure(code, "list tables") }
      defer { unsafe mdb_cursor_close(cursor) }
      var names: [String] = []
      var key = unsafe MDB_val()
      var value = unsafe MDB_val()
      while true {
        code = unsafe mdb_cursor_get(cursor, &key, &value, MDB_NEXT)
        if code == MDB_NOTFOUND { return names }
        if code != 0 { throw failure(code, "list tables") }
        names.append(unsafe String(decoding: key.bytes, as: UTF8.self))
      }
    }
  }

  private func checkOrder(
    _ stored: KeyOrder, isAskedAs asked: KeyOrder, _ name: String
  ) throws(LMDBError) {
    if stored == asked { return }
    throw failure(
      MDB_INCOMPATIBLE, "open table",
      detail: "table '\(name)' has keys .\(stored) and was opened with .\(asked)")
  }

  /// Opens the table in a write transaction. The caller holds the writer's place.
  private func createTable(_ name: String, _ keys: KeyOrder) throws(LMDBError) -> MDB_dbi {
    while true {
      let live = try beginWrite()
      let index: MDB_dbi
      do throws(LMDBError) {
        index = try unsafe openSlot(name, keys, live.pointer, flags: UInt32(MDB_CREATE))
      } catch {
        if try abort(live) { continue }
        throw error
      }
      if try commit(live) { return index }
    }
  }

  /// Opens the table in a read transaction, whose commit keeps the slot.
  private func openExistingTable(_ name: String, _ keys: KeyOrder) throws(LMDBError) -> MDB_dbi {
    let live = try beginRead(#fileID, #line, asWriter: true)
    do throws(LMDBError) {
      let index = try unsafe openSlot(name, keys, live.pointer, flags: 0)
      // Safe: ends the transaction exactly once, as does `endRead`.
      let code = unsafe mdb_txn_commit(live.pointer)
      gate.leaveRead(live.slot)
      if code != 0 { throw failure(code, "open table") }
      return index
    } catch {
      endRead(live)
      throw error
    }
  }

  /// Opens LMDB's slot for the table and checks the order of its keys.
  private func openSlot(
    _ name: String, _ keys: KeyOrder, _ pointer: OpaquePointer, flags: UInt32
  ) throws(LMDBError) -> MDB_dbi {
    var index: MDB_dbi = 0
    var stored: UInt32 = 0
    let order = keys == .integer ? UInt32(MDB_INTEGERKEY) : 0
    // Safe: the transaction is live and, by the writer's place, the only one to open tables; the
    // name is NUL-terminated for the call.
    var code = unsafe mdb_dbi_open(pointer, name, flags | order, &index)
    if code == 0 { code = unsafe mdb_dbi_flags(pointer, index, &stored) }
    if code != 0 {
      if code == MDB_MAP_FULL { isMapFull = true }
      throw failure(code, "open table", detail: "table '\(name)'")
    }
    let isInteger = stored & UInt32(MDB_INTEGERKEY) != 0
    try checkOrder(isInteger ? .integer : .bytes, isAskedAs: keys, name)
    return index
  }

  /// - Returns: False if the map was full and has been grown.
  private func tryDropping(_ name: String) throws(LMDBError) -> Bool {
    let live = try beginWrite()
    var index: MDB_dbi = 0
    // Safe: the transaction is live, nobody else uses the table, and it ends exactly once.
    // A retry opens the slot anew, as the aborted drop has closed it.
    var code = unsafe mdb_dbi_open(live.pointer, name, 0, &index)
    if code == 0 { code = unsafe mdb_drop(live.pointer, index, 1) }
    if code == 0 {
      options.onWritePoint?(.beforeCommit)
      code = unsafe mdb_txn_commit(live.pointer)
    } else {
      unsafe mdb_txn_abort(live.pointer)
    }
    if code == MDB_MAP_FULL, try growUnreadMap() { return false }
    if code != 0 { throw failure(code, "drop", detail: "table '\(name)'") }
    options.onWritePoint?(.afterCommit)
    return true
  }
}
