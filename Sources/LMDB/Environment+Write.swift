import CLMDB

extension Environment {
  /// Runs `body` in the one write transaction and commits when it returns; aborts when it throws.
  ///
  /// A second thread waits for its turn. Everything runs on the calling thread, the sync included.
  ///
  /// If the map is full, the transaction is aborted, the map grown (as soon as this process's
  /// reads have ended) and `body` run again: it must be repeatable, so let it set, not add to,
  /// what it captures.
  /// - Returns: What `body` returns, after the commit. With `.full` it is on disk.
  /// - Throws: What `body` throws; `.nestedWrite` inside a write on the same thread; `.mapFull`
  ///   at the maximum map size and `.readersBusy` if reads do not end, after both of which the
  ///   environment goes on working; `.noSpace`; `.permissionDenied` if opened read-only. Nothing
  ///   is written then.
  @inlinable
  public func write<R: ~Copyable>(
    _ body: (inout WriteTransaction) throws(LMDBError) -> R
  ) throws(LMDBError) -> R {
    try writeScoped({ $0 }, body)
  }

  /// `write` for a closure that throws an own error type, into which storage failures are wrapped.
  @inlinable
  public func write<R: ~Copyable, E: LMDBErrorConvertible>(
    _ body: (inout WriteTransaction) throws(E) -> R
  ) throws(E) -> R {
    try writeScoped({ E($0) }, body)
  }

  /// `write` for a closure that throws anything.
  @_disfavoredOverload
  @inlinable
  public func write<R: ~Copyable>(
    _ body: (inout WriteTransaction) throws -> R
  ) throws -> R {
    try writeScoped({ $0 }, body)
  }

  @inlinable
  func writeScoped<R: ~Copyable, E: Error>(
    _ wrap: (LMDBError) -> E, _ body: (inout WriteTransaction) throws(E) -> R
  ) throws(E) -> R {
    do throws(LMDBError) {
      try enterWrite()
    } catch {
      throw wrap(error)
    }
    defer { leaveWrite() }
    while true {
      let live: LiveWrite
      do throws(LMDBError) {
        live = try beginWrite()
      } catch {
        throw wrap(error)
      }
      // Safe: live until `commit` or `abort` below, and only lent to `body`.
      var transaction = unsafe WriteTransaction(pointer: live.pointer, environment: self)
      let result: R
      do throws(E) {
        result = try body(&transaction)
      } catch let failure {
        let isGrown: Bool
        do throws(LMDBError) {
          isGrown = try abort(live)
        } catch {
          throw wrap(error)
        }
        if isGrown { continue }
        throw failure
      }
      do throws(LMDBError) {
        if try commit(live) { return result }
      } catch {
        throw wrap(error)
      }
    }
  }

  /// Takes the writer's place.
  @usableFromInline
  func enterWrite() throws(LMDBError) {
    if options.readOnly {
      throw failure(
        LMDBError.Code.permissionDenied.rawValue, "write",
        detail: "the environment was opened read-only")
    }
    try takeWritersPlace("write")
  }

  @usableFromInline
  func leaveWrite() {
    gate.leaveWrite()
  }

  /// Begins the write transaction. The caller holds the writer's place.
  @usableFromInline
  func beginWrite() throws(LMDBError) -> LiveWrite {
    try checkMap("begin write")
    isMapFull = false
    while true {
      var pointer: OpaquePointer?
      // Safe: the map is only replaced by whoever holds the writer's place. Ended by commit/abort.
      let code = unsafe mdb_txn_begin(handle, nil, 0, &pointer)
      if code == 0, let pointer = unsafe pointer { return unsafe LiveWrite(pointer: pointer) }
      guard code == MDB_MAP_RESIZED else { throw failure(code, "begin write") }
      try followMapAsWriter()
    }
  }

  /// Ends the transaction without a trace.
  /// - Returns: True if the map was full and has been grown: run the body again.
  @usableFromInline
  func abort(_ live: LiveWrite) throws(LMDBError) -> Bool {
    // Safe: ends the transaction exactly once; its cursors are closed.
    unsafe mdb_txn_abort(live.pointer)
    return isMapFull ? try growMap() : false
  }

  /// Commits.
  /// - Returns: False if the map was full and has been grown: nothing is written, run the body
  ///   again.
  @usableFromInline
  func commit(_ live: LiveWrite) throws(LMDBError) -> Bool {
    if isMapFull {
      // The body caught the error, but LMDB would refuse to commit.
      if try abort(live) { return false }
      throw failure(MDB_MAP_FULL, "commit")
    }
    options.onWritePoint?(.beforeCommit)
    growFileAhead()
    // Safe: ends the transaction exactly once, also when it fails.
    let code = unsafe mdb_txn_commit(live.pointer)
    if code == MDB_MAP_FULL, try growMap() { return false }
    if code != 0 { throw failure(code, "commit") }
    options.onWritePoint?(.afterCommit)
    return true
  }
}

/// The write transaction in progress.
@safe
@usableFromInline
struct LiveWrite {
  @usableFromInline let pointer: OpaquePointer
}
