/// The optionals extension.
enum OptionalFunctions {
  static let table: [String: Builtin] = [
    "optional.none/0": .variadic { (_, _) throws(EvaluationError) in .optional(nil) },
    "optional.of/1": .unary { (value, _) throws(EvaluationError) in .optional(value) },
    "optional.ofNonZeroValue/1": .unary { (value, _) throws(EvaluationError) in
      .optional(value.isZero ? nil : value)
    },
    "optional.unwrap/1": .unary(unwrap), ".unwrapOpt/1": .unary(unwrap),
    ".hasValue/1": .unary { (value, _) throws(EvaluationError) in
      .bool(try value.optionalContent() != nil)
    },
    ".value/1": .unary { (value, _) throws(EvaluationError) in
      guard let content = try value.optionalContent() else {
        throw EvaluationError(.invalidArgument, "value() of an optional that is none")
      }
      return content
    },
  ]

  private static func unwrap(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    var contents: [Value] = []
    for element in try ListFunctions.list(value, "optional.unwrap") {
      if let content = try element.optionalContent() { contents.append(content) }
    }
    return .list(contents)
  }
}

/// `o.or(p)` and `o.orValue(x)`: the alternative is evaluated only if it is needed.
final class AlternativeNode: Node, @unchecked Sendable {
  private let operand: Node
  private let alternative: Node
  private let givesOptional: Bool
  private let offset: Int

  init(operand: Node, alternative: Node, givesOptional: Bool, offset: Int) {
    self.operand = operand
    self.alternative = alternative
    self.givesOptional = givesOptional
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let first = try operand.value(&frame)
    guard case .optional(let content) = first else {
      throw Builtin.refusal(givesOptional ? "or" : "orValue", first).located(offset)
    }
    if let content { return givesOptional ? first : content }
    let other = try alternative.value(&frame)
    if givesOptional, case .optional = other { return other }
    guard !givesOptional else { throw Builtin.refusal("or", first, other).located(offset) }
    return other
  }
}
