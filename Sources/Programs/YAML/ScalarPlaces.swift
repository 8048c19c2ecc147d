/// Finds the place in the file of a code point inside a scalar, through quoting and folding.
///
/// Both texts are walked side by side: an escape stands for one code point, white space with a line
/// end in it for white space, and everything else for itself.
struct ScalarPlaces {
  private let lines: [[Unicode.Scalar]]
  private var line: Int
  private var column: Int

  /// The place of the code point `index` of `scalar`, which begins at `place`.
  static func place(
    of index: Int, in scalar: YAMLScalar, at place: Place, lines: [[Unicode.Scalar]]
  ) -> Place {
    var walk = ScalarPlaces(lines: lines, line: place.line - 1, column: place.column - 1)
    guard lines.indices.contains(walk.line) else { return place }
    walk.skipOpening(scalar.style)
    let text = Array(scalar.text.unicodeScalars)
    var position = 0
    while position < min(index, text.count), !walk.isAtEnd {
      position = walk.step(text, position, scalar.style)
    }
    walk.skipLineEnds()
    return Place(file: place.file, line: walk.line + 1, column: walk.column + 1)
  }

  private var current: Unicode.Scalar? {
    guard lines.indices.contains(line) else { return nil }
    return column < lines[line].count ? lines[line][column] : "\n"
  }

  private var isAtEnd: Bool { current == nil }

  private mutating func advance() {
    if column < lines[line].count {
      column += 1
    } else {
      line += 1
      column = 0
    }
  }

  private mutating func skipOpening(_ style: YAMLScalar.Style) {
    switch style {
    case .plain: return
    case .singleQuoted, .doubleQuoted: advance()
    case .literal, .folded:
      line += 1
      column = 0
      skipLineEnds()
    }
  }

  /// White space that stands before the next visible code point, if a line ends in it or the
  /// scalar has just begun on a line of its own.
  private mutating func skipLineEnds() {
    let start = (line, column)
    var sawLineEnd = column == 0
    while let next = current, isBlank(next) {
      if next == "\n" { sawLineEnd = true }
      advance()
    }
    if !sawLineEnd || isAtEnd { (line, column) = start }
  }

  /// Steps over one code point, or over white space that holds a line end.
  private mutating func step(
    _ text: [Unicode.Scalar], _ position: Int, _ style: YAMLScalar.Style
  ) -> Int {
    guard let next = current else { return text.count }
    if style == .doubleQuoted, next == "\\" {
      return escape(position)
    }
    if isBlank(next), hasLineEndAhead {
      while let blank = current, isBlank(blank) { advance() }
      var after = position
      while after < text.count, isBlank(text[after]) { after += 1 }
      return max(after, position)
    }
    if style == .singleQuoted, next == "'" { advance() }
    advance()
    return position + 1
  }

  private mutating func escape(_ position: Int) -> Int {
    advance()
    guard let sign = current else { return position }
    let digits = sign == "x" ? 2 : sign == "u" ? 4 : sign == "U" ? 8 : 0
    for _ in 0...digits where !isAtEnd && current != "\n" { advance() }
    if sign == "\n" {
      while let blank = current, isBlank(blank) { advance() }
      return position
    }
    return position + 1
  }

  private var hasLineEndAhead: Bool {
    var index = column
    while index < lines[line].count {
      guard isBlank(lines[line][index]) else { return false }
      index += 1
    }
    return true
  }

  private func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n"
  }
}
