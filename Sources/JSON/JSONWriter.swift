import CBOR

/// Appends JSON text (RFC 8259) to a byte array, field by field in the order of the calls.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.beginObject()
/// writer.field("position", 17 as UInt64)
/// writer.field("data", payload)          // a CBOR item
/// writer.endObject()
/// ```
/// Commas, colons and, if wanted, line breaks come by themselves. The caller sees to it that
/// every key has one value and every `begin` its `end`.
package struct JSONWriter: Sendable {
  /// How the text is laid out.
  package enum Layout: Sendable {
    /// No white space.
    case compact
    /// One value a line, indented by two spaces a level; empty containers stay on one line.
    case indented
  }

  /// All that has been written, valid JSON once every container is closed.
  package private(set) var bytes: [UInt8]

  private let layout: Layout
  private var depth = 0
  // A value stands before the next one in the innermost container.
  private var hasSibling = false
  private var followsKey = false

  /// Creates a writer, or continues after `bytes`.
  package init(layout: Layout = .compact, appendingTo bytes: consuming [UInt8] = []) {
    self.layout = layout
    self.bytes = bytes
  }

  /// Forgets what was written and keeps the allocation.
  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    depth = 0
    hasSibling = false
    followsKey = false
  }

  /// The text so far. Cost: a copy.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Begins an object; keys, each with a value, and `endObject` must follow.
  package mutating func beginObject() { open(UInt8(ascii: "{")) }

  /// Ends the innermost container, an object.
  package mutating func endObject() { close(UInt8(ascii: "}")) }

  /// Begins an array; values and `endArray` must follow.
  package mutating func beginArray() { open(UInt8(ascii: "[")) }

  /// Ends the innermost container, an array.
  package mutating func endArray() { close(UInt8(ascii: "]")) }

  /// Writes the key of the next value.
  package mutating func key(_ name: String) {
    separate()
    quoted(name)
    endKey()
  }

  /// Writes the key of the next value from UTF-8; ill-formed bytes are copied as they are.
  package mutating func key(utf8 name: RawSpan) {
    separate()
    quoted(name)
    endKey()
  }

  /// Writes a string.
  package mutating func string(_ value: String) {
    separate()
    quoted(value)
    hasSibling = true
  }

  /// Writes a string from UTF-8; ill-formed bytes are copied as they are.
  package mutating func string(utf8 value: RawSpan) {
    separate()
    quoted(value)
    hasSibling = true
  }

  /// Writes an integer.
  package mutating func int(_ value: Int64) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    decimal(value.magnitude)
    hasSibling = true
  }

  /// Writes an integer.
  package mutating func uint(_ value: UInt64) {
    separate()
    decimal(value)
    hasSibling = true
  }

  /// Writes a number with a point or an exponent, in the fewest digits that give it back; NaN and
  /// the infinities, which JSON lacks, as the strings "NaN", "Infinity" and "-Infinity".
  package mutating func double(_ value: Double) {
    if value.isNaN { return string("NaN") }
    if value.isInfinite { return string(value < 0 ? "-Infinity" : "Infinity") }
    separate()
    bytes.append(contentsOf: value.description.utf8)
    hasSibling = true
  }

  /// Writes true or false.
  package mutating func bool(_ value: Bool) {
    literal(value ? "true" : "false")
  }

  /// Writes null.
  package mutating func null() {
    literal("null")
  }

  /// Writes JSON text that is one whole value. It is not checked, and not indented anew.
  package mutating func raw(_ json: RawSpan) {
    separate()
    append(json)
    hasSibling = true
  }

  /// Writes a line feed between two documents, as NDJSON has it.
  package mutating func newline() {
    bytes.append(UInt8(ascii: "\n"))
    hasSibling = false
  }

  private mutating func literal(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
    hasSibling = true
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    depth += 1
    hasSibling = false
  }

  private mutating func close(_ bracket: UInt8) {
    precondition(depth > 0 && !followsKey, "an end belongs to a begin, and a value to each key")
    depth -= 1
    if hasSibling { breakLine() }
    bytes.append(bracket)
    hasSibling = true
  }

  /// Writes what stands between the last value and the next key or value.
  private mutating func separate() {
    if followsKey {
      followsKey = false
      return
    }
    if hasSibling { bytes.append(UInt8(ascii: ",")) }
    if depth > 0 { breakLine() }
  }

  private mutating func endKey() {
    bytes.append(UInt8(ascii: ":"))
    if layout == .indented { bytes.append(0x20) }
    followsKey = true
  }

  private mutating func breakLine() {
    guard layout == .indented else { return }
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<(2 * depth) { bytes.append(0x20) }
  }

  private mutating func decimal(_ value: UInt64) {
    // The largest has twenty digits; they come last first.
    var digits = InlineArray<20, UInt8>(repeating: 0)
    var start = 20
    var rest = value
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      start -= 1
      digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
      rest = quotient
    } while rest > 0
    for index in start..<20 { bytes.append(digits[index]) }
  }

  private mutating func quoted(_ value: String) {
    var value = value
    // SAFETY: the buffer is used inside the closure only, through a span of its own bounds.
    value.withUTF8 { utf8 in quoted(unsafe RawSpan(_unsafeElements: utf8)) }
  }

  private mutating func append(_ span: RawSpan) {
    // SAFETY: the pointer is used inside the closure only, and the span vouches for its bounds.
    unsafe span.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  }

  /// Writes a string, escaping quotes, backslashes and control characters.
  private mutating func quoted(_ utf8: RawSpan) {
    bytes.append(UInt8(ascii: "\""))
    var start = 0
    while true {
      let end = Self.plainEnd(utf8, from: start)
      append(utf8.extracting(start..<end))
      guard end < utf8.byteCount else { break }
      escape(utf8.byte(at: end))
      start = end + 1
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// The offset of the first byte from `start` on that needs an escape, or the end.
  private static func plainEnd(_ utf8: RawSpan, from start: Int) -> Int {
    var index = start
    while utf8.byteCount - index >= 8 {
      let special = specialBytes(utf8.bigEndian(at: index, as: UInt64.self))
      if special != 0 { return index + special.leadingZeroBitCount / 8 }
      index += 8
    }
    guard index < utf8.byteCount else { return index }
    // Bytes past the end come as zeros, which would need an escape if they were there.
    let special = specialBytes(utf8.prefix64(at: index))
    return min(index + special.leadingZeroBitCount / 8, utf8.byteCount)
  }

  /// A word with the high bit set in each byte that needs an escape.
  private static func specialBytes(_ word: UInt64) -> UInt64 {
    let sevens: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    let ones: UInt64 = 0x0101_0101_0101_0101
    // Seven bits of a byte and a constant below 0x80 add up without a carry into the next byte.
    // 1. The sum with 0x60 has its high bit clear for 0x00 to 0x1f.
    // 2. The sum with 0x7f has its high bit clear for 0 alone, so for a byte that was equal.
    let low = word & sevens
    let isPrintable = low &+ ones &* 0x60
    let differsFromQuote = (low ^ (ones &* 0x22)) &+ sevens
    let differsFromBackslash = (low ^ (ones &* 0x5c)) &+ sevens
    // A byte with its own high bit set is part of a longer character, and needs no escape.
    return ~((isPrintable & differsFromQuote & differsFromBackslash) | word) & ~sevens
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0a: bytes.append(UInt8(ascii: "n"))
    case 0x0c: bytes.append(UInt8(ascii: "f"))
    case 0x0d: bytes.append(UInt8(ascii: "r"))
    default:
      bytes.append(contentsOf: "u00".utf8)
      for digit in [byte >> 4, byte & 15] {
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
    }
  }
}
