extension Lexer {
  /// A text or bytes literal with its prefix, if one starts here: `"…"`, `'''…'''`, `r"…"`,
  /// `b'…'`, `br"…"`.
  mutating func textLiteral() throws(ExpressionError) -> Token.Kind? {
    let start = position
    var isRaw = false
    var isBytes = false
    var length = 0
    while length < 2 {
      let prefix = byte(length) | 0x20
      if prefix == 0x72, !isRaw {
        isRaw = true
      } else if prefix == 0x62, !isBytes {
        isBytes = true
      } else {
        break
      }
      length += 1
    }
    let quote = byte(length)
    guard quote == 0x22 || quote == 0x27 else { return nil }
    position += length
    let isTriple = byte(1) == quote && byte(2) == quote
    position += isTriple ? 3 : 1
    var content: [UInt8] = []
    while true {
      guard position < source.bytes.count else {
        throw source.error("the text has no closing quote", at: start)
      }
      let next = byte()
      if next == quote, !isTriple || (byte(1) == quote && byte(2) == quote) {
        position += isTriple ? 3 : 1
        break
      }
      if !isTriple, next == 0x0A || next == 0x0D {
        throw source.error(
          "the text has no closing quote on its line", at: start,
          suggestion: "use three quotes for a text of several lines")
      }
      if next == 0x5C, !isRaw {
        try escape(into: &content, isBytes: isBytes)
      } else {
        content.append(next)
        position += 1
      }
    }
    return isBytes ? .bytes(content) : .string(String(decoding: content, as: UTF8.self))
  }

  private mutating func escape(
    into content: inout [UInt8], isBytes: Bool
  ) throws(ExpressionError) {
    let start = position
    let letter = byte(1)
    position += 2
    if let plain = plainEscapes[letter] {
      content.append(plain)
      return
    }
    let value: UInt32
    switch letter {
    case 0x78, 0x58: value = try digits(2, radix: 16, start: start)
    case 0x75 where !isBytes: value = try digits(4, radix: 16, start: start)
    case 0x55 where !isBytes: value = try digits(8, radix: 16, start: start)
    case 0x30...0x33:
      position -= 1
      value = try digits(3, radix: 8, start: start)
    default:
      throw source.error(
        isBytes && letter | 0x20 == 0x75
          ? "\\u is not allowed in bytes" : "unknown escape in a text", at: start,
        suggestion: isBytes ? "use \\x and two hexadecimal digits" : "write \\\\ for a backslash")
    }
    if isBytes {
      content.append(UInt8(truncatingIfNeeded: value))
    } else {
      guard let scalar = UnicodeScalar(value) else {
        throw source.error("the escape is not a code point", at: start)
      }
      content.append(contentsOf: UTF8.encode(scalar)!)
    }
  }

  private mutating func digits(
    _ count: Int, radix: UInt32, start: Int
  ) throws(ExpressionError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let digit = hexValue(byte()), digit < radix else {
        let kind = radix == 8 ? "octal" : "hexadecimal"
        throw source.error("the escape needs \(count) \(kind) digits", at: start)
      }
      value = value &* radix &+ digit
      position += 1
    }
    return value
  }
}

private let plainEscapes: [UInt8: UInt8] = [
  0x61: 0x07, 0x62: 0x08, 0x66: 0x0C, 0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09, 0x76: 0x0B,
  0x5C: 0x5C, 0x3F: 0x3F, 0x22: 0x22, 0x27: 0x27, 0x60: 0x60,
]
