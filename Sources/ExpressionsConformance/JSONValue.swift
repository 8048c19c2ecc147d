/// A JSON document (RFC 8259), read strictly; numbers keep their text.
enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(String)
  case string(String)
  case array([JSONValue])
  case object([(name: String, value: JSONValue)])

  /// Reads one document with nothing after it.
  init(parsing bytes: [UInt8]) throws(ConformanceError) {
    var reader = JSONReader(bytes: bytes)
    self = try reader.document()
  }

  /// The member of an object; nil if it is absent or this is no object.
  subscript(name: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  var elements: [JSONValue]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  var truth: Bool? {
    guard case .bool(let truth) = self else { return nil }
    return truth
  }
}

private struct JSONReader {
  private static let maximumNesting = 200
  private let bytes: [UInt8]
  private var position = 0
  private var nesting = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func document() throws(ConformanceError) -> JSONValue {
    let value = try value()
    skipBlanks()
    guard position == bytes.count else { throw error("something after the document") }
    return value
  }

  private func error(_ problem: String) -> ConformanceError {
    ConformanceError(message: "no JSON: \(problem) at byte \(position)")
  }

  private mutating func skipBlanks() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private mutating func skip(_ byte: UInt8) -> Bool {
    skipBlanks()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func word(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  private mutating func value() throws(ConformanceError) -> JSONValue {
    nesting += 1
    defer { nesting -= 1 }
    guard nesting <= JSONReader.maximumNesting else { throw error("too much nesting") }
    skipBlanks()
    guard position < bytes.count else { throw error("the end") }
    switch bytes[position] {
    case 0x22: return .string(try string())
    case 0x5B: return try array()
    case 0x7B: return try object()
    case 0x2D, 0x30...0x39: return number()
    default:
      if word("true") { return .bool(true) }
      if word("false") { return .bool(false) }
      if word("null") { return .null }
      throw error("an unknown word")
    }
  }

  private mutating func number() -> JSONValue {
    let start = position
    let signs: [UInt8] = [0x2B, 0x2D, 0x2E, 0x45, 0x65]
    while position < bytes.count,
      bytes[position] &- 0x30 <= 9 || signs.contains(bytes[position])
    { position += 1 }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func array() throws(ConformanceError) -> JSONValue {
    position += 1
    var elements: [JSONValue] = []
    if skip(0x5D) { return .array(elements) }
    repeat { elements.append(try value()) } while skip(0x2C)
    guard skip(0x5D) else { throw error("an array that is not closed") }
    return .array(elements)
  }

  private mutating func object() throws(ConformanceError) -> JSONValue {
    position += 1
    var members: [(name: String, value: JSONValue)] = []
    if skip(0x7D) { return .object(members) }
    repeat {
      skipBlanks()
      let name = try string()
      guard skip(0x3A) else { throw error("a name without ':'") }
      members.append((name, try value()))
    } while skip(0x2C)
    guard skip(0x7D) else { throw error("an object that is not closed") }
    return .object(members)
  }

  private mutating func string() throws(ConformanceError) -> String {
    guard position < bytes.count, bytes[position] == 0x22 else { throw error("no string") }
    position += 1
    var units: [UInt16] = []
    var text = ""
    while position < bytes.count, bytes[position] != 0x22 {
      let start = position
      while position < bytes.count, ![0x22, 0x5C].contains(bytes[position]) { position += 1 }
      units += String(decoding: bytes[start..<position], as: UTF8.self).utf16
      if position < bytes.count, bytes[position] == 0x5C { units.append(try escape()) }
    }
    guard position < bytes.count else { throw error("a string that is not closed") }
    position += 1
    text = String(decoding: units, as: UTF16.self)
    return text
  }

  private mutating func escape() throws(ConformanceError) -> UInt16 {
    let letters: [UInt8: UInt16] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
    ]
    guard position + 1 < bytes.count else { throw error("a string that is not closed") }
    let letter = bytes[position + 1]
    position += 2
    if let unit = letters[letter] { return unit }
    guard letter == 0x75, position + 4 <= bytes.count,
      let unit = UInt16(
        String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw error("an unknown escape") }
    position += 4
    return unit
  }
}
