extension ReadTransaction {
  /// Hands the entries of `[lower, upper)` to `body`, in the order of their keys, until it returns
  /// false. nil is the table's beginning or end. Each step costs some nanoseconds; nothing is
  /// copied.
  /// - Throws: What `body` throws; `.badValueSize`, `.staleTable`, `.corrupted`.
  @inlinable
  public func forEach(
    in table: TableHandle, from lower: Span<UInt8>? = nil, to upper: Span<UInt8>? = nil,
    _ body: (_ key: Span<UInt8>, _ value: Span<UInt8>) throws(LMDBError) -> Bool
  ) throws(LMDBError) {
    try scan(table, lower, upper, { $0 }, body)
  }

  /// `forEach` for a closure that throws an own error type, into which storage failures are
  /// wrapped.
  @inlinable
  public func forEach<E: LMDBErrorConvertible>(
    in table: TableHandle, from lower: Span<UInt8>? = nil, to upper: Span<UInt8>? = nil,
    _ body: (_ key: Span<UInt8>, _ value: Span<UInt8>) throws(E) -> Bool
  ) throws(E) {
    try scan(table, lower, upper, { E($0) }, body)
  }

  /// `forEach` for a closure that throws anything.
  @_disfavoredOverload
  @inlinable
  public func forEach(
    in table: TableHandle, from lower: Span<UInt8>? = nil, to upper: Span<UInt8>? = nil,
    _ body: (_ key: Span<UInt8>, _ value: Span<UInt8>) throws -> Bool
  ) throws {
    try scan(table, lower, upper, { $0 }, body)
  }

  @inlinable
  func scan<E: Error>(
    _ table: TableHandle, _ lower: Span<UInt8>?, _ upper: Span<UInt8>?, _ wrap: (LMDBError) -> E,
    _ body: (Span<UInt8>, Span<UInt8>) throws(E) -> Bool
  ) throws(E) {
    var cursor: ReadCursor
    do throws(LMDBError) {
      cursor = try self.cursor(in: table)
    } catch {
      throw wrap(error)
    }
    var isInside: Bool
    do throws(LMDBError) {
      isInside = try cursor.enter(lower, upper)
    } catch {
      throw wrap(error)
    }
    while isInside {
      if try !body(cursor.key, cursor.value) { return }
      do throws(LMDBError) {
        isInside = try cursor.advance(below: upper)
      } catch {
        throw wrap(error)
      }
    }
  }
}

extension ReadCursor {
  /// Moves to the first entry of `[lower, upper)`.
  /// - Returns: False if there is none.
  @usableFromInline
  mutating func enter(_ lower: Span<UInt8>?, _ upper: Span<UInt8>?) throws(LMDBError) -> Bool {
    let isThere = if let lower { try seek(notBelow: lower) } else { try first() }
    return isThere && isBelow(upper)
  }

  /// Moves to the next entry.
  /// - Returns: False if there is none below `upper`.
  @usableFromInline
  mutating func advance(below upper: Span<UInt8>?) throws(LMDBError) -> Bool {
    let isThere = try next()
    return isThere && isBelow(upper)
  }

  private func isBelow(_ upper: Span<UInt8>?) -> Bool {
    guard let upper else { return true }
    return precedes(upper)
  }
}
