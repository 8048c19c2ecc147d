internal import CivilTime
internal import Expressions

extension ProgramReader {
  /// A text; a number or flag that is written without quotes is taken as its text.
  func text(_ node: YAMLNode?, _ what: String) -> String {
    guard let node else { return "" }
    guard let scalar = node.scalar, scalar.resolved != .null else {
      report(node.place, "\(what) must be a text, not \(node.kindName)")
      return ""
    }
    return scalar.text
  }

  /// A name of letters, digits, `-` and `_` that begins with a letter.
  func name(_ node: YAMLNode?, _ what: String) -> String {
    guard let node else { return "" }
    let text = text(node, what)
    if !text.isEmpty { checkName(text, node.place, what) }
    return text
  }

  /// Reports a text that is no name.
  func checkName(_ text: String, _ place: Place, _ what: String) {
    let isName = text.utf8.first.map(isLetter) ?? false
    guard isName, text.utf8.allSatisfy(isNameByte), text.utf8.count <= ProgramLimits.nameBytes
    else {
      report(
        place, "\(what) \"\(text)\" is not a name",
        mend: "use letters, digits, - and _, a letter first, at most "
          + "\(ProgramLimits.nameBytes) bytes")
      return
    }
  }

  /// Reports a text that expressions cannot use as the name of a field or variable.
  func checkIdentifier(_ text: String, _ place: Place, _ what: String) {
    let isIdentifier = text.utf8.first.map { isLetter($0) || $0 == 0x5F } ?? false
    guard isIdentifier, text.utf8.allSatisfy({ isNameByte($0) && $0 != 0x2D }),
      text.utf8.count <= ProgramLimits.nameBytes
    else {
      report(
        place, "\(what) \"\(text)\" cannot be used in expressions",
        mend: "use letters, digits and _, a letter first, at most \(ProgramLimits.nameBytes) bytes")
      return
    }
    if reservedWords.contains(text) {
      report(
        place, "\(what) \"\(text)\" is a reserved word of expressions", mend: "use another name")
    }
  }

