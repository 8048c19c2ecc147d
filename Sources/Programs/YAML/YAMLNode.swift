/// A place in a file of the program.
struct Place: Hashable, Sendable {
  var file: String
  /// From 1.
  var line: Int
  /// In code points, from 1.
  var column: Int
}

/// A YAML node with its place. Keys are strings; anchors, aliases and tags are refused before.
struct YAMLNode: Sendable {
  enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    case mapping([YAMLEntry])
  }

  var content: Content
  /// Where it begins; for a scalar the opening quote or the `|`.
  var place: Place

  /// What it is, for messages.
  var kindName: String {
    switch content {
    case .scalar(let scalar): scalar.resolved == .null ? "nothing" : "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }

  var scalar: YAMLScalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  var entries: [YAMLEntry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  var elements: [YAMLNode]? {
    if case .sequence(let elements) = content { elements } else { nil }
  }

  /// Whether nothing stands there (`key:` or `key: null`).
  var isNull: Bool { scalar?.resolved == .null }

  /// The value of a key; nil if it is no mapping or has no such key.
  subscript(key: String) -> YAMLNode? {
    entries?.first { $0.key == key }?.value
  }
}

/// A key and its value.
struct YAMLEntry: Sendable {
  var key: String
  var keyPlace: Place
  var value: YAMLNode
}

/// A scalar as written.
struct YAMLScalar: Hashable, Sendable {
  enum Style: Sendable {
    case plain, singleQuoted, doubleQuoted, literal, folded
  }

  /// The text after unquoting and folding.
  var text: String
  var style: Style

  /// What a scalar means as a value.
  enum Resolved: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    case string(String)
    /// Looks like a number but is written in a way that other tools read differently.
    case oddNumber
  }

  /// The value by the format's own rule, which is YAML 1.2's core schema without its odd numbers:
  /// only a plain scalar is anything but a string.
  var resolved: Resolved {
    guard style == .plain else { return .string(text) }
    switch text {
    case "", "~", "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: return number ?? .string(text)
    }
  }

  /// nil if the text does not look like a number.
  private var number: Resolved? {
    var rest = Array(text.utf8)[...]
    let isPositive = rest.first == 0x2B
    if isPositive || rest.first == 0x2D { rest = rest.dropFirst() }
    let whole = rest.prefix(while: isDigit)
    let tail = rest.dropFirst(whole.count)
    if isCanonical(whole: whole, tail: tail) {
      if isPositive { return .oddNumber }
      if tail.isEmpty { return Int64(text).map(Resolved.int) ?? .oddNumber }
      guard let value = Double(text), value.isFinite else { return .oddNumber }
      return .double(value)
    }
    return isOdd(whole: whole, tail: tail) ? .oddNumber : nil
  }

  /// `007`, `.5`, `5.`, `1_000`, `1,000`, `0x1F`, `0o17`: numbers to some tools and not to others.
  private func isOdd(whole: ArraySlice<UInt8>, tail: ArraySlice<UInt8>) -> Bool {
    if whole.isEmpty {
      return tail.first == 0x2E && tail.count > 1 && tail.dropFirst().allSatisfy(isDigit)
    }
    if whole.elementsEqual([0x30]), tail.first == 0x78 || tail.first == 0x6F {
      return tail.count > 1
    }
    if tail.isEmpty || tail.elementsEqual([0x2E]) { return true }
    return tail.allSatisfy { isDigit($0) || $0 == 0x5F || $0 == 0x2C }
  }

  /// Digits without a leading zero, then a fraction, an exponent, or both.
  private func isCanonical(whole: ArraySlice<UInt8>, tail: ArraySlice<UInt8>) -> Bool {
    guard !whole.isEmpty, whole.count == 1 || whole.first != 0x30 else { return false }
    var rest = tail
    if rest.first == 0x2E {
      rest = rest.dropFirst()
      let digits = rest.prefix(while: isDigit)
      guard !digits.isEmpty else { return false }
      rest = rest.dropFirst(digits.count)
    }
    if rest.first == 0x65 || rest.first == 0x45 {
      rest = rest.dropFirst()
      if rest.first == 0x2D || rest.first == 0x2B { rest = rest.dropFirst() }
      let digits = rest.prefix(while: isDigit)
      guard !digits.isEmpty else { return false }
      rest = rest.dropFirst(digits.count)
    }
    return rest.isEmpty
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }
}
