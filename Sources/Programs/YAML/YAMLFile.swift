internal import Yams

/// A YAML file of a program: its tree, and its text for finding places inside scalars.
struct YAMLFile {
  let name: String
  /// The lines without their ends, as code points.
  let lines: [[Unicode.Scalar]]
  let root: YAMLNode

  /// Parses the bytes of the file `name`.
  ///
  /// - Parameter nodesLeft: How many nodes may still come; what this file has is taken off.
  /// - Throws: The first problem; a file that is no YAML has no more than one.
  init(name: String, bytes: [UInt8], nodesLeft: inout Int) throws(ProgramProblem) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw YAMLFile.invalidText(name: name, bytes: bytes)
    }
    self.name = name
    lines = YAMLFile.lines(of: text)
    if let anchor = YAMLFile.sharedAnchor(in: lines) {
      throw ProgramProblem(
        file: name, line: anchor.line, column: anchor.column,
        message: "the anchor &\(anchor.name) is used by an alias",
        mend: "aliases are not part of the format: write the value where it is used")
    }
    let node: Node?
    do {
      node = try Parser(yaml: text, resolver: .basic).singleRoot()
    } catch let error as YamlError {
      throw YAMLFile.problem(error, name: name, lines: lines)
    } catch {
      throw ProgramProblem(
        file: name, line: 1, column: 1, message: "is not YAML: \(error)")
    }
    guard let node else {
      throw ProgramProblem(
        file: name, line: 1, column: 1, message: "the file is empty",
        mend: "write the program as Projections/Programs/README.md says")
    }
    var converter = YAMLConverter(file: name, nodesLeft: nodesLeft)
    root = try converter.node(node, depth: 0)
    nodesLeft = converter.nodesLeft
  }

  /// Splits where libyaml counts a new line: CR LF, LF, CR, NEL, LS and PS.
  private static func lines(of text: String) -> [[Unicode.Scalar]] {
    var lines: [[Unicode.Scalar]] = [[]]
    var last: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n" where last == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": lines.append([])
      default: lines[lines.count - 1].append(scalar)
      }
      last = scalar
    }
    return lines
  }

  private static func invalidText(name: String, bytes: [UInt8]) -> ProgramProblem {
    let repaired = String(decoding: bytes, as: UTF8.self)
    // The first byte that repairing changed is the first that is wrong.
    var offset = 0
    for (byte, other) in zip(bytes, repaired.utf8) {
      if byte != other { break }
      offset += 1
    }
    let before = String(decoding: bytes[..<offset], as: UTF8.self)
    let lines = lines(of: before)
    return ProgramProblem(
      file: name, line: lines.count, column: (lines.last?.count ?? 0) + 1,
      message: "the file is not UTF-8 from here on", mend: "save it as UTF-8")
  }

  /// An anchor that an alias of the same name uses. They are looked for before parsing, because a
  /// few aliases of aliases make a tree that no limit on its nodes would stop in time. `&&` and `*`
  /// of expressions and `&nbsp;` of templates are no such pair.
  private static func sharedAnchor(
    in lines: [[Unicode.Scalar]]
  ) -> (name: String, line: Int, column: Int)? {
    var aliases: Set<String> = []
    for line in lines {
      for (name, _) in names(after: "*", in: line) { aliases.insert(name) }
    }
    if aliases.isEmpty { return nil }
    for (index, line) in lines.enumerated() {
      for (name, column) in names(after: "&", in: line) where aliases.contains(name) {
        return (name, index + 1, column)
      }
    }
    return nil
  }

  private static func names(
    after sign: Unicode.Scalar, in line: [Unicode.Scalar]
  ) -> [(name: String, column: Int)] {
    var result: [(name: String, column: Int)] = []
    for index in line.indices where line[index] == sign {
      guard index == 0 || " \t[]{},:-?!\u{FEFF}".unicodeScalars.contains(line[index - 1]) else {
        continue
      }
      let name = line[(index + 1)...].prefix { !" \t[]{},".unicodeScalars.contains($0) }
      if !name.isEmpty {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: name)
        result.append((String(text), index + 1))
      }
    }
    return result
  }

  private static func problem(
    _ error: YamlError, name: String, lines: [[Unicode.Scalar]]
  ) -> ProgramProblem {
    func at(
      _ line: Int, _ column: Int, _ message: String, _ mend: String?
    ) -> ProgramProblem {
      ProgramProblem(
        file: name, line: max(1, line), column: max(1, column), message: message, mend: mend)
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      let mend = "quote texts that hold \": \", \" #\", or begin with a sign of YAML's own"
      return at(mark.line, mark.column, "not YAML: \(problem)", mend)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let key = duplicates.first ?? ""
      return at(
        context.mark.line, context.mark.column,
        "the key \"\(key)\" stands more than once in this mapping",
        "keep one of them")
    case .reader(let problem, _, let value, _):
      let place = unreadable(UInt32(bitPattern: value), lines)
      return at(place.line, place.column, "not YAML: \(problem)", "remove the character")
    default:
      return at(1, 1, "not YAML: \(error)", nil)
    }
  }

  /// Where the character that libyaml's reader refuses first stands.
  private static func unreadable(
    _ value: UInt32, _ lines: [[Unicode.Scalar]]
  ) -> (line: Int, column: Int) {
    for (index, line) in lines.enumerated() {
      if let column = line.firstIndex(where: { $0.value == value }) {
        return (index + 1, column + 1)
      }
    }
    return (1, 1)
  }
}

