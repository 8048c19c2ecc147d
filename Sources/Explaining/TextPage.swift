/// Lines of text with headings, aligned columns and hanging indents, none wider than the page
/// where words allow it.
package struct TextPage {
  /// Emphasis for terminals; plain text elsewhere.
  package enum Emphasis: String {
    case heading = "1"
    case faint = "2"
    case good = "32"
    case bad = "31"
  }

  package private(set) var lines: [String] = []
  /// Columns.
  package let width: Int
  private let isColoured: Bool

  package init(width: Int = 100, isColoured: Bool = false) {
    self.width = width
    self.isColoured = isColoured
  }

  /// The lines, each with its end.
  package var text: String { lines.map { $0 + "\n" }.joined() }

  package mutating func line(_ text: String = "") {
    lines.append(text)
  }

  /// An empty line, then a heading.
  package mutating func heading(_ text: String) {
    if !lines.isEmpty { line() }
    line(emphasised(text, .heading))
  }

  /// `text` with emphasis, if the page has any.
  package func emphasised(_ text: String, _ emphasis: Emphasis) -> String {
    isColoured && !text.isEmpty ? "\u{1b}[\(emphasis.rawValue)m\(text)\u{1b}[0m" : text
  }

  /// Names on the left, values on the right in one column.
  package mutating func pairs(_ pairs: [(name: String, value: String)], indent: Int = 2) {
    let column = min(pairs.map(\.name.count).max() ?? 0, width / 3)
    for pair in pairs {
      hanging(
        Self.padded(pair.name, column) + "  ", pair.value,
        prefix: String(repeating: " ", count: indent))
    }
  }

  /// `label`, then `text` wrapped beside it, but not at no-break spaces; the lines after the first
  /// begin with `rest`, which is as wide as `prefix` is on a terminal.
  package mutating func hanging(
    _ label: String, _ text: String, prefix: String = "", rest: String? = nil,
    emphasis: Emphasis? = nil
  ) {
    let left = (rest ?? prefix).count + label.count
    let blank = (rest ?? prefix) + String(repeating: " ", count: label.count)
    let shown = emphasis.map { emphasised(label, $0) } ?? label
    for (index, part) in Self.wrapped(text, max(20, width - left)).enumerated() {
      let part = part.replacing("\u{a0}", with: " ")
      line(Self.trimmed((index == 0 ? prefix + shown : blank) + part))
    }
  }

  /// `text` with spaces behind it up to `width` columns.
  package static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// `text` with spaces before it up to `width` columns.
  package static func rightAligned(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private static func trimmed(_ text: String) -> String {
    var text = text
    while text.last == " " { text.removeLast() }
    return text
  }

  /// The text in lines of at most `width` columns, broken at spaces, or within a word that is
  /// wider than a line.
  static func wrapped(_ text: String, _ width: Int) -> [String] {
    guard text.count > width else { return [text] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      var word = word
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = ""
      }
      while word.count > width {
        lines.append(String(word.prefix(width)))
        word = word.dropFirst(width)
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    lines.append(line)
    return lines
  }
}
