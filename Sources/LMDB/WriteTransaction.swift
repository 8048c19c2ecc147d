import CLMDB
import Glibc

/// What to do about a key that exists.
public enum PutMode: Sendable, Hashable {
  /// Replace its value.
  case replace
  /// Throw `.keyExists`.
  case noOverwrite
  /// The key must be above the table's last one, or `.keyExists` is thrown. Fills pages to the
  /// brim and skips the search.
  case append

  var flags: UInt32 {
    switch self {
    case .replace: 0
    case .noOverwrite: UInt32(MDB_NOOVERWRITE)
    case .append: UInt32(MDB_APPEND)
    }
  }
}

/// The one write transaction of an environment, for the length of a `write` closure.
///
/// Reading borrows it and changing it is exclusive: bytes that were read cannot be in use across a
/// change, which would move them. This does not compile:
/// ```swift
/// let old = try txn.value(for: key, in: table)
/// try txn.put(new, for: key, in: table)  // error: overlapping accesses to 'txn'
/// print(old?.count ?? 0)
/// ```
/// An error that is not `.keyExists`, `.badValueSize`, `.staleTable` spoils the transaction: let it
/// through, the closure's throwing aborts.
@safe
public struct WriteTransaction: ~Copyable, ~Escapable {
  let pointer: OpaquePointer

  let environment: LentEnvironment

  /// - Parameter pointer: The live write transaction of `environment`, which ends it.
  @_lifetime(immortal)
  @usableFromInline
  @unsafe
  init(pointer: OpaquePointer, environment: Environment) {
    unsafe self.pointer = pointer
    self.environment = LentEnvironment(environment)
  }

  /// The present state, for reading until the next change.
  public var reading: ReadTransaction {
    @_lifetime(borrow self)
    get {
      // Safe: bound to the borrow, which ends before any change and before the transaction does.
      unsafe _overrideLifetime(
        ReadTransaction(pointer: pointer, environment: environment), borrowing: self)
    }
  }

  /// The value of `key`, or nil, as `ReadTransaction.value(for:in:)`.
  @_lifetime(borrow self)
  public func value(for key: Span<UInt8>, in table: TableHandle) throws(LMDBError) -> Span<UInt8>? {
    try reading.value(for: key, in: table)
  }

  /// The value of a number as key, as `ReadTransaction.value(for:in:)`.
  @_lifetime(borrow self)
  public func value(for key: UInt64, in table: TableHandle) throws(LMDBError) -> Span<UInt8>? {
    try reading.value(for: key, in: table)
  }

  /// Stores `value` under `key`.
  /// - Parameters:
  ///   - value: 0 to 2^32 - 1 bytes; copied. From about half a page it gets pages of its own.
  ///   - key: 1 to 511 bytes; in a table of integers, a native 8-byte integer.
  /// - Throws: `.keyExists` as `mode` says, `.badValueSize`, `.staleTable`, `.mapFull` (let it
  ///   through: `write` grows the map and runs the closure again), `.transactionFull`.
  public mutating func put(
    _ value: Span<UInt8>, for key: Span<UInt8>, in table: TableHandle, mode: PutMode = .replace
  ) throws(LMDBError) {
    let code = try store(value, for: key, in: table, mode.flags)
    if code != 0 { throw environment.failure(code, "put", on: table) }
  }

  /// Stores `value` under a number: big-endian in a table of bytes, native in one of integers.
  public mutating func put(
    _ value: Span<UInt8>, for key: UInt64, in table: TableHandle, mode: PutMode = .replace
  ) throws(LMDBError) {
    var stored = table.stored(key)
    // Safe: the span ends with the closure of the borrow.
    let code = unsafe try withUnsafeBytes(of: &stored) { (key) throws(LMDBError) in
      unsafe try store(value, for: Span<UInt8>(_unsafeBytes: key), in: table, mode.flags)
    }
    if code != 0 { throw environment.failure(code, "put", on: table) }
  }

  /// Stores `value` under `key` if the key is new.
  /// - Returns: False, and nothing is changed, if the key exists.
  /// - Throws: As `put`, except `.keyExists`.
  public mutating func insert(
    _ value: Span<UInt8>, for key: Span<UInt8>, in table: TableHandle
  ) throws(LMDBError) -> Bool {
    let code = try store(value, for: key, in: table, PutMode.noOverwrite.flags)
    if code == MDB_KEYEXIST { return false }
    if code != 0 { throw environment.failure(code, "insert", on: table) }
    return true
  }

