import CLMDB

extension Environment {
  /// Puts every commit so far on disk. Needed with `.relaxed` only; milliseconds.
  /// - Throws: EIO and other system errors, after which what the file holds is unknown;
  ///   `.permissionDenied` if opened read-only; `.closed`.
  public func sync() throws(LMDBError) {
    let slot = try enterRead(#fileID, #line, "sync")
    defer { gate.leaveRead(slot) }
    options.onWritePoint?(.beforeSync)
    // Safe: the handle is open, and the gate keeps it so.
    let code = unsafe mdb_env_sync(handle, 1)
    if code != 0 { throw failure(code, "sync") }
    options.onWritePoint?(.afterSync)
  }

  /// Frees the reader slots of processes that died in the middle of a read: the pages of their
  /// snapshots could not be used again otherwise. Cost: a system call a live reader slot.
  /// - Returns: How many there were.
  @discardableResult
  public func clearDeadReaders() throws(LMDBError) -> Int {
    let slot = try enterRead(#fileID, #line, "clear dead readers")
    defer { gate.leaveRead(slot) }
    var count: Int32 = 0
    // Safe: the handle is open, and the gate keeps it so.
    let code = unsafe mdb_reader_check(handle, &count)
    if code != 0 { throw failure(code, "clear dead readers") }
    return Int(count)
  }

  /// Writes one snapshot to `directory/data.mdb`, and syncs it. Commits go on meanwhile, but the
  /// pages that they free are not used again before the copy ends.
  /// - Parameters:
  ///   - directory: Made (mode 0700) if missing; must not hold a `data.mdb`.
  ///   - compacting: Leaves free pages out and orders the others; slower.
  /// - Throws: EEXIST, `.noSpace` and other system errors; a part of the copy may stay behind.
  public func copy(to directory: String, compacting: Bool = false) throws(LMDBError) {
    let slot = try enterRead(#fileID, #line, "copy")
    defer { gate.leaveRead(slot) }
    do throws(SystemError) {
      _ = try Directory.create(directory)
    } catch {
      throw failure(error.code, "copy", detail: "cannot make \(directory)")
    }
    let flags = compacting ? UInt32(MDB_CP_COMPACT) : 0
    // Safe: the handle is open, and the gate keeps the map in place.
    let code = unsafe mdb_env_copy2(handle, directory, flags)
    if code != 0 { throw failure(code, "copy", detail: "to \(directory)") }
    do throws(SystemError) {
      let copy = try DataFile(directory: directory, readOnly: true)
      try copy.sync()
      try Directory.sync(directory)
    } catch {
      throw failure(error.code, "copy", detail: "cannot sync \(directory)")
    }
  }
}
