package import CBOR
import CivilTime

/// Text for a terminal: nothing in it moves the cursor or changes colours.
package enum Printable {
  /// `text` with control characters written as escapes.
  package static func text(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case let scalar where isControl(scalar):
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// A value in one line: texts in quotes, maps in braces with plain keys, numbers exactly.
  package static func value(_ value: CBORValue) -> String {
    switch value {
    case .text(let string): "\"\(text(string))\""
    case .bool(let flag): flag ? "true" : "false"
    case .null, .undefined: "null"
    case .double(let number): "\(number)"
    case .array(let items): "[" + items.map { Self.value($0) }.joined(separator: ", ") + "]"
    case .map(let map):
      "{"
        + map.entries.map { "\(name($0.key)): \(Self.value($0.value))" }
        .joined(separator: ", ") + "}"
    default: value.diagnostic
    }
  }

  /// A map's key: plain where it is a text.
  private static func name(_ key: CBORValue) -> String {
    key.string.map { text($0) } ?? value(key)
  }

  /// A value in one line of at most 60 characters: of a longer one the beginning.
  package static func shortened(_ value: CBORValue) -> String {
    let text = Self.value(value)
    return text.count <= 60 ? text : text.prefix(59) + "…"
  }

  /// A number with at most `digits` places after the point, without zeros at its end.
  package static func number(_ number: Double, digits: Int) -> String {
    guard number.isFinite, number.magnitude < 1e12 else { return "\(number)" }
    var scale: Int64 = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((number.magnitude * Double(scale)).rounded())
    var places = String(scaled % scale)
    places = String(repeating: "0", count: digits - places.count) + places
    while places.hasSuffix("0") { places.removeLast() }
    let sign = number < 0 && scaled != 0 ? "-" : ""
    return sign + "\(scaled / scale)" + (places.isEmpty ? "" : ".\(places)")
  }

  /// `2024-03-04 00:50:05`, with the fraction of the second where there is one, in UTC.
  package static func time(_ microseconds: Int64) -> String {
    var text = RFC3339.string(microseconds: microseconds)
    text.removeLast()
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text.replacing("T", with: " ")
  }

  /// `2024-03-04 00:50:05`: whole seconds, in UTC.
  package static func seconds(_ microseconds: Int64) -> String {
    String(RFC3339.string(microseconds: microseconds).prefix { $0 != "." })
      .replacing("T", with: " ")
  }

  /// `2024-03-04 00:50`: whole minutes, in UTC.
  package static func minutes(_ microseconds: Int64) -> String {
    String(seconds(microseconds).dropLast(3))
  }

  /// How long something took, in the two largest units: `6h48m`, `1.6s`, `3d`.
  package static func elapsed(_ microseconds: Int64) -> String {
    let size = microseconds.magnitude
    let sign = microseconds < 0 ? "-" : ""
    if size < 60_000_000 { return sign + number(Double(size) / 1_000_000, digits: 1) + "s" }
    let units: [(name: String, seconds: UInt64)] = [
      ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
    ]
    var rest = (size + 500_000) / 1_000_000
    var parts: [String] = []
    for unit in units {
      let count = rest / unit.seconds
      rest %= unit.seconds
      if count > 0 || !parts.isEmpty { parts.append(count > 0 ? "\(count)\(unit.name)" : "") }
      if parts.count == 2 { break }
    }
    return sign + parts.joined()
  }
}