  /// Stores a value that `body` writes in place: `count` bytes, zeros beforehand.
  /// - Throws: As `put`.
  public mutating func putReserving(
    key: Span<UInt8>, count: Int, in table: TableHandle, mode: PutMode = .replace,
    _ body: (inout MutableSpan<UInt8>) -> Void
  ) throws(LMDBError) {
    precondition(count >= 0)
    let pointer = unsafe pointer
    try environment.check(table, keyBytes: key.count, "put")
    var value = unsafe MDB_val(mv_size: count, mv_data: nil)
    let code = unsafe key.withUnsafeBytes { key in
      var name = unsafe MDB_val(key)
      return unsafe mdb_put(
        pointer, table.index, &name, &value, mode.flags | UInt32(MDB_RESERVE))
    }
    if code != 0 { throw environment.failure(code, "put", on: table) }
    // Safe: LMDB has reserved `count` bytes at `mv_data` in a page of this transaction, which stay
    // there until the next change; `body` cannot make one, as self is exclusively ours. They are
    // zeroed because LMDB leaves old memory in them.
    guard count > 0, let start = unsafe value.mv_data else {
      var none = MutableSpan<UInt8>()
      return body(&none)
    }
    unsafe memset(start, 0, count)
    let bytes = unsafe UnsafeMutableRawBufferPointer(start: start, count: count)
    var span = unsafe MutableSpan<UInt8>(_unsafeBytes: bytes)
    body(&span)
  }

  /// Deletes `key`.
  /// - Returns: False if it was not there.
  @discardableResult
  public mutating func delete(
    _ key: Span<UInt8>, in table: TableHandle
  ) throws(LMDBError) -> Bool {
    let pointer = unsafe pointer
    try environment.check(table, keyBytes: key.count, "delete")
    let code = unsafe key.withUnsafeBytes { key in
      var name = unsafe MDB_val(key)
      // Safe: LMDB reads the key during the call only.
      return unsafe mdb_del(pointer, table.index, &name, nil)
    }
    if code == MDB_NOTFOUND { return false }
    if code != 0 { throw environment.failure(code, "delete", on: table) }
    return true
  }

  /// Deletes a number as key.
  /// - Returns: False if it was not there.
  @discardableResult
  public mutating func delete(
    _ key: UInt64, in table: TableHandle
  ) throws(LMDBError) -> Bool {
    var stored = table.stored(key)
    // Safe: the span ends with the closure of the borrow.
    return unsafe try withUnsafeBytes(of: &stored) { (key) throws(LMDBError) in
      unsafe try delete(Span<UInt8>(_unsafeBytes: key), in: table)
    }
  }

  /// Empties the table; it stays open. Cost: its inner pages are read, all are freed.
  public mutating func clear(_ table: TableHandle) throws(LMDBError) {
    try environment.check(table, "clear")
    // Safe: the transaction is live, and no cursor is, as self is exclusively ours.
    let code = unsafe mdb_drop(pointer, table.index, 0)
    if code != 0 { throw environment.failure(code, "clear", on: table) }
  }

  /// A cursor that can change the table. Nothing else uses the transaction as long as it lives.
  @_lifetime(&self)
  public mutating func cursor(in table: TableHandle) throws(LMDBError) -> WriteCursor {
    let raw = try RawCursor(transaction: reading, table: table)
    return unsafe _overrideLifetime(WriteCursor(raw), mutating: &self)
  }

  private func store(
    _ value: Span<UInt8>, for key: Span<UInt8>, in table: TableHandle, _ flags: UInt32
  ) throws(LMDBError) -> Int32 {
    let pointer = unsafe pointer
    try environment.check(table, keyBytes: key.count, "put")
    return unsafe key.withUnsafeBytes { key in
      unsafe value.withUnsafeBytes { value in
        var name = unsafe MDB_val(key)
        var bytes = unsafe MDB_val(value)
        // Safe: LMDB reads both during the call only.
        return unsafe mdb_put(pointer, table.index, &name, &bytes, flags)
      }
    }
  }
}
