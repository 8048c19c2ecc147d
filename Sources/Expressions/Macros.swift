extension Parser {
  /// The names of the macros, for suggestions.
  static let macroNames = [
    "has", "all", "exists", "exists_one", "existsOne", "map", "filter", "sortBy",
    "transformList", "transformMap", "transformMapEntry", "optMap", "optFlatMap", "cel.bind",
    "math.greatest", "math.least",
  ]

  /// What a call that is a macro stands for; nil if it is a plain call.
  ///
  /// The standard macros (cel-spec langdef, "Macros"), those of two variables, and those of the
  /// extensions bindings, optionals, math, lists and the block of common subexpressions.
  mutating func expandMacro(
    _ name: String, target: Syntax?, _ arguments: [Syntax], at offset: Int
  ) throws(ExpressionError) -> Syntax? {
    guard let target else {
      return name == "has" && arguments.count == 1
        ? try expandHas(arguments[0], at: offset) : nil
    }
    if case .identifier(let namespace, _) = target.kind {
      let expansion = try expandNamespaced(namespace, name, arguments, at: offset)
      if let expansion { return expansion }
    }
    switch (name, arguments.count) {
    case ("optMap", 2), ("optFlatMap", 2):
      return try expandOptionalMap(
        target, arguments, isFlat: name == "optFlatMap", at: offset)
    default:
      return try expandComprehension(name, target, arguments, at: offset)
    }
  }

  private mutating func expandHas(
    _ argument: Syntax, at offset: Int
  ) throws(ExpressionError) -> Syntax {
    guard case .select(let operand, let field, isTest: false, isOptional: false) = argument.kind
    else {
      throw source.error(
        "has() takes a selection such as has(event.coupon)", at: argument.offset)
    }
    return try node(
      .select(operand, field: field, isTest: true, isOptional: false), at: argument.offset)
  }

  private mutating func expandComprehension(
    _ name: String, _ target: Syntax, _ arguments: [Syntax], at offset: Int
  ) throws(ExpressionError) -> Syntax? {
    typealias Purpose = Syntax.Comprehension.Purpose
    let purpose: Purpose
    var variables = 1
    switch (name, arguments.count) {
    case ("all", 2): purpose = .all
    case ("exists", 2): purpose = .exists
    case ("exists_one", 2), ("existsOne", 2): purpose = .existsOne
    case ("map", 2), ("map", 3): purpose = .map
    case ("filter", 2): purpose = .filter
    case ("sortBy", 2): purpose = .sortBy
    case ("all", 3): (purpose, variables) = (.all, 2)
    case ("exists", 3): (purpose, variables) = (.exists, 2)
    case ("exists_one", 3), ("existsOne", 3): (purpose, variables) = (.existsOne, 2)
    case ("transformList", 3), ("transformList", 4): (purpose, variables) = (.transformList, 2)
    case ("transformMap", 3), ("transformMap", 4): (purpose, variables) = (.transformMap, 2)
    case ("transformMapEntry", 3), ("transformMapEntry", 4):
      (purpose, variables) = (.transformMapEntry, 2)
    default: return nil
    }
    let first = try variable(arguments[0])
    let second = variables == 2 ? try variable(arguments[1]) : nil
    if let second, sameText(first, second) {
      throw source.error("the two variables need different names", at: arguments[1].offset)
    }
    var condition: Syntax?
    var result: Syntax?
    let bodies = arguments.dropFirst(variables)
    switch purpose {
    case .all, .exists, .existsOne, .filter: condition = bodies.first
    case .map, .sortBy, .transformList, .transformMap, .transformMapEntry:
      result = bodies.last
      condition = bodies.count == 2 ? bodies.first : nil
    }
    let comprehension = Syntax.Comprehension(
      purpose: purpose, range: target, first: first, second: second, condition: condition,
      result: result)
    return try node(.comprehension(comprehension), at: offset)
  }

  /// The simple name that a macro's argument gives to a variable.
  private func variable(_ argument: Syntax) throws(ExpressionError) -> String {
    guard case .identifier(let name, isAbsolute: false) = argument.kind else {
      throw source.error("a simple name is expected for the variable", at: argument.offset)
    }
    return name
  }

  /// `o.optMap(v, f)` is `o.hasValue() ? optional.of(f) : optional.none()` with v for `o.value()`;
  /// optFlatMap leaves out the `optional.of`.
  private mutating func expandOptionalMap(
    _ target: Syntax, _ arguments: [Syntax], isFlat: Bool, at offset: Int
  ) throws(ExpressionError) -> Syntax {
    let name = try variable(arguments[0])
    // The hidden name holds a sign that no source can write.
    let hidden = "@target\(target.id)"
    func targetCall(_ function: String) throws(ExpressionError) -> Syntax {
      let reference = try node(.identifier(hidden, isAbsolute: false), at: target.offset)
      return try node(.call(function, target: reference, arguments: []), at: offset)
    }
    let body = try node(
      .binding(name: name, value: try targetCall("value"), body: arguments[1]), at: offset)
    let some =
      isFlat
      ? body : try node(.call(".optional.of", target: nil, arguments: [body]), at: offset)
    let none = try node(.call(".optional.none", target: nil, arguments: []), at: offset)
    let choice = try node(
      .conditional(try targetCall("hasValue"), some, none), at: offset)
    return try node(.binding(name: hidden, value: target, body: choice), at: offset)
  }

  private mutating func expandNamespaced(
    _ namespace: String, _ name: String, _ arguments: [Syntax], at offset: Int
  ) throws(ExpressionError) -> Syntax? {
    switch (namespace, name, arguments.count) {
    case ("cel", "bind", 3):
      let variable = try variable(arguments[0])
      return try node(
        .binding(name: variable, value: arguments[1], body: arguments[2]), at: offset)
    case ("cel", "block", 2): return try expandBlock(arguments, at: offset)
    case ("cel", "index", 1):
      let name = "@index\(try number(arguments[0]))"
      return try node(.identifier(name, isAbsolute: false), at: offset)
    case ("cel", "iterVar", 2), ("cel", "accuVar", 2):
      let numbers = "\(try number(arguments[0])):\(try number(arguments[1]))"
      return try node(.identifier("@\(name):\(numbers)", isAbsolute: false), at: offset)
    case ("math", "greatest", 1...), ("math", "least", 1...):
      let function = name == "greatest" ? ".math.@max" : ".math.@min"
      guard arguments.count > 2 else {
        return try node(.call(function, target: nil, arguments: arguments), at: offset)
      }
      let list = try node(
        .list(arguments.map { .init(value: $0, isOptional: false) }), at: offset)
      return try node(.call(function, target: nil, arguments: [list]), at: offset)
    default: return nil
    }
  }

  private func number(_ argument: Syntax) throws(ExpressionError) -> Int64 {
    guard case .literal(.int(let number)) = argument.kind, number >= 0 else {
      throw source.error("a whole number is expected here", at: argument.offset)
    }
    return number
  }

  /// `cel.block([a, b], r)` binds a, then b (which may read a), then gives r.
  private mutating func expandBlock(
    _ arguments: [Syntax], at offset: Int
  ) throws(ExpressionError) -> Syntax {
    guard case .list(let elements) = arguments[0].kind else {
      throw source.error("cel.block takes a list of expressions first", at: arguments[0].offset)
    }
    var body = arguments[1]
    for (index, element) in elements.enumerated().reversed() {
      body = try node(
        .binding(name: "@index\(index)", value: element.value, body: body), at: offset)
    }
    return body
  }
}
