/// Cuts a source into words (cel-spec langdef, "Syntax").
struct Lexer {
  let source: SourceText
  var position = 0

  init(source: SourceText) {
    self.source = source
  }

  /// The byte at `position + ahead`; 0 beyond the end, which is no character of the grammar.
  func byte(_ ahead: Int = 0) -> UInt8 {
    position + ahead < source.bytes.count ? source.bytes[position + ahead] : 0
  }

  /// All words; the last one is `.end`.
  mutating func tokens() throws(ExpressionError) -> [Token] {
    var tokens: [Token] = []
    while true {
      let token = try next()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private mutating func next() throws(ExpressionError) -> Token {
    skipBlanks()
    let start = position
    guard start < source.bytes.count else { return Token(kind: .end, offset: start) }
    let first = byte()
    if isDigit(first) || (first == 0x2E && isDigit(byte(1))) { return try number() }
    if let kind = try textLiteral() { return Token(kind: kind, offset: start) }
    if isNameStart(first) {
      while isNameStart(byte()) || isDigit(byte()) { position += 1 }
      return Token(kind: .identifier(slice(from: start)), offset: start)
    }
    if first == 0x60 { return try quotedIdentifier() }
    return Token(kind: .symbol(try symbol()), offset: start)
  }

  private mutating func skipBlanks() {
    while position < source.bytes.count {
      switch byte() {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D: position += 1
      case 0x2F where byte(1) == 0x2F:
        while position < source.bytes.count, byte() != 0x0A { position += 1 }
      default: return
      }
    }
  }

  private mutating func symbol() throws(ExpressionError) -> Token.Symbol {
    let first = byte()
    if byte(1) != 0 {
      let pair = String(decoding: [first, byte(1)], as: UTF8.self)
      if let symbol = Token.Symbol(rawValue: pair) {
        position += 2
        return symbol
      }
    }
    if first < 0x80, let symbol = Token.Symbol(rawValue: String(UnicodeScalar(first))) {
      position += 1
      return symbol
    }
    let mends: [UInt8: String] = [
      0x3D: "write '==' to compare", 0x26: "write '&&'", 0x7C: "write '||'",
    ]
    let scalar = String(decoding: source.bytes[position...].prefix(4), as: UTF8.self)
    let character = scalar.unicodeScalars.first ?? " "
    let shown = character.value < 0x20 ? "control character" : "'\(character)'"
    throw source.error("unexpected \(shown)", at: position, suggestion: mends[first])
  }

  private mutating func quotedIdentifier() throws(ExpressionError) -> Token {
    let start = position
    position += 1
    while isNameStart(byte()) || isDigit(byte()) || [0x20, 0x2D, 0x2E, 0x2F].contains(byte()) {
      position += 1
    }
    guard byte() == 0x60, position > start + 1 else {
      throw source.error(
        "a name between backquotes holds letters, digits, '_', '.', '-', '/' and spaces only",
        at: start)
    }
    let name = String(decoding: source.bytes[(start + 1)..<position], as: UTF8.self)
    position += 1
    return Token(kind: .quotedIdentifier(name), offset: start)
  }

  private mutating func number() throws(ExpressionError) -> Token {
    let start = position
    if byte() == 0x30, byte(1) | 0x20 == 0x78 {
      position += 2
      while hexValue(byte()) != nil { position += 1 }
      let digits = String(decoding: source.bytes[(start + 2)..<position], as: UTF8.self)
      return try integer(digits, radix: 16, start: start)
    }
    while isDigit(byte()) { position += 1 }
    var isDouble = false
    if byte() == 0x2E, isDigit(byte(1)) {
      isDouble = true
      position += 1
      while isDigit(byte()) { position += 1 }
    }
    if byte() | 0x20 == 0x65 {
      let signed = byte(1) == 0x2B || byte(1) == 0x2D
      guard isDigit(byte(signed ? 2 : 1)) else {
        throw source.error("the exponent of a number needs digits", at: start)
      }
      isDouble = true
      position += signed ? 2 : 1
      while isDigit(byte()) { position += 1 }
    }
    guard isDouble else { return try integer(slice(from: start), radix: 10, start: start) }
    try refuseNameAfterNumber(start)
    let text = slice(from: start)
    guard let value = Double(text.utf8.first == 0x2E ? "0" + text : text), value.isFinite else {
      throw source.error("the number is too large for a double", at: start)
    }
    return Token(kind: .double(value), offset: start)
  }

  private mutating func integer(
    _ digits: String, radix: Int, start: Int
  ) throws(ExpressionError) -> Token {
    let isUnsigned = byte() | 0x20 == 0x75
    if isUnsigned { position += 1 }
    try refuseNameAfterNumber(start)
    guard let value = UInt64(digits, radix: radix) else {
      let problem = digits.isEmpty ? "needs digits after 0x" : "is too large for 64 bits"
      throw source.error("the number \(problem)", at: start)
    }
    return Token(kind: isUnsigned ? .uint(value) : .int(value), offset: start)
  }

  private func refuseNameAfterNumber(_ start: Int) throws(ExpressionError) {
    if isNameStart(byte()) {
      throw source.error(
        "a number cannot be followed by a letter", at: position,
        suggestion: "put a blank or an operator between")
    }
  }

  private func slice(from start: Int) -> String {
    String(decoding: source.bytes[start..<position], as: UTF8.self)
  }
}

func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

private func isNameStart(_ byte: UInt8) -> Bool {
  byte == 0x5F || (byte | 0x20) &- 0x61 < 26
}

/// The value of a hexadecimal digit.
func hexValue(_ byte: UInt8) -> UInt32? {
  switch byte {
  case 0x30...0x39: UInt32(byte - 0x30)
  case 0x41...0x46: UInt32(byte - 0x37)
  case 0x61...0x66: UInt32(byte - 0x57)
  default: nil
  }
}
