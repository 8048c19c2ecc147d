/// What an item is, with the simple values that have a meaning of their own told apart.
@frozen
public enum CBORKind: UInt8, Sendable {
  /// An integer from 0 to 2^64 - 1.
  case unsigned
  /// An integer from -2^64 to -1.
  case negative
  /// A byte string.
  case bytes
  /// A UTF-8 text string.
  case text
  /// An array of items.
  case array
  /// A map, sorted by the encoding of its keys.
  case map
  /// A tagged item.
  case tag
  /// False or true.
  case bool
  /// Null.
  case null
  /// Undefined.
  case undefined
  /// Any other simple value.
  case simple
  /// A float of 16, 32 or 64 bits.
  case float
}

/// The head of an item: its initial byte and its argument (RFC 8949 section 3).
@frozen
public struct CBORHead {
  /// Three bits of major type, five of additional information.
  public let initial: UInt8
  /// The value, length, count, tag number, simple value or float bits; 0 for indefinite lengths.
  public let argument: UInt64
  /// The offset of the first byte after the head.
  public let end: Int

  /// Creates a head from its parts.
  @inlinable
  public init(initial: UInt8, argument: UInt64, end: Int) {
    self.initial = initial
    self.argument = argument
    self.end = end
  }

  /// The major type, 0 to 7.
  @inlinable public var major: UInt8 { initial >> 5 }

  /// The additional information, 0 to 31.
  @inlinable public var information: UInt8 { initial & 0x1f }

  /// The argument as a length or count. Traps beyond `Int.max`, which validated bytes never hold.
  @inlinable public var length: Int { Int(argument) }

  /// What the item is.
  @inlinable
  public var kind: CBORKind {
    switch initial {
    case 0xf4, 0xf5: .bool
    case 0xf6: .null
    case 0xf7: .undefined
    case 0xf9, 0xfa, 0xfb: .float
    case 0xe0...0xff: .simple
    // Majors 0 to 6 are the first seven kinds, in order.
    default: CBORKind(rawValue: initial >> 5) ?? .simple
    }
  }

  /// The value of a float head, or nil.
  @inlinable
  public var double: Double? {
    switch initial {
    case 0xfb: Double(bitPattern: argument)
    case 0xfa: Double(Float(bitPattern: UInt32(truncatingIfNeeded: argument)))
    case 0xf9: CBORFloat.value(half: UInt16(truncatingIfNeeded: argument))
    default: nil
    }
  }

  /// The value of an integer head that fits, or nil.
  @inlinable
  public var int64: Int64? {
    switch major {
    case 0: Int64(exactly: argument)
    case 1: Int64(exactly: argument).map { ~$0 }
    default: nil
    }
  }

  /// The value of a non-negative integer head, or nil.
  @inlinable
  public var uint64: UInt64? {
    major == 0 ? argument : nil
  }

  /// The truth value, or nil.
  @inlinable
  public var bool: Bool? {
    switch initial {
    case 0xf4: false
    case 0xf5: true
    default: nil
    }
  }

  /// Elements of an array, entries of a map, or bytes of a string; 0 for anything else.
  @inlinable
  public var count: Int {
    (2...5).contains(major) ? length : 0
  }

  /// Where the contents of a text string lie, or nil.
  @inlinable
  public var textRange: Range<Int>? {
    major == 3 ? end..<(end + length) : nil
  }

  /// Where the contents of a byte string lie, or nil.
  @inlinable
  public var byteRange: Range<Int>? {
    major == 2 ? end..<(end + length) : nil
  }
}
