/// Diagnostic notation (RFC 8949 section 8), for messages and debugging.
///
/// Floats are printed with the fewest digits that give them back; encoding indicators are left
/// out, as a deterministic item has only one encoding.
extension CBORValue: CustomStringConvertible {
  /// The item in diagnostic notation, on one line.
  public var description: String { diagnostic }

  /// The item in diagnostic notation, on one line.
  public var diagnostic: String {
    var text = ""
    writeDiagnostic(to: &text)
    return text
  }

  private func writeDiagnostic(to text: inout String) {
    switch self {
    case .unsigned(let value): text += "\(value)"
    case .negative(let argument): text += Self.negativeText(argument)
    case .bytes(let value): text += "h'\(Self.hexadecimal(value))'"
    case .text(let value): Self.writeQuoted(value, to: &text)
    case .array(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += ", " }
        element.writeDiagnostic(to: &text)
      }
      text += "]"
    case .map(let map):
      text += "{"
      for (index, entry) in map.entries.enumerated() {
        if index > 0 { text += ", " }
        entry.key.writeDiagnostic(to: &text)
        text += ": "
        entry.value.writeDiagnostic(to: &text)
      }
      text += "}"
    case .tag(let number, let content):
      text += "\(number)("
      content.writeDiagnostic(to: &text)
      text += ")"
    case .bool(let value): text += value ? "true" : "false"
    case .null: text += "null"
    case .undefined: text += "undefined"
    case .simple(let value): text += "simple(\(value))"
    case .double(let value): text += Self.floatText(value)
    }
  }

  /// The decimal digits of -1 - `argument`, which may lie below every fixed-width integer.
  public static func negativeText(_ argument: UInt64) -> String {
    argument == .max ? "-18446744073709551616" : "-\(argument + 1)"
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined()
  }

  private static func writeQuoted(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\0"..<" ", "\u{7f}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }

  private static func floatText(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.description
  }
}

extension CBORView: CustomStringConvertible {
  /// The item in diagnostic notation, on one line.
  public var description: String { value.diagnostic }
}

extension CBORCursor {
  /// The item in diagnostic notation, on one line.
  public var diagnostic: String { value.diagnostic }
}
