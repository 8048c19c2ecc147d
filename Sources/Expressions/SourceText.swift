/// An expression's source: its UTF-8 bytes, and the places of its errors.
struct SourceText: Sendable {
  /// The longest source that is compiled, in bytes.
  static let maximumBytes = 65_536

  let text: String
  let bytes: [UInt8]

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  /// An error at a byte offset, with line and column counted from 1 (columns in code points).
  func error(_ message: String, at offset: Int, suggestion: String? = nil) -> ExpressionError {
    var line = 1
    var column = 1
    for byte in bytes.prefix(max(0, offset)) {
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return ExpressionError(line: line, column: column, message: message, suggestion: suggestion)
  }
}
