import CLMDB

/// One snapshot of an environment, for the length of a `read` closure (or, as
/// `WriteTransaction.reading`, the present state of a write).
///
/// What it returns points into the map. It is a `Span<UInt8>` bound to the transaction, so that it
/// cannot outlive it; this does not compile:
/// ```swift
/// let bytes = try environment.read { (txn) throws(LMDBError) in
///   return try txn.value(for: key, in: table)
///   // error: cannot convert value of type 'Span<UInt8>?' to closure result type
/// }
/// ```
/// Copy or decode inside the closure instead. A transaction is used on the thread of its closure.
@safe
public struct ReadTransaction: ~Escapable {
  let pointer: OpaquePointer

  let environment: LentEnvironment

  /// - Parameter pointer: A live transaction of `environment`. The caller binds the lifetime by
  ///   lending the value to a closure, or by `_overrideLifetime`.
  @_lifetime(immortal)
  @usableFromInline
  @unsafe
  init(pointer: OpaquePointer, environment: Environment) {
    unsafe self.pointer = pointer
    self.environment = LentEnvironment(environment)
  }

  /// The same for a write in progress.
  @_lifetime(immortal)
  @unsafe
  init(pointer: OpaquePointer, environment: LentEnvironment) {
    unsafe self.pointer = pointer
    self.environment = environment
  }

  /// The number of the commit that this snapshot shows, from 1 up; inside a write the number that
  /// it will have.
  public var id: UInt64 {
    // Safe: the transaction is live.
    unsafe UInt64(truncatingIfNeeded: mdb_txn_id(pointer))
  }

  /// The value of `key`, or nil. One descent of the tree, no copy.
  /// - Throws: `.badValueSize` for an empty key or an integer key that is not 8 bytes,
  ///   `.staleTable`, `.invalidArgument` if the table was opened later, `.corrupted`.
  @_lifetime(copy self)
  public func value(for key: Span<UInt8>, in table: TableHandle) throws(LMDBError) -> Span<UInt8>? {
    let bytes = unsafe try key.withUnsafeBytes { (key) throws(LMDBError) in
      unsafe try find(key, in: table)
    }
    guard let bytes = unsafe bytes else { return nil }
    // Safe: LMDB keeps the bytes in place until the transaction ends or, in a write, until its
    // next change; a write lends its `reading` only between changes.
    return unsafe _overrideLifetime(Span<UInt8>(_unsafeBytes: bytes), copying: self)
  }

  /// The value of a number as key: big-endian in a table of bytes, so that the order of the
  /// numbers is the order of the keys; native in a table of integers.
  @_lifetime(copy self)
  public func value(for key: UInt64, in table: TableHandle) throws(LMDBError) -> Span<UInt8>? {
    let stored = table.stored(key)
    let bytes = unsafe try withUnsafeBytes(of: stored) { (key) throws(LMDBError) in
      unsafe try find(key, in: table)
    }
    guard let bytes = unsafe bytes else { return nil }
    // Safe: as above.
    return unsafe _overrideLifetime(Span<UInt8>(_unsafeBytes: bytes), copying: self)
  }

  /// Whether the table has `key`. Same cost and errors as `value(for:in:)`.
  public func contains(_ key: Span<UInt8>, in table: TableHandle) throws(LMDBError) -> Bool {
    try value(for: key, in: table) != nil
  }

  /// A cursor that stands nowhere yet. Allocates.
  @_lifetime(copy self)
  public func cursor(in table: TableHandle) throws(LMDBError) -> ReadCursor {
    let raw = try RawCursor(transaction: self, table: table)
    return unsafe _overrideLifetime(ReadCursor(raw), copying: self)
  }

  /// How many keys the table has. Constant time.
  public func entryCount(of table: TableHandle) throws(LMDBError) -> Int {
    try statistics(of: table).entryCount
  }

  /// The table's counts. Constant time.
  public func statistics(of table: TableHandle) throws(LMDBError) -> TableStatistics {
    try environment.check(table, "statistics")
    var counts = MDB_stat()
    // Safe: fills the local structure.
    let code = unsafe mdb_stat(pointer, table.index, &counts)
    if code != 0 { throw environment.failure(code, "statistics", on: table) }
    return TableStatistics(counts)
  }

  private func find(
    _ key: UnsafeRawBufferPointer, in table: TableHandle
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    try environment.check(table, keyBytes: key.count, "get")
    var name = unsafe MDB_val(key)
    var value = unsafe MDB_val()
    // Safe: LMDB reads the key during the call only, and fills `value`.
    let code = unsafe mdb_get(pointer, table.index, &name, &value)
    switch code {
    case 0: return unsafe value.bytes
    case MDB_NOTFOUND: return nil
    default: throw environment.failure(code, "get", on: table)
    }
  }
}

extension TableStatistics {
  init(_ counts: MDB_stat) {
    self.init(
      pageSizeBytes: Int(counts.ms_psize), depth: Int(counts.ms_depth),
      branchPages: counts.ms_branch_pages, leafPages: counts.ms_leaf_pages,
      overflowPages: counts.ms_overflow_pages, entryCount: counts.ms_entries)
  }
}

extension TableHandle {
  /// A number as it lies in a key of this table.
  func stored(_ key: UInt64) -> UInt64 {
    keys == .bytes ? key.bigEndian : key
  }
}

extension MDB_val {
  /// For a parameter that LMDB does not write through, although its type allows it.
  @unsafe
  init(_ bytes: UnsafeRawBufferPointer) {
    unsafe self.init(
      mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }

  /// What LMDB has returned.
  @unsafe
  var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: mv_data, count: mv_size)
  }
}
