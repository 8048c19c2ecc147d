/// `matches` of the standard library and the regex extension. Patterns are in RE2's syntax.
enum PatternFunctions {
  static let table: [String: Builtin] = [
    "matches/2": .binary(matches), ".matches/2": .binary(matches),
    "regex.replace/3": .variadic(replace), "regex.replace/4": .variadic(replace),
    "regex.extract/2": .binary { (text, pattern, frame) throws(EvaluationError) in
      .optional(try extractAll(text, pattern, limit: 1, &frame).first)
    },
    "regex.extractAll/2": .binary { (text, pattern, frame) throws(EvaluationError) in
      .list(try extractAll(text, pattern, limit: .max, &frame))
    },
  ]

  /// Compiles a pattern that is known only now, at a price.
  static func compile(_ value: Value, _ frame: inout Frame) throws(EvaluationError) -> Pattern {
    let text = try TextFunctions.text(value, "matches")
    try frame.budget.charge(100 + text.utf8.count * 16)
    let pattern: Pattern
    do {
      pattern = try Pattern(text)
    } catch {
      throw EvaluationError(
        .invalidArgument, "\(value.shortText) is no regular expression: \(error.message)")
    }
    try frame.budget.charge(pattern.instructions.count)
    return pattern
  }

  private static func matches(
    _ text: Value, _ pattern: Value, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let text = try TextFunctions.text(text, "matches")
    return .bool(try compile(pattern, &frame).matches(text, &frame.budget))
  }

  /// Each match's only group, or the whole match if the pattern has none.
  private static func extractAll(
    _ text: Value, _ pattern: Value, limit: Int, _ frame: inout Frame
  ) throws(EvaluationError) -> [Value] {
    let scalars = try TextFunctions.scalars(text, "regex.extract", &frame)
    let pattern = try compile(pattern, &frame)
    guard pattern.groupCount <= 1 else {
      throw EvaluationError(
        .invalidArgument, "regex.extract takes a pattern with one group at most")
    }
    var found: [Value] = []
    var position = 0
    while found.count < limit, position <= scalars.count,
      let match = try pattern.firstMatch(in: scalars, from: position, &frame.budget)
    {
      let group = pattern.groupCount * 2
      if match[group] >= 0 {
        found.append(TextFunctions.make(scalars[match[group]..<match[group + 1]]))
      }
      position = match[1] > match[0] ? match[1] : match[1] + 1
    }
    return found
  }

  /// Replaces matches by a text in which `\0` to `\9` stand for the groups.
  private static func replace(
    _ arguments: [Value], _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let scalars = try TextFunctions.scalars(arguments[0], "regex.replace", &frame)
    let pattern = try compile(arguments[1], &frame)
    let template = try TextFunctions.scalars(arguments[2], "regex.replace", &frame)
    var limit = Int.max
    if arguments.count == 4 {
      guard case .int(let count) = arguments[3] else {
        throw Builtin.refusal("regex.replace", arguments[3])
      }
      if count >= 0 { limit = Int(count) }
    }
    var made: [Unicode.Scalar] = []
    var position = 0
    var copied = 0
    while limit > 0, position <= scalars.count,
      let match = try pattern.firstMatch(in: scalars, from: position, &frame.budget)
    {
      made += scalars[copied..<match[0]]
      made += try expansion(template, match, scalars)
      try frame.budget.charge(1 + made.count / 64)
      copied = match[1]
      position = match[1] > match[0] ? match[1] : match[1] + 1
      limit -= 1
    }
    return TextFunctions.make(made + scalars[copied...])
  }

  private static func expansion(
    _ template: [Unicode.Scalar], _ match: [Int], _ text: [Unicode.Scalar]
  ) throws(EvaluationError) -> [Unicode.Scalar] {
    var made: [Unicode.Scalar] = []
    var position = 0
    while position < template.count {
      let scalar = template[position]
      position += 1
      guard scalar == "\\" else {
        made.append(scalar)
        continue
      }
      let next = position < template.count ? template[position] : " "
      position += 1
      if next == "\\" {
        made.append(next)
      } else if next.value &- 0x30 <= 9, Int(next.value - 0x30) * 2 + 1 < match.count {
        let group = Int(next.value - 0x30) * 2
        if match[group] >= 0 { made += text[match[group]..<match[group + 1]] }
      } else {
        throw EvaluationError(
          .invalidArgument, "'\\' in a replacement is followed by '\\' or a group's number")
      }
    }
    return made
  }
}

/// `x.matches("…")` with a pattern that is known when the expression is compiled.
final class MatchNode: Node, @unchecked Sendable {
  private let text: Node
  private let pattern: Pattern
  private let offset: Int

  init(text: Node, pattern: Pattern, offset: Int) {
    self.text = text
    self.pattern = pattern
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let value = try text.value(&frame)
    do {
      let text = try TextFunctions.text(value, "matches")
      return .bool(try pattern.matches(text, &frame.budget))
    } catch {
      throw error.located(offset)
    }
  }
}