  /// One of a few words.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ node: YAMLNode?, _ what: String, default fallback: Choice
  ) -> Choice where Choice.RawValue == String {
    guard let node else { return fallback }
    let text = text(node, what)
    guard let choice = Choice(rawValue: text) else {
      let known = Choice.allCases.map(\.rawValue)
      if node.scalar != nil {
        report(
          node.place, "\(what) cannot be \"\(text)\"",
          mend: NearestName.mend(for: text, among: known))
      }
      return fallback
    }
    return choice
  }

  /// true or false.
  func flag(_ node: YAMLNode?, _ what: String, default fallback: Bool = false) -> Bool {
    guard let node else { return fallback }
    guard case .bool(let value) = node.scalar?.resolved else {
      report(node.place, "\(what) must be true or false, not \(shown(node))")
      return fallback
    }
    return value
  }

  /// A whole number in a range.
  func integer(_ node: YAMLNode?, _ what: String, in range: ClosedRange<Int>) -> Int {
    guard let node else { return range.lowerBound }
    guard case .int(let value) = node.scalar?.resolved, let number = Int(exactly: value) else {
      report(
        node.place, "\(what) must be a whole number, not \(shown(node))",
        mend: "write it with digits only")
      return range.lowerBound
    }
    guard range.contains(number) else {
      report(
        node.place,
        "\(what) is \(number), but must be from \(range.lowerBound) to \(range.upperBound)")
      return range.lowerBound
    }
    return number
  }

  /// A number.
  func number(_ node: YAMLNode?, _ what: String) -> Double {
    guard let node else { return 0 }
    switch node.scalar?.resolved {
    case .int(let value): return Double(value)
    case .double(let value): return value
    default:
      report(
        node.place, "\(what) must be a number, not \(shown(node))",
        mend: "write it as 5000, -1.5 or 2e3")
      return 0
    }
  }

  /// A percentage of at most two decimals, in basis points.
  func basisPoints(_ node: YAMLNode?, _ what: String) -> Int {
    guard let node else { return 0 }
    let mend = "write a number from 0 to 100 with at most two decimals, such as 5 or 12.25"
    guard let scalar = node.scalar, scalar.style == .plain else {
      report(node.place, "\(what) must be a number, not \(shown(node))", mend: mend)
      return 0
    }
    let parts = scalar.text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false)
    let isNumber = parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 &- 0x30 <= 9 } }
    guard isNumber, parts.count <= 2, parts[0].count <= 3, parts.count == 1 || parts[1].count <= 2
    else {
      report(node.place, "\(what) cannot be \(shown(node))", mend: mend)
      return 0
    }
    var points = 0
    for digit in parts[0] { points = points * 10 + Int(digit - 0x30) }
    let fraction = parts.count == 2 ? Array(parts[1]) : []
    for index in 0..<2 {
      points = points * 10 + (index < fraction.count ? Int(fraction[index] - 0x30) : 0)
    }
    if points > 10_000 { report(node.place, "\(what) cannot be \(shown(node))", mend: mend) }
    return min(points, 10_000)
  }

  /// A length of time in microseconds.
  func duration(_ node: YAMLNode?, _ what: String, allowsZero: Bool = false) -> Int64 {
    guard let node else { return 1 }
    guard let scalar = node.scalar, scalar.resolved != .null else {
      report(node.place, "\(what) must be a duration such as 30m or 7d, not \(node.kindName)")
      return 1
    }
    return duration(scalar.text, node.place, what, allowsZero: allowsZero)
  }

  /// A length of time in microseconds, from a text.
  func duration(_ text: String, _ place: Place, _ what: String, allowsZero: Bool) -> Int64 {
    do {
      let value = try DurationText(parsing: text).microseconds
      if value == 0, !allowsZero { report(place, "\(what) must be longer than nothing") }
      if value > ProgramLimits.durationMicroseconds {
        report(place, "\(what) is \(text); at most 36500d are allowed")
      }
      return max(value, allowsZero ? 0 : 1)
    } catch {
      report(place, "\(what): \(error)")
      return 1
    }
  }

  /// One event type or a list of them, sorted, without `"*"` unless it is allowed.
  func eventTypes(_ node: YAMLNode?, _ what: String, allowsAny: Bool = false) -> [String] {
    guard let node else { return [] }
    let nodes = node.elements ?? [node]
    if nodes.isEmpty { report(node.place, "\(what) names no event type") }
    if nodes.count > ProgramLimits.eventTypes {
      report(node.place, "\(what) names more than \(ProgramLimits.eventTypes) event types")
    }
    var types: [String] = []
    for node in nodes.prefix(ProgramLimits.eventTypes) {
      let type = text(node, "an event type of \(what)")
      guard !type.isEmpty else { continue }
      if !(allowsAny && type == "*") { checkEventType(type, node.place, what) }
      if types.contains(type) { report(node.place, "\(what) names \"\(type)\" twice") }
      types.append(type)
    }
    return sortedByBytes(types)
  }

  /// Reports a text that is no event type.
  func checkEventType(_ type: String, _ place: Place, _ what: String) {
    let isType = type.utf8.allSatisfy { isNameByte($0) || $0 == 0x2E || $0 == 0x3A || $0 == 0x2F }
    guard isType, type.utf8.count <= ProgramLimits.eventTypeBytes else {
      report(
        place, "\"\(type)\" in \(what) is not an event type",
        mend: "use letters, digits and . - _ : /, such as cart.updated")
      return
    }
  }

  /// The node as a message shows it.
  func shown(_ node: YAMLNode) -> String {
    node.scalar.map { "\"\($0.text.prefix(64))\"" } ?? node.kindName
  }
}

/// Letters of ASCII.
private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

/// CEL's words that cannot be identifiers (google/cel-spec, language definition, syntax).
let reservedWords: Set<String> = [
  "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import", "in",
  "let", "loop", "namespace", "null", "package", "return", "true", "var", "void", "while",
]
