/// A moment as RFC 3339 writes it: seconds since 1970 UTC, and nanoseconds within the second.
///
/// `seconds` lies in years 1…9999; `nanos` in 0…999,999,999 and counts forward, also before 1970.
package struct RFC3339: Hashable, Sendable {
  /// Whole seconds since 1970 UTC.
  package var seconds: Int64
  /// Nanoseconds within the second.
  package var nanos: Int32

  /// The moment with these parts; nothing is checked.
  package init(seconds: Int64, nanos: Int32) {
    self.seconds = seconds
    self.nanos = nanos
  }

  /// Parses `2024-01-04T11:45:38.25+01:00`.
  ///
  /// `T` and `Z` may be lower-case and a space may stand for `T` (RFC 3339 section 5.6). The
  /// fraction has any number of digits from one; those after the ninth are cut off, never rounded.
  /// A leap second (`:60`) is refused, as the product's time scale has none.
  ///
  /// - Throws: The first field that is wrong, and the form it should have.
  /// - Cost: One pass, no allocation.
  package init(parsing bytes: Span<UInt8>) throws(RFC3339Error) {
    var reader = RFC3339Reader(bytes: bytes)
    self = try reader.read()
  }

  /// Parses the UTF-8 bytes of `text`; see `init(parsing:)` for a span.
  package init(parsing text: String) throws(RFC3339Error) {
    try self.init(parsing: text.utf8.span)
  }

  /// Microseconds since 1970 UTC of the moment that `bytes` tell; finer digits are cut off toward
  /// minus infinity.
  package static func microseconds(parsing bytes: Span<UInt8>) throws(RFC3339Error) -> Int64 {
    try RFC3339(parsing: bytes).microseconds
  }

  /// Microseconds since 1970 UTC of the moment that `text` tells; see `microseconds(parsing:)`.
  package static func microseconds(parsing text: String) throws(RFC3339Error) -> Int64 {
    try RFC3339(parsing: text.utf8.span).microseconds
  }

  /// Microseconds since 1970 UTC, cut off toward minus infinity. Cannot overflow in years 1…9999.
  package var microseconds: Int64 {
    // `nanos` counts forward from `seconds`, so plain division already rounds down.
    seconds * CivilTime.microsecondsPerSecond + Int64(nanos) / 1_000
  }
}

/// Why a text is not an RFC 3339 moment.
package struct RFC3339Error: Error, Hashable, Sendable, CustomStringConvertible {
  /// The parts of the text, in their order.
  package enum Field: String, Sendable {
    case year, month, day, separator, hour, minute, second, fraction, offset, end, range
  }

  /// The first part that is wrong.
  package var field: Field
  /// Where in the bytes the part starts, from 0.
  package var offset: Int
  /// What is wanted there.
  package var expected: String

  /// The error as a sentence with an example.
  package var description: String {
    "not an RFC 3339 time: \(field.rawValue) at byte \(offset) must be \(expected)"
      + " (for example 2024-01-04T11:45:38Z)"
  }
}

/// Walks over the bytes of one RFC 3339 text.
private struct RFC3339Reader: ~Escapable {
  private let bytes: Span<UInt8>
  private var position = 0

  @_lifetime(copy bytes)
  init(bytes: Span<UInt8>) {
    self.bytes = bytes
  }

  mutating func read() throws(RFC3339Error) -> RFC3339 {
    let year = try digits(4, .year, in: 1...9_999)
    try skip(0x2D, 0x2D, .month, "preceded by '-'")
    let month = try digits(2, .month, in: 1...12)
    try skip(0x2D, 0x2D, .day, "preceded by '-'")
    let last = CivilTime.daysInMonth(year: year, month: month)
    let day = try digits(2, .day, in: 1...last)
    if position < bytes.count, bytes[position] == 0x20 {
      position += 1
    } else {
      try skip(0x54, 0x74, .separator, "'T'")
    }
    let hour = try digits(2, .hour, in: 0...23)
    try skip(0x3A, 0x3A, .minute, "preceded by ':'")
    let minute = try digits(2, .minute, in: 0...59)
    try skip(0x3A, 0x3A, .second, "preceded by ':'")
    let second = try digits(2, .second, in: 0...59)
    let nanos = try fraction()
    let offset = try zone()
    guard position == bytes.count else {
      throw RFC3339Error(field: .end, offset: position, expected: "the last byte")
    }
    let days = CivilTime.days(year: year, month: month, day: day)
    let seconds =
      days * CivilTime.secondsPerDay + hour * 3_600 + minute * 60 + second - offset
    guard seconds >= CivilTime.firstSecond, seconds <= CivilTime.lastSecond else {
      throw RFC3339Error(field: .range, offset: 0, expected: "within the years 1 to 9999 in UTC")
    }
    return RFC3339(seconds: seconds, nanos: nanos)
  }

  private mutating func digits(
    _ count: Int, _ field: RFC3339Error.Field, in range: ClosedRange<Int64>
  ) throws(RFC3339Error) -> Int64 {
    let start = position
    var value: Int64 = 0
    while position < start + count, position < bytes.count {
      let digit = bytes[position] &- 0x30
      guard digit <= 9 else { break }
      value = value * 10 + Int64(digit)
      position += 1
    }
    guard position == start + count, range.contains(value) else {
      let expected = "\(count) digits from \(range.lowerBound) to \(range.upperBound)"
      throw RFC3339Error(field: field, offset: start, expected: expected)
    }
    return value
  }

  private mutating func skip(
    _ upper: UInt8, _ lower: UInt8, _ field: RFC3339Error.Field, _ expected: String
  ) throws(RFC3339Error) {
    guard position < bytes.count, bytes[position] == upper || bytes[position] == lower else {
      throw RFC3339Error(field: field, offset: position, expected: expected)
    }
    position += 1
  }

  private mutating func fraction() throws(RFC3339Error) -> Int32 {
    guard position < bytes.count, bytes[position] == 0x2E else { return 0 }
    position += 1
    let start = position
    var nanos: Int32 = 0
    var scale: Int32 = 100_000_000
    while position < bytes.count {
      let digit = bytes[position] &- 0x30
      guard digit <= 9 else { break }
      nanos += Int32(digit) * scale
      scale /= 10
      position += 1
    }
    guard position > start else {
      throw RFC3339Error(field: .fraction, offset: start, expected: "one digit or more")
    }
    return nanos
  }

  private mutating func zone() throws(RFC3339Error) -> Int64 {
    let start = position
    guard position < bytes.count else {
      throw RFC3339Error(field: .offset, offset: start, expected: "'Z', +hh:mm or -hh:mm")
    }
    let sign = bytes[position]
    position += 1
    switch sign {
    case 0x5A, 0x7A: return 0
    case 0x2B, 0x2D:
      let hours = try digits(2, .offset, in: 0...23)
      try skip(0x3A, 0x3A, .offset, "+hh:mm with a ':'")
      let minutes = try digits(2, .offset, in: 0...59)
      let offset = hours * 3_600 + minutes * 60
      return sign == 0x2D ? -offset : offset
    default:
      throw RFC3339Error(field: .offset, offset: start, expected: "'Z', +hh:mm or -hh:mm")
    }
  }
}
