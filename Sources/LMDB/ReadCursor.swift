import CLMDB

/// A place in a table, moving through its keys in order, within a transaction.
/// ```swift
/// var cursor = try txn.cursor(in: table)
/// while try cursor.next() { fold(cursor.key, cursor.value) }
/// ```
public struct ReadCursor: ~Copyable, ~Escapable {
  @usableFromInline var raw: RawCursor

  /// The caller binds the lifetime to the transaction.
  @_lifetime(immortal)
  init(_ raw: consuming RawCursor) {
    self.raw = raw
  }

  /// Whether the cursor stands on an entry.
  public var isPositioned: Bool { raw.isPositioned }

  /// The present key, until the cursor moves. Traps if there is none.
  @inlinable
  public var key: Span<UInt8> {
    @_lifetime(borrow self)
    get {
      // Safe: bound to the borrow, which ends before the cursor moves.
      unsafe _overrideLifetime(Span<UInt8>(_unsafeBytes: raw.key), borrowing: self)
    }
  }

  /// The present value, until the cursor moves. Traps if there is none.
  @inlinable
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

  /// Whether the present key is below `bound` in the table's order. Traps if there is none.
  public func precedes(_ bound: Span<UInt8>) -> Bool { raw.precedes(bound) }
}
