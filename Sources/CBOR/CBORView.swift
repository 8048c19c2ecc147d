/// One item inside an array of validated CBOR, without copying it: the array is shared, and the
/// item is read where it stands.
///
/// The bytes must be deterministic CBOR: validated by `CBORScanner.validate` or written by
/// `CBOREncoder`. Others may trap or give wrong answers, but nothing outside the array is read.
/// Each view keeps a reference to the array; loops that count nanoseconds use `cursor`.
@frozen
public struct CBORView: Sendable {
  /// The bytes that hold the item.
  public let storage: [UInt8]
  /// Where the item begins.
  public let offset: Int

  /// Views the item at `offset` of validated bytes.
  @inlinable
  public init(storage: [UInt8], offset: Int = 0) {
    self.storage = storage
    self.offset = offset
  }

  /// Checks that `bytes` are one deterministic item, and views it.
  public init(
    validating bytes: [UInt8], maximumDepth: Int = 32
  ) throws(CBORError) {
    try CBORScanner.validate(bytes, maximumDepth: maximumDepth)
    self.init(storage: bytes)
  }

  /// The same item without the reference to the array.
  @inlinable
  public var cursor: CBORCursor {
    @_lifetime(borrow self)
    get { CBORCursor(storage.rawSpan, at: offset) }
  }

  /// The head of the item.
  @inlinable
  public var head: CBORHead { CBORWalk.head(storage.rawSpan, at: offset) }

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
  public var isNull: Bool { storage.rawSpan.byte(at: offset) == 0xf6 }

  /// Elements of an array, entries of a map, or bytes of a string; 0 for anything else.
  @inlinable
  public var count: Int { head.count }

  /// Where the whole item lies, head included. Cost: a walk over the item.
  @inlinable
  public var itemRange: Range<Int> { offset..<CBORWalk.end(storage.rawSpan, of: offset) }

  /// Where the UTF-8 of a text string lies, or nil.
  @inlinable
  public var textBytesRange: Range<Int>? { head.textRange }

  /// Where the contents of a byte string lie, or nil.
  @inlinable
  public var byteStringRange: Range<Int>? { head.byteRange }

  /// The text of a text string, or nil. Cost: an allocation beyond 15 bytes.
  @inlinable
  public var string: String? { head.textRange.map { storage.rawSpan.string($0) } }

  /// Whether the item is the text string that `key` encodes. Cost: a comparison of words.
  @inlinable
  public func textEquals(_ key: borrowing CBORKey) -> Bool {
    CBORWalk.matches(storage.rawSpan, at: offset, key)
  }

  /// Whether the item is a text string of exactly these UTF-8 bytes.
  @inlinable
  public func textEquals(_ utf8: borrowing [UInt8]) -> Bool {
    guard let range = head.textRange else { return false }
    return storage.rawSpan.matches(range, utf8.rawSpan)
  }

  /// Whether the item is a text string of exactly this text.
  @inlinable
  public func textEquals(_ text: StaticString) -> Bool {
    guard text.hasPointerRepresentation, let range = head.textRange else { return false }
    // SAFETY: a static string's bytes live as long as the program; their number is its own.
    let utf8 = unsafe RawSpan(
      _unsafeStart: UnsafeRawPointer(text.utf8Start), byteCount: text.utf8CodeUnitCount)
    return storage.rawSpan.matches(range, utf8)
  }

  /// The bytes of the whole item, copied.
  public var encoded: [UInt8] { Array(storage[itemRange]) }

  /// The contents of a byte string, copied, or nil.
  public var byteString: [UInt8]? { byteStringRange.map { Array(storage[$0]) } }

  /// The item as a value. Cost: allocations for each part.
  public var value: CBORValue { cursor.value }

  /// The value for `key`, or nil where this is no map or has no such key.
  @inlinable
  public func view(forKey key: borrowing CBORKey) -> CBORView? {
    guard let found = CBORWalk.value(storage.rawSpan, at: offset, for: key) else { return nil }
    return CBORView(storage: storage, offset: found)
  }

  /// The element at `index`, or nil where this is no array or has fewer. Cost: a walk over those
  /// in front of it.
  @inlinable
  public func element(at index: Int) -> CBORView? {
    guard let found = CBORWalk.element(storage.rawSpan, at: offset, index: index) else {
      return nil
    }
    return CBORView(storage: storage, offset: found)
  }

  /// The content of a tagged item, or nil.
  @inlinable
  public var tagContent: CBORView? {
    let head = head
    return head.major == 6 ? CBORView(storage: storage, offset: head.end) : nil
  }

  /// Calls `body` with each element of an array, in order; with none for any other item.
  @inlinable
  public func forEachElement<E: Error>(
    _ body: (CBORView) throws(E) -> Void
  ) throws(E) {
    let head = head
    guard head.major == 4 else { return }
    var position = head.end
    for _ in 0..<head.length {
      try body(CBORView(storage: storage, offset: position))
      position = CBORWalk.end(storage.rawSpan, of: position)
    }
  }

  /// Calls `body` with each key and value of a map, in order; with none for any other item.
  @inlinable
  public func forEachEntry<E: Error>(
    _ body: (_ key: CBORView, _ value: CBORView) throws(E) -> Void
  ) throws(E) {
    let head = head
    guard head.major == 5 else { return }
    var position = head.end
    for _ in 0..<head.length {
      let value = CBORWalk.end(storage.rawSpan, of: position)
      try body(
        CBORView(storage: storage, offset: position), CBORView(storage: storage, offset: value))
      position = CBORWalk.end(storage.rawSpan, of: value)
    }
  }
}
