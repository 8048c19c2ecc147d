import CBOR
import TestSupport

/// Writes a random JSON document and the value that it stands for, by its own simple means.
struct RandomDocument {
  var text = ""
  let value: CBORValue

  init(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var text = ""
    self.value = Self.write(depth: 4, to: &text, using: &random)
    self.text = text
  }

  private static func write(
    depth: Int, to text: inout String, using random: inout SplitMix64
  ) -> CBORValue {
    space(&text, &random)
    defer { space(&text, &random) }
    switch Int.random(in: 0..<(depth > 0 ? 13 : 8), using: &random) {
    case 0:
      text += "null"
      return .null
    case 1:
      let value = Bool.random(using: &random)
      text += value ? "true" : "false"
      return .bool(value)
    case 2, 3:
      let value = Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random)
      text += "\(value)"
      return .signed(value)
    case 4:
      let value = random.next()
      text += "\(value)"
      return .unsigned(value)
    case 5:
      return double(to: &text, using: &random)
    case 6, 7:
      return .text(string(to: &text, using: &random))
    case 8, 9:
      return array(depth: depth, to: &text, using: &random)
    default:
      return object(depth: depth, to: &text, using: &random)
    }
  }

  private static func space(_ text: inout String, _ random: inout SplitMix64) {
    if Int.random(in: 0..<4, using: &random) == 0 {
      text += ["", " ", "\n", "\t", "\r", "  \n "].randomElement(using: &random) ?? ""
    }
  }

  private static func double(to text: inout String, using random: inout SplitMix64) -> CBORValue {
    var value = Double(bitPattern: random.next())
    if Bool.random(using: &random) || !value.isFinite {
      value = Double(Int.random(in: -4000...4000, using: &random)) / 8
    }
    var digits = value.description
    if Bool.random(using: &random) { digits = digits.replacing("e", with: "E") }
    text += digits
    return .double(value)
  }

  static func string(to text: inout String, using random: inout SplitMix64) -> String {
    let alphabet: [Unicode.Scalar] = [
      "a", "b", "k", "\u{0}", "\"", "\\", "/", "\n", "\u{1f}", "\u{7f}", "é", "水", "𐅑", "\u{301}",
    ]
    let count =
      [0, 1, 3, 7, 8, 9, 30, 300][Int.random(in: 0..<8, using: &random)]
    var value = String.UnicodeScalarView()
    text += "\""
    for _ in 0..<Int.random(in: 0...count, using: &random) {
      let scalar = alphabet.randomElement(using: &random) ?? "a"
      value.append(scalar)
      text += escape(scalar, &random)
    }
    text += "\""
    return String(value)
  }

  private static func escape(_ scalar: Unicode.Scalar, _ random: inout SplitMix64) -> String {
    switch scalar {
    case "\"", "\\": return "\\" + String(Character(scalar))
    case "\n": return "\\n"
    case "/" where Bool.random(using: &random): return "\\/"
    case _ where scalar.value < 0x20 || Int.random(in: 0..<5, using: &random) == 0:
      return UTF16.encode(scalar)!.map { unit in
        let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    default: return String(Character(scalar))
    }
  }

  private static func array(
    depth: Int, to text: inout String, using random: inout SplitMix64
  ) -> CBORValue {
    var elements: [CBORValue] = []
    text += "["
    for index in 0..<Int.random(in: 0...5, using: &random) {
      if index > 0 { text += "," }
      elements.append(write(depth: depth - 1, to: &text, using: &random))
    }
    text += "]"
    return .array(elements)
  }

  private static func object(
    depth: Int, to text: inout String, using random: inout SplitMix64
  ) -> CBORValue {
    var map = CBORMap()
    text += "{"
    // Now and then more keys than are sorted by insertion.
    let limit = Int.random(in: 0..<8, using: &random) == 0 ? 60 : 6
    for _ in 0..<Int.random(in: 0...limit, using: &random) {
      var keyText = ""
      let key = string(to: &keyText, using: &random)
      guard map[.text(key)] == nil else { continue }
      if map.count > 0 { text += "," }
      text += keyText
      space(&text, &random)
      text += ":"
      map[.text(key)] = write(depth: min(depth - 1, 2), to: &text, using: &random)
    }
    text += "}"
    return .map(map)
  }
}
