/// The name of a key that signs notes (C2SP signed-note, "Format"): not empty, without spaces,
/// plus signs and control characters. Names are equal where their bytes are.
package struct KeyName: Hashable, Sendable {
  /// The name, UTF-8.
  package let utf8: [UInt8]

  /// The name that `text` is, or nil where it can be none.
  package init?(_ text: some StringProtocol) {
    let allowed = text.unicodeScalars.allSatisfy { scalar in
      scalar.value >= 0x20 && scalar != "+" && !scalar.properties.isWhitespace
    }
    guard !text.isEmpty, allowed else { return nil }
    utf8 = Array(text.utf8)
  }

  /// The name as text.
  package var text: String { String(decoding: utf8, as: UTF8.self) }
}
