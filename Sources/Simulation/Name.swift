internal import CBOR

/// A short text put together without allocation: identifiers, addresses, numbers.
struct Name {
  private var storage = InlineArray<48, UInt8>(repeating: 0)
  private(set) var count = 0

  init(_ prefix: String = "") {
    append(prefix)
  }

  /// Appends `text`. Traps beyond 48 bytes in all.
  mutating func append(_ text: String) {
    for byte in text.utf8 { append(byte) }
  }

  /// Appends one byte of UTF-8.
  mutating func append(_ byte: UInt8) {
    storage[count] = byte
    count += 1
  }

  /// Appends a number of at least `width` decimal digits.
  mutating func append(_ number: Int, width: Int = 1) {
    var digits = 1
    var limit = 10
    while number >= limit || digits < width {
      digits += 1
      limit &*= 10
    }
    var rest = number
    var index = count + digits
    while index > count {
      index -= 1
      storage[index] = UInt8(truncatingIfNeeded: 48 + rest % 10)
      rest /= 10
    }
    count += digits
  }

  /// Appends the last `digits` hex digits of `word`.
  mutating func append(hex word: UInt64, digits: Int) {
    for place in stride(from: digits - 1, through: 0, by: -1) {
      let digit = UInt8(truncatingIfNeeded: word >> UInt64(4 * place)) & 15
      append(digit < 10 ? 48 + digit : 87 + digit)
    }
  }

  /// The bytes.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      // SAFETY: bytes have no padding, and `count` never exceeds the storage.
      unsafe storage.span.bytes.extracting(0..<count)
    }
  }

  /// The text; up to 15 bytes without allocation.
  var string: String { bytes.string(0..<count) }
}

extension Name {
  static func customer(_ number: Int) -> Name { Name("c-", number) }
  static func cart(_ number: Int, _ ordinal: Int) -> Name { Name("cart-", number, ordinal) }
  static func order(_ number: Int, _ ordinal: Int) -> Name { Name("o-", number, ordinal) }
  static func event(_ number: Int, _ ordinal: Int) -> Name { Name("", number, ordinal) }

  /// A product's id, from number 0.
  static func product(_ number: Int) -> Name {
    var name = Name("P")
    name.append(number + 1, width: 3)
    return name
  }

  /// A prefix and a customer's number of six digits.
  init(_ prefix: String, _ customer: Int) {
    self.init(prefix)
    append(customer, width: 6)
  }

  /// A prefix, a customer's number of six digits, and the ordinal of something of his.
  init(_ prefix: String, _ customer: Int, _ ordinal: Int) {
    self.init(prefix, customer)
    append(UInt8(ascii: "-"))
    append(ordinal)
  }

  /// The numbers in a text that `prefix` begins: the customer's and, where `hasOrdinal`, that of
  /// something of his; nil for any other text.
  static func numbers(
    in text: String, after prefix: String, hasOrdinal: Bool
  ) -> (customer: Int, ordinal: Int)? {
    var parts = [0]
    var digits = 0
    guard text.utf8.starts(with: prefix.utf8) else { return nil }
    for byte in text.utf8.dropFirst(prefix.utf8.count) {
      switch byte {
      case 48...57 where digits < 10:
        parts[parts.count - 1] = parts[parts.count - 1] * 10 + Int(byte - 48)
        digits += 1
      case UInt8(ascii: "-") where digits > 0 && parts.count == 1:
        parts.append(0)
        digits = 0
      default: return nil
      }
    }
    guard digits > 0, parts.count == (hasOrdinal ? 2 : 1) else { return nil }
    return (parts[0], hasOrdinal ? parts[1] : 0)
  }
}
