/// Appends items in the core deterministic encoding (RFC 8949 section 4.2.1).
///
/// Every call writes one item or one head. The caller keeps counts and, in maps written by
/// `mapHeader`, the order of keys; `map(_:)` sorts and checks them instead.
///
/// ```swift
/// var encoder = CBOREncoder()
/// encoder.arrayHeader(2)
/// encoder.text("EUR")
/// encoder.signed(-1250)
/// ```
@frozen
public struct CBOREncoder: Sendable {
  /// All that has been written.
  public var bytes: [UInt8]

  /// Creates an encoder whose first `capacity` bytes need no further allocation.
  @inlinable
  public init(capacity: Int = 0) {
    bytes = []
    if capacity > 0 { bytes.reserveCapacity(capacity) }
  }

  /// Continues after `bytes`, which are kept as they are.
  @inlinable
  public init(appendingTo bytes: consuming [UInt8]) {
    self.bytes = bytes
  }

  /// Forgets what was written and keeps the allocation.
  @inlinable
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  /// Writes an integer from 0 to 2^64 - 1.
  @inlinable
  public mutating func unsigned(_ value: UInt64) {
    head(0x00, value)
  }

  /// Writes an integer from -2^63 to 2^63 - 1.
  @inlinable
  public mutating func signed(_ value: Int64) {
    // For a negative value, -1 - value is its bitwise complement.
    if value >= 0 { head(0x00, UInt64(value)) } else { head(0x20, UInt64(~value)) }
  }

  /// Writes the integer -1 - `argument`, down to -2^64.
  @inlinable
  public mutating func negative(_ argument: UInt64) {
    head(0x20, argument)
  }

  /// Writes a byte string.
  @inlinable
  public mutating func bytes(_ value: borrowing [UInt8]) {
    head(0x40, UInt64(value.count))
    bytes.append(contentsOf: copy value)
  }

  /// Writes a byte string from borrowed memory.
  @inlinable
  public mutating func bytes(_ value: RawSpan) {
    head(0x40, UInt64(value.byteCount))
    raw(value)
  }

  /// Writes a text string.
  @inlinable
  public mutating func text(_ value: String) {
    var value = value
    value.withUTF8 { utf8 in
      head(0x60, UInt64(utf8.count))
      // SAFETY: the buffer is used inside the closure only. This way is twice as fast as
      // appending the string's UTF-8 view.
      unsafe bytes.append(contentsOf: utf8)
    }
  }

  /// Writes a text string from bytes that are known to be UTF-8, such as those of a validated
  /// item. They are not checked.
  @inlinable
  public mutating func text(utf8 value: borrowing [UInt8]) {
    head(0x60, UInt64(value.count))
    bytes.append(contentsOf: copy value)
  }

  /// Writes a text string from borrowed memory that is known to be UTF-8. It is not checked.
  @inlinable
  public mutating func text(utf8 value: RawSpan) {
    head(0x60, UInt64(value.byteCount))
    raw(value)
  }

  /// Writes a key that was encoded before.
  @inlinable
  public mutating func text(_ key: borrowing CBORKey) {
    raw(key.encoded.rawSpan)
  }

  /// Begins an array; `count` items must follow.
  @inlinable
  public mutating func arrayHeader(_ count: Int) {
    head(0x80, UInt64(count))
  }

  /// Begins a map; `count` keys, each followed by its value, must follow in the bytewise order of
  /// the encoded keys.
  @inlinable
  public mutating func mapHeader(_ count: Int) {
    head(0xa0, UInt64(count))
  }

  /// Begins a tagged item; one item must follow.
  @inlinable
  public mutating func tag(_ number: UInt64) {
    head(0xc0, number)
  }

  /// Writes false or true.
  @inlinable
  public mutating func bool(_ value: Bool) {
    bytes.append(value ? 0xf5 : 0xf4)
  }

  /// Writes null.
  @inlinable
  public mutating func null() {
    bytes.append(0xf6)
  }

  /// Writes undefined.
  @inlinable
  public mutating func undefined() {
    bytes.append(0xf7)
  }

  /// Writes a simple value; 20 to 23 are false, true, null and undefined. Traps for 24 to 31,
  /// which are reserved.
  @inlinable
  public mutating func simple(_ value: UInt8) {
    precondition(value < 24 || value > 31, "simple values 24 to 31 are reserved")
    head(0xe0, UInt64(value))
  }

  /// Writes the shortest float that keeps the value; any NaN becomes f97e00.
  @inlinable
  public mutating func double(_ value: Double) {
    switch CBORFloat.shortest(value) {
    case .half(let bits): wide(0xf9, UInt64(bits), width: 2)
    case .single(let bits): wide(0xfa, UInt64(bits), width: 4)
    case .double(let bits): wide(0xfb, bits, width: 8)
    }
  }

  /// Appends bytes that are deterministic CBOR already.
  @inlinable
  public mutating func raw(_ item: borrowing [UInt8]) {
    bytes.append(contentsOf: copy item)
  }

  /// Appends borrowed bytes that are deterministic CBOR already.
  @inlinable
  public mutating func raw(_ item: RawSpan) {
    // SAFETY: the pointer is used inside the closure only, and the span vouches for its bounds.
    unsafe item.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  /// Appends the item that `view` shows.
  @inlinable
  public mutating func raw(_ view: borrowing CBORView) {
    bytes.append(contentsOf: view.storage[view.itemRange])
  }

  /// Writes a head in its shortest form; `major` holds the major type in its upper three bits.
  @inlinable
  mutating func head(_ major: UInt8, _ argument: UInt64) {
    if argument < 24 {
      bytes.append(major | UInt8(truncatingIfNeeded: argument))
    } else if argument <= 0xff {
      bytes.append(major | 24)
      bytes.append(UInt8(truncatingIfNeeded: argument))
    } else if argument <= 0xffff {
      wide(major | 25, argument, width: 2)
    } else if argument <= 0xffff_ffff {
      wide(major | 26, argument, width: 4)
    } else {
      wide(major | 27, argument, width: 8)
    }
  }

  /// Writes an initial byte and the last `width` bytes of `argument`, big-endian.
  @inlinable
  mutating func wide(_ initial: UInt8, _ argument: UInt64, width: Int) {
    bytes.append(initial)
    var shift = UInt64(8 * width)
    repeat {
      shift &-= 8
      bytes.append(UInt8(truncatingIfNeeded: argument &>> shift))
    } while shift > 0
  }
}
