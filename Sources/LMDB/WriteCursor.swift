import CLMDB

/// A cursor that also changes the table; it has the write transaction to itself.
public struct WriteCursor: ~Copyable, ~Escapable {
  private var raw: RawCursor

  /// The caller binds the lifetime to exclusive access to the transaction.
  @_lifetime(immortal)
  init(_ raw: consuming RawCursor) {
    self.raw = raw
  }

  /// Whether the cursor stands on an entry.
  public var isPositioned: Bool { raw.isPositioned }

  /// The present key, until the cursor moves. Traps if there is none.
  public var key: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // Safe: bound to the borrow, which ends before the cursor moves or
      // changes the table.
      unsafe _overrideLifetime(Span<UInt8>(_unsafeBytes: raw.key), borrowing: self)
    }
  }

  /// The present value, until the cursor moves. Traps if there is none.
  public var value: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // Safe: as `key`.
      unsafe _overrideLifetime(Span<UInt8>(_unsafeBytes: raw.value), borrowing: self)
    }
  }

  /// Moves to the first entry.
  /// - Returns: False if the table is empty.
  public mutating func first() throws(LMDBError) -> Bool { try raw.move(MDB_FIRST) }

  /// Moves to the last entry.
  /// - Returns: False if the table is empty.
  public mutating func last() throws(LMDBError) -> Bool { try raw.move(MDB_LAST) }

  /// Moves to the next entry; from nowhere, to the first.
  /// - Returns: False at the end.
  public mutating func next() throws(LMDBError) -> Bool { try raw.move(MDB_NEXT) }

  /// Moves to the previous entry; from nowhere, to the last.
  /// - Returns: False at the beginning.
  public mutating func previous() throws(LMDBError) -> Bool { try raw.move(MDB_PREV) }

  /// Moves to the first entry whose key is not below `key`; an empty one means the first.
  /// - Returns: False if there is none.
  public mutating func seek(notBelow key: Span<UInt8>) throws(LMDBError) -> Bool {
    try raw.seek(key, MDB_SET_RANGE)
  }

  /// The same for a number as key.
  public mutating func seek(notBelow key: UInt64) throws(LMDBError) -> Bool {
    try raw.seek(key, MDB_SET_RANGE)
  }

  /// Moves to exactly `key`.
  /// - Returns: False if it is not there.
  public mutating func seek(_ key: Span<UInt8>) throws(LMDBError) -> Bool {
    try raw.seek(key, MDB_SET_KEY)
  }

  /// The same for a number as key.
  public mutating func seek(_ key: UInt64) throws(LMDBError) -> Bool {
    try raw.seek(key, MDB_SET_KEY)
  }

  /// Stores an entry, as `WriteTransaction.put`. The cursor stands on it without showing it: move
  /// or seek to read.
  public mutating func put(
    _ value: Span<UInt8>, for key: Span<UInt8>, mode: PutMode = .replace
  ) throws(LMDBError) {
    try raw.put(value, for: key, mode)
  }

  /// Deletes the present entry; traps if there is none. The cursor then stands between its
  /// neighbours: `next()` goes to the one after it.
  public mutating func deleteCurrent() throws(LMDBError) {
    try raw.deleteCurrent()
  }
}
