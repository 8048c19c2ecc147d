/// A text key in its encoded form, made once and compared as bytes on every look-up.
///
/// ```swift
/// static let cartValue: CBORKey = "cartValue"
/// ```
@frozen
public struct CBORKey: Sendable, Hashable, ExpressibleByStringLiteral {
  /// Head and UTF-8 text, as they stand in a map.
  public let encoded: [UInt8]
  /// The first eight encoded bytes, big-endian, zeros after a shorter key.
  @usableFromInline let prefix: UInt64
  /// Ones where `prefix` holds a byte of the key.
  @usableFromInline let mask: UInt64
  /// How many bytes `encoded` has.
  @usableFromInline let size: Int

  /// Encodes `text`. Cost: one allocation.
  public init(_ text: String) {
    var encoder = CBOREncoder()
    encoder.text(text)
    let encoded = encoder.bytes
    self.encoded = encoded
    self.prefix = encoded.rawSpan.prefix64(at: 0)
    self.mask = encoded.count >= 8 ? .max : ~(.max >> UInt64(8 * encoded.count))
    self.size = encoded.count
  }

  /// Encodes a literal.
  public init(stringLiteral value: StaticString) {
    self.init(value.description)
  }

  /// The key as text.
  public var text: String {
    let bytes = encoded.rawSpan
    return bytes.string(CBORWalk.head(bytes, at: 0).end..<size)
  }

  /// Orders the key at `offset` of `bytes`, whose first eight bytes agree with this one's, against
  /// this one: negative where it sorts before.
  @inlinable
  public func order(of bytes: RawSpan, at offset: Int) -> Int {
    let own = encoded.rawSpan
    var index = 8
    while index < size {
      // The last word overlaps the one before it, whose bytes are equal by then. Equal heads
      // mean equal lengths, so that the other key has as many bytes.
      let start = min(index, size &- 8)
      let other = bytes.bigEndian(at: offset &+ start, as: UInt64.self)
      let word = own.bigEndian(at: start, as: UInt64.self)
      if other != word { return other < word ? -1 : 1 }
      index &+= 8
    }
    return 0
  }
}
