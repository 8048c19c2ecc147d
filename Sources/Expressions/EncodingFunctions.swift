/// The encoders extension: `base64.encode` and `base64.decode` (RFC 4648 section 4).
enum EncodingFunctions {
  static let table: [String: Builtin] = [
    "base64.encode/1": .unary { (value, frame) throws(EvaluationError) in
      guard case .bytes(let bytes) = value else { throw Builtin.refusal("base64.encode", value) }
      try frame.budget.charge(1 + bytes.count / 8)
      return .string(encode(bytes))
    },
    "base64.decode/1": .unary { (value, frame) throws(EvaluationError) in
      let text = try TextFunctions.text(value, "base64.decode")
      try frame.budget.charge(1 + text.utf8.count / 8)
      guard let bytes = decode(Array(text.utf8)) else {
        throw EvaluationError(.conversion, "\(value.shortText) from base64")
      }
      return .bytes(bytes)
    },
  ]

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for byte in group { bits = bits << 8 | UInt32(byte) }
      bits <<= UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        let digit = alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63]
        text.append(place <= group.count ? digit : 0x3D)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes; the padding may be missing. nil if the text is no base64.
  private static func decode(_ text: [UInt8]) -> [UInt8]? {
    var digits = text[...]
    while digits.last == 0x3D, text.count - digits.count < 2 { digits.removeLast() }
    if digits.count < text.count, text.count % 4 != 0 { return nil }
    guard digits.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for digit in digits {
      guard let value = alphabet.firstIndex(of: digit) else { return nil }
      bits = bits << 6 | UInt32(value)
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
        bits &= (1 << count) - 1
      }
    }
    return bytes
  }
}
