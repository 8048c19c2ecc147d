import CLMDB

/// A read transaction that is renewed for each `read` instead of being made anew, for a thread
/// that reads often. It keeps its slot among `maximumReaders`.
///
/// Between reads it holds no snapshot: it delays neither the reuse of pages nor a growing map. It
/// has to be gone before its environment is closed.
///
/// Discipline of `@unchecked Sendable`: use is exclusive (`~Copyable`, `mutating`), and MDB_NOTLS
/// lets the transaction move between threads.
@safe
public struct Reader: ~Copyable, @unchecked Sendable {
  private let environment: Environment
  private let pointer: OpaquePointer

  /// Takes a reader slot of `environment`.
  /// - Throws: `.readersFull`, `.closed`, `.mapResized`.
  public init(
    _ environment: Environment, file: StaticString = #fileID, line: UInt = #line
  ) throws(LMDBError) {
    do throws(TransactionGate.Refusal) {
      try environment.gate.openHandle()
    } catch {
      throw environment.failure(error, "open reader")
    }
    do throws(LMDBError) {
      let live = try environment.beginRead(file, line)
      // Safe: reset keeps the transaction's memory and slot; deinit frees them.
      unsafe mdb_txn_reset(live.pointer)
      environment.gate.leaveRead(live.slot)
      unsafe pointer = live.pointer
    } catch {
      environment.gate.closeHandle()
      throw error
    }
    self.environment = environment
  }

  deinit {
    // Safe: the environment is open as long as it has handles; the transaction is reset.
    unsafe mdb_txn_abort(pointer)
    environment.gate.closeHandle()
  }

  /// Runs `body` on the newest snapshot, as `Environment.read`.
  @inlinable
  public mutating func read<R: ~Copyable>(
    file: StaticString = #fileID, line: UInt = #line,
    _ body: (ReadTransaction) throws(LMDBError) -> R
  ) throws(LMDBError) -> R {
    try readScoped(file, line, { $0 }, body)
  }

  /// `read` for a closure that throws an own error type, into which storage failures are wrapped.
  @inlinable
  public mutating func read<R: ~Copyable, E: LMDBErrorConvertible>(
    file: StaticString = #fileID, line: UInt = #line,
    _ body: (ReadTransaction) throws(E) -> R
  ) throws(E) -> R {
    try readScoped(file, line, { E($0) }, body)
  }

  /// `read` for a closure that throws anything.
  @_disfavoredOverload
  @inlinable
  public mutating func read<R: ~Copyable>(
    file: StaticString = #fileID, line: UInt = #line,
    _ body: (ReadTransaction) throws -> R
  ) throws -> R {
    try readScoped(file, line, { $0 }, body)
  }

  @inlinable
  mutating func readScoped<R: ~Copyable, E: Error>(
    _ file: StaticString, _ line: UInt, _ wrap: (LMDBError) -> E,
    _ body: (ReadTransaction) throws(E) -> R
  ) throws(E) -> R {
    let live: LiveSnapshot
    do throws(LMDBError) {
      live = try renew(file, line)
    } catch {
      throw wrap(error)
    }
    defer { reset(live) }
    // Safe: the transaction is live until `reset`, and the value is only lent to `body`.
    return try unsafe body(ReadTransaction(pointer: live.pointer, environment: owner))
  }

  @usableFromInline
  var owner: Environment { environment }

  @usableFromInline
  func renew(_ file: StaticString, _ line: UInt) throws(LMDBError) -> LiveSnapshot {
    while true {
      let slot = try environment.enterRead(file, line, "renew read")
      // Safe: the transaction is reset, and the gate keeps the map in place.
      let code = unsafe mdb_txn_renew(pointer)
      if code == 0 { return unsafe LiveSnapshot(pointer: pointer, slot: slot) }
      environment.gate.leaveRead(slot)
      guard code == MDB_MAP_RESIZED else { throw environment.failure(code, "renew read") }
      try environment.followMap()
    }
  }

  @usableFromInline
  func reset(_ live: LiveSnapshot) {
    // Safe: the transaction is live; its cursors are closed, as they cannot outlive it.
    unsafe mdb_txn_reset(live.pointer)
    environment.gate.leaveRead(live.slot)
  }
}
