/// The steps of walking over deterministic CBOR in place, without allocation.
///
/// All of them rely on bytes that were validated (`CBORScanner.validate`) or written by
/// `CBOREncoder`: the form is not checked again. Bytes of another kind make them trap on the
/// span's bounds or answer wrongly, but never read outside the span.
public enum CBORWalk {
  /// The head of the item at `offset`.
  @inlinable
  public static func head(_ bytes: RawSpan, at offset: Int) -> CBORHead {
    let initial = bytes.byte(at: offset)
    let information = initial & 0x1f
    if information < 24 {
      return CBORHead(initial: initial, argument: UInt64(information), end: offset &+ 1)
    }
    return longHead(bytes, at: offset, initial: initial)
  }

  /// The head of an item whose argument follows the initial byte.
  @inlinable
  public static func longHead(_ bytes: RawSpan, at offset: Int, initial: UInt8) -> CBORHead {
    let next = offset &+ 1
    switch initial & 0x1f {
    case 24:
      return CBORHead(initial: initial, argument: UInt64(bytes.byte(at: next)), end: next &+ 1)
    case 25:
      let argument = UInt64(bytes.bigEndian(at: next, as: UInt16.self))
      return CBORHead(initial: initial, argument: argument, end: next &+ 2)
    case 26:
      let argument = UInt64(bytes.bigEndian(at: next, as: UInt32.self))
      return CBORHead(initial: initial, argument: argument, end: next &+ 4)
    case 27:
      let argument = bytes.bigEndian(at: next, as: UInt64.self)
      return CBORHead(initial: initial, argument: argument, end: next &+ 8)
    default:
      preconditionFailure("walked bytes are deterministic CBOR: no indefinite length")
    }
  }

  /// The offset of the first byte after the item at `offset`. Cost: a few instructions for each
  /// item inside it; strings are jumped over.
  @inlinable
  public static func end(_ bytes: RawSpan, of offset: Int) -> Int {
    let initial = bytes.byte(at: offset)
    // Short strings, small integers and one-byte simple values need no loop.
    if initial & 0x1f < 24 && (initial < 0x80 || initial >= 0xe0) {
      return offset &+ 1 &+ (initial & 0xc0 == 0x40 ? Int(initial & 0x1f) : 0)
    }
    return longEnd(bytes, of: offset)
  }

  /// `end` for any item, as a loop over all that it contains, without recursion.
  @inlinable
  static func longEnd(_ bytes: RawSpan, of offset: Int) -> Int {
    var position = offset
    var pending = 1
    repeat {
      let initial = bytes.byte(at: position)
      var argument = Int(initial & 0x1f)
      position &+= 1
      pending &-= 1
      if argument >= 24 {
        let head = longHead(bytes, at: position &- 1, initial: initial)
        position = head.end
        // Integers, tags and floats have no contents to step over, and may be larger.
        argument = (0x40..<0xc0).contains(initial) ? head.length : 0
        precondition(argument <= bytes.byteCount, "a length lies within the bytes")
      }
      switch initial >> 5 {
      case 2, 3: position &+= argument
      case 4: pending &+= argument
      case 5: pending &+= 2 &* argument
      case 6: pending &+= 1
      default: break
      }
    } while pending > 0
    return position
  }

  /// The offset of the value for `key` in the map at `offset`, or nil where the item is no map or
  /// has no such key. Cost: the entries that sort before the key, one masked word compared each.
  @inlinable
  public static func value(_ bytes: RawSpan, at offset: Int, for key: borrowing CBORKey) -> Int? {
    let map = head(bytes, at: offset)
    guard map.major == 5 else { return nil }
    var position = map.end
    for _ in 0..<map.length {
      // Encoded keys sort by length first (it is in the head), so that comparing the first eight
      // bytes, as far as the sought key has them, orders any two keys that differ there.
      let word = bytes.prefix64(at: position) & key.mask
      if word > key.prefix { return nil }
      if word == key.prefix {
        if key.size <= 8 { return position &+ key.size }
        let order = key.order(of: bytes, at: position)
        if order == 0 { return position &+ key.size }
        if order > 0 { return nil }
      }
      position = end(bytes, of: end(bytes, of: position))
    }
    return nil
  }

  /// The offset of the element at `index` of the array at `offset`, or nil where the item is no
  /// array or has fewer. Cost: the elements in front of it.
  @inlinable
  public static func element(_ bytes: RawSpan, at offset: Int, index: Int) -> Int? {
    let array = head(bytes, at: offset)
    guard array.major == 4, index >= 0, index < array.length else { return nil }
    var position = array.end
    for _ in 0..<index { position = end(bytes, of: position) }
    return position
  }

  /// Whether the item at `offset` is the text string that `key` encodes.
  @inlinable
  public static func matches(
    _ bytes: RawSpan, at offset: Int, _ key: borrowing CBORKey
  ) -> Bool {
    guard bytes.prefix64(at: offset) & key.mask == key.prefix else { return false }
    return key.size <= 8 || key.order(of: bytes, at: offset) == 0
  }
}
