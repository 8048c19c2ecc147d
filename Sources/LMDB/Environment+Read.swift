import CLMDB

extension Environment {
  /// Runs `body` on one snapshot and ends the snapshot when it returns or throws.
  ///
  /// Reads block nobody and may nest, also inside a write, where they show the state before it.
  /// They hold back the reuse of pages: keep them short. A read waits while the map is replaced.
  /// - Parameters:
  ///   - file, line: Shown if the read stands in the way of a growing map.
  /// - Returns: What `body` returns; a span into the map does not compile, see `ReadTransaction`.
  /// - Throws: What `body` throws; `.readersFull`, `.closed`, `.mapResized`. A closure with
  ///   statements needs its type spelled out: `{ (txn) throws(LMDBError) in … }`.
  @inlinable
  public func read<R: ~Copyable>(
    file: StaticString = #fileID, line: UInt = #line,
    _ body: (ReadTransaction) throws(LMDBError) -> R
  ) throws(LMDBError) -> R {
    try readScoped(file, line, { $0 }, body)
  }

  /// `read` for a closure that throws an own error type, into which storage failures are wrapped.
  @inlinable
  public func read<R: ~Copyable, E: LMDBErrorConvertible>(
    file: StaticString = #fileID, line: UInt = #line,
    _ body: (ReadTransaction) throws(E) -> R
  ) throws(E) -> R {
    try readScoped(file, line, { E($0) }, body)
  }

  /// `read` for a closure that throws anything.
  @_disfavoredOverload
  @inlinable
  public func read<R: ~Copyable>(
    file: StaticString = #fileID, line: UInt = #line,
    _ body: (ReadTransaction) throws -> R
  ) throws -> R {
    try readScoped(file, line, { $0 }, body)
  }

  @inlinable
  func readScoped<R: ~Copyable, E: Error>(
    _ file: StaticString, _ line: UInt, _ wrap: (LMDBError) -> E,
    _ body: (ReadTransaction) throws(E) -> R
  ) throws(E) -> R {
    let live: LiveSnapshot
    do throws(LMDBError) {
      live = try beginRead(file, line)
    } catch {
      throw wrap(error)
    }
    defer { endRead(live) }
    // Safe: the transaction is live until `endRead`, and the value is only lent to `body`.
    return try unsafe body(ReadTransaction(pointer: live.pointer, environment: self))
  }

  /// Begins a read transaction. The caller ends it with `endRead`.
  @usableFromInline
  func beginRead(_ file: StaticString, _ line: UInt) throws(LMDBError) -> LiveSnapshot {
    try beginRead(file, line, asWriter: false)
  }

  /// - Parameter asWriter: The caller holds the writer's place.
  func beginRead(
    _ file: StaticString, _ line: UInt, asWriter: Bool
  ) throws(LMDBError) -> LiveSnapshot {
    var isSwept = false
    while true {
      let slot = try enterRead(file, line, "begin read")
      var pointer: OpaquePointer?
      // Safe: the gate keeps the map in place; the transaction is ended by `endRead`.
      let code = unsafe mdb_txn_begin(handle, nil, UInt32(MDB_RDONLY), &pointer)
      if code == 0, let pointer = unsafe pointer {
        return unsafe LiveSnapshot(pointer: pointer, slot: slot)
      }
      gate.leaveRead(slot)
      switch code {
      case MDB_MAP_RESIZED:
        if asWriter { try followMapAsWriter() } else { try followMap() }
      case MDB_READERS_FULL where !isSwept:
        // The slots of processes that died are free for the taking.
        unsafe mdb_reader_check(handle, nil)
        isSwept = true
      default:
        throw failure(code, "begin read")
      }
    }
  }

  @usableFromInline
  func endRead(_ live: LiveSnapshot) {
    // Safe: ends the transaction exactly once; its cursors are closed, as they cannot outlive it.
    unsafe mdb_txn_abort(live.pointer)
    gate.leaveRead(live.slot)
  }

  /// Enters the gate, in a working environment.
  func enterRead(
    _ file: StaticString, _ line: UInt, _ operation: StaticString
  ) throws(LMDBError) -> Int {
    let slot: Int
    do throws(TransactionGate.Refusal) {
      slot = try gate.enterRead(.init(file: file, line: line))
    } catch {
      throw failure(error, operation)
    }
    do throws(LMDBError) {
      try checkMap(operation)
    } catch {
      gate.leaveRead(slot)
      throw error
    }
    return slot
  }
}

/// A read transaction that the gate has counted in.
@safe
@usableFromInline
struct LiveSnapshot {
  @usableFromInline let pointer: OpaquePointer
  let slot: Int
}