/// The tags of nodes without a tag, as Yams gives them once it has looked at them.
private let plainTags: Set<String> = [
  "", "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:map",
]

/// Turns Yams' tree into the format's own, counting nodes.
private struct YAMLConverter {
  let file: String
  var nodesLeft: Int

  mutating func node(_ node: Node, depth: Int) throws(ProgramProblem) -> YAMLNode {
    let place = Place(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    nodesLeft -= 1
    guard nodesLeft >= 0 else {
      throw problem(place, "the program has more than \(ProgramLimits.nodes) YAML nodes", nil)
    }
    guard depth < ProgramLimits.yamlDepth else {
      throw problem(place, "lists and mappings nest deeper than \(ProgramLimits.yamlDepth)", nil)
    }
    guard node.anchor == nil, plainTags.contains(node.tag.rawValue) else {
      throw problem(
        place, "anchors, aliases and tags are not part of the format",
        "write the value where it is used")
    }
    switch node {
    case .scalar(let scalar):
      let style = YAMLScalar.Style(scalar.style)
      return YAMLNode(content: .scalar(YAMLScalar(text: scalar.string, style: style)), place: place)
    case .sequence(let sequence):
      var elements: [YAMLNode] = []
      for element in sequence { elements.append(try self.node(element, depth: depth + 1)) }
      return YAMLNode(content: .sequence(elements), place: place)
    case .mapping(let mapping):
      var entries: [YAMLEntry] = []
      var keys: Set<String> = []
      for (key, value) in mapping { entries.append(try entry(key, value, &keys, depth)) }
      return YAMLNode(content: .mapping(entries), place: place)
    case .alias:
      throw problem(place, "aliases are not part of the format", nil)
    }
  }

  private mutating func entry(
    _ key: Node, _ value: Node, _ keys: inout Set<String>, _ depth: Int
  ) throws(ProgramProblem) -> YAMLEntry {
    let key = try node(key, depth: depth + 1)
    guard case .scalar(let scalar) = key.content, !scalar.text.isEmpty else {
      throw problem(key.place, "a key must be a single value, not \(key.kindName)", nil)
    }
    guard keys.insert(scalar.text).inserted else {
      throw problem(
        key.place, "the key \"\(scalar.text)\" stands more than once in this mapping",
        "keep one of them")
    }
    let value = try node(value, depth: depth + 1)
    return YAMLEntry(key: scalar.text, keyPlace: key.place, value: value)
  }

  private func problem(_ place: Place, _ message: String, _ mend: String?) -> ProgramProblem {
    ProgramProblem(
      file: place.file, line: place.line, column: place.column, message: message, mend: mend)
  }
}

extension YAMLScalar.Style {
  fileprivate init(_ style: Node.Scalar.Style) {
    switch style {
    case .singleQuoted: self = .singleQuoted
    case .doubleQuoted: self = .doubleQuoted
    case .literal: self = .literal
    case .folded: self = .folded
    default: self = .plain
    }
  }
}
