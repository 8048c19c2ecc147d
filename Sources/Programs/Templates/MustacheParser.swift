/// Reads mustache tags from left to right. Sections nest at most 16 deep.
struct MustacheParser {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(source: String) {
    bytes = Array(source.utf8)
  }

  /// The whole text.
  mutating func text() throws(MustacheError) -> [MustacheText.Node] {
    try nodes(until: nil)
  }

  private struct RawTag {
    var sign: UInt8
    var content: ArraySlice<UInt8>
    var start: Int
    var end: Int
  }

  private mutating func nodes(
    until section: MustacheText.Tag?
  ) throws(MustacheError) -> [MustacheText.Node] {
    var result: [MustacheText.Node] = []
    while let tag = try nextTag(into: &result) {
      switch tag.sign {
      case 0x23, 0x5E:
        result.append(try block(tag))
      case 0x2F:
        let name = try name(of: tag)
        guard let section else {
          throw MustacheError(offset: tag.start, message: "{{/\(text(name))}} closes no section")
        }
        guard name.path == section.path else {
          throw MustacheError(
            offset: tag.start,
            message: "{{/\(text(name))}} stands where {{/\(text(section))}} must close a section")
        }
        return result
      case 0x21:
        continue
      case 0x3E, 0x3D, 0x24, 0x3C:
        let tagText = String(decoding: bytes[tag.start..<tag.end], as: UTF8.self)
        throw MustacheError(
          offset: tag.start,
          message: "\(tagText) is not supported: templates have variables, sections and comments")
      default:
        let isEscaped = tag.sign == 0
        result.append(.variable(try name(of: tag), isEscaped: isEscaped))
      }
    }
    if let section {
      throw MustacheError(
        offset: section.offset,
        message: "section \(text(section)) is not closed by "
          + "{{/\(text(section))}}")
    }
    return result
  }

  private mutating func block(_ tag: RawTag) throws(MustacheError) -> MustacheText.Node {
    let name = try name(of: tag)
    guard depth < 16 else {
      throw MustacheError(offset: tag.start, message: "sections nest more than 16 deep")
    }
    depth += 1
    let inner = try nodes(until: name)
    depth -= 1
    return tag.sign == 0x23 ? .section(name, inner) : .inverted(name, inner)
  }

  /// Appends the text before the next tag and steps over the tag.
  private mutating func nextTag(
    into result: inout [MustacheText.Node]
  ) throws(MustacheError) -> RawTag? {
    guard let start = find([0x7B, 0x7B], from: position) else {
      append(position..<bytes.count, to: &result)
      position = bytes.count
      return nil
    }
    let isTriple = start + 2 < bytes.count && bytes[start + 2] == 0x7B
    let close: [UInt8] = isTriple ? [0x7D, 0x7D, 0x7D] : [0x7D, 0x7D]
    guard let end = find(close, from: start + 2) else {
      throw MustacheError(offset: start, message: "a tag is opened by {{ and never closed by }}")
    }
    var content = bytes[(start + (isTriple ? 3 : 2))..<end]
    var sign: UInt8 = isTriple ? 0x26 : 0
    if !isTriple, let first = content.first, isSign(first) {
      sign = first
      content = content.dropFirst()
    }
    let tag = RawTag(sign: sign, content: content, start: start, end: end + close.count)
    let isBlock = [0x23, 0x5E, 0x2F, 0x21].contains(sign)
    let line = isBlock ? standaloneLine(around: tag) : nil
    append(position..<max(position, line?.lowerBound ?? start), to: &result)
    position = line?.upperBound ?? tag.end
    return tag
  }

  /// The whole line of a tag that stands alone on it: such a line leaves nothing behind.
  private func standaloneLine(around tag: RawTag) -> Range<Int>? {
    var start = tag.start
    while start > position, isBlank(bytes[start - 1]) { start -= 1 }
    guard start == 0 || bytes[start - 1] == 0x0A else { return nil }
    var end = tag.end
    while end < bytes.count, isBlank(bytes[end]) { end += 1 }
    if end < bytes.count, bytes[end] == 0x0D { end += 1 }
    if end == bytes.count { return start..<end }
    return bytes[end] == 0x0A ? start..<(end + 1) : nil
  }

  private func name(of tag: RawTag) throws(MustacheError) -> MustacheText.Tag {
    var content = tag.content
    while let first = content.first, isBlank(first) { content = content.dropFirst() }
    while let last = content.last, isBlank(last) { content = content.dropLast() }
    if content.elementsEqual([0x2E]) {
      return MustacheText.Tag(path: [], offset: tag.start)
    }
    let parts = content.split(separator: 0x2E, omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { !$0.isEmpty && $0.allSatisfy(isNameByte) }
    guard isPlain, !parts.isEmpty else {
      let tagText = String(decoding: bytes[tag.start..<tag.end], as: UTF8.self)
      throw MustacheError(
        offset: tag.start, message: "\(tagText) does not name a variable: use {{name}}")
    }
    let path = parts.map { String(decoding: $0, as: UTF8.self) }
    return MustacheText.Tag(path: path, offset: tag.start)
  }

  private func text(_ tag: MustacheText.Tag) -> String {
    tag.path.isEmpty ? "." : tag.path.joined(separator: ".")
  }

  private func append(_ range: Range<Int>, to result: inout [MustacheText.Node]) {
    guard !range.isEmpty else { return }
    result.append(.text(String(decoding: bytes[range], as: UTF8.self)))
  }

  private func find(_ pattern: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + pattern.count <= bytes.count {
      if bytes[index..<(index + pattern.count)].elementsEqual(pattern) { return index }
      index += 1
    }
    return nil
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private func isSign(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x23, 0x5E, 0x2F, 0x21, 0x26, 0x3E, 0x3D, 0x24, 0x3C: true
    default: false
    }
  }
}
