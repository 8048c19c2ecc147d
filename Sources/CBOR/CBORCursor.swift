/// One item inside borrowed bytes of validated CBOR: a record in a memory-mapped ledger, an array.
///
/// The bytes must be deterministic CBOR: validated by `CBORScanner.validate` or written by
/// `CBOREncoder`. Others may trap or give wrong answers, but nothing outside the span is read.
/// No call allocates, except for `string`, `byteString` and `value`. Offsets and ranges count
/// from the start of `bytes`.
@frozen
public struct CBORCursor: ~Escapable {
  /// The bytes that hold the item.
  public let bytes: RawSpan
  /// Where the item begins.
  public let offset: Int

  /// Points at the item at `offset` of validated bytes.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// The head of the item.
  @inlinable
  public var head: CBORHead { CBORWalk.head(bytes, at: offset) }

  /// What the item is.
  @inlinable
  public var kind: CBORKind { head.kind }

  /// The value of an integer that fits, or nil.
  @inlinable
  public var int64: Int64? { head.int64 }

  /// The value of a non-negative integer, or nil.
  @inlinable
  public var uint64: UInt64? { head.uint64 }

  /// The value of a float, or nil; integers are not converted.
  @inlinable
  public var double: Double? { head.double }

  /// The truth value, or nil.
  @inlinable
  public var bool: Bool? { head.bool }

  /// Whether the item is null.
  @inlinable
  public var isNull: Bool { bytes.byte(at: offset) == 0xf6 }

  /// Elements of an array, entries of a map, or bytes of a string; 0 for anything else.
  @inlinable
  public var count: Int { head.count }

  /// Where the whole item lies, head included. Cost: a walk over the item.
  @inlinable
  public var itemRange: Range<Int> { offset..<CBORWalk.end(bytes, of: offset) }

  /// Where the UTF-8 of a text string lies, or nil.
  @inlinable
  public var textBytesRange: Range<Int>? { head.textRange }

  /// Where the contents of a byte string lie, or nil.
  @inlinable
  public var byteStringRange: Range<Int>? { head.byteRange }

  /// The text of a text string, or nil. Cost: an allocation beyond 15 bytes.
  @inlinable
  public var string: String? { head.textRange.map { bytes.string($0) } }

  /// Whether the item is the text string that `key` encodes. Cost: a comparison of words.
  @inlinable
  public func textEquals(_ key: borrowing CBORKey) -> Bool {
    CBORWalk.matches(bytes, at: offset, key)
  }

  /// Whether the item is a text string of exactly these UTF-8 bytes.
  @inlinable
  public func textEquals(_ utf8: borrowing [UInt8]) -> Bool {
    guard let range = head.textRange else { return false }
    return bytes.matches(range, utf8.rawSpan)
  }

  /// Whether the item is a text string of exactly this text.
  @inlinable
  public func textEquals(_ text: StaticString) -> Bool {
    guard text.hasPointerRepresentation, let range = head.textRange else { return false }
    // SAFETY: a static string's bytes live as long as the program; their number is its own.
    let utf8 = unsafe RawSpan(
      _unsafeStart: UnsafeRawPointer(text.utf8Start), byteCount: text.utf8CodeUnitCount)
    return bytes.matches(range, utf8)
  }

  /// The UTF-8 of a text string in place; empty for any other item.
  @inlinable
  public var textBytes: RawSpan {
    @_lifetime(copy self)
    get { bytes.extracting(head.textRange ?? 0..<0) }
  }

  /// The bytes of the whole item in place.
  @inlinable
  public var itemBytes: RawSpan {
    @_lifetime(copy self)
    get { bytes.extracting(itemRange) }
  }

  /// The contents of a byte string, copied, or nil.
  public var byteString: [UInt8]? { byteStringRange.map { bytes.array($0) } }

  /// The item as a value. Cost: allocations for each part.
  public var value: CBORValue {
    do {
      return try CBORValue(decoding: itemBytes, maximumDepth: CBORScanner.depthCeiling)
    } catch {
      preconditionFailure("walked bytes are deterministic CBOR: \(error)")
    }
  }

  /// The value for `key`, or nil where this is no map or has no such key.
  @inlinable
  @_lifetime(copy self)
  public func cursor(forKey key: borrowing CBORKey) -> CBORCursor? {
    guard let found = CBORWalk.value(bytes, at: offset, for: key) else { return nil }
    return CBORCursor(bytes, at: found)
  }

  /// The element at `index`, or nil where this is no array or has fewer. Cost: a walk over those
  /// in front of it.
  @inlinable
  @_lifetime(copy self)
  public func element(at index: Int) -> CBORCursor? {
    guard let found = CBORWalk.element(bytes, at: offset, index: index) else { return nil }
    return CBORCursor(bytes, at: found)
  }

  /// The content of a tagged item, or nil.
  @inlinable
  public var tagContent: CBORCursor? {
    @_lifetime(copy self)
    get {
      let head = head
      guard head.major == 6 else { return nil }
      return CBORCursor(bytes, at: head.end)
    }
  }

  /// The item after this one, for callers that know that there is one.
  @inlinable
  public var next: CBORCursor {
    @_lifetime(copy self)
    get { CBORCursor(bytes, at: CBORWalk.end(bytes, of: offset)) }
  }

  /// Calls `body` with each element of an array, in order; with none for any other item.
  @inlinable
  public func forEachElement<E: Error>(
    _ body: (borrowing CBORCursor) throws(E) -> Void
  ) throws(E) {
    let head = head
    guard head.major == 4 else { return }
    var position = head.end
    for _ in 0..<head.length {
      try body(CBORCursor(bytes, at: position))
      position = CBORWalk.end(bytes, of: position)
    }
  }

  /// Calls `body` with each key and value of a map, in order; with none for any other item.
  @inlinable
  public func forEachEntry<E: Error>(
    _ body: (_ key: borrowing CBORCursor, _ value: borrowing CBORCursor) throws(E) -> Void
  ) throws(E) {
    let head = head
    guard head.major == 5 else { return }
    var position = head.end
    for _ in 0..<head.length {
      let value = CBORWalk.end(bytes, of: position)
      try body(CBORCursor(bytes, at: position), CBORCursor(bytes, at: value))
      position = CBORWalk.end(bytes, of: value)
    }
  }
}
