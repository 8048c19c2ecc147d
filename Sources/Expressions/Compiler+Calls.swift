extension Compiler {
  mutating func call(
    _ tree: Syntax, _ function: String, _ target: Syntax?, _ arguments: [Syntax]
  ) throws(ExpressionError) -> Node {
    switch checked.resolutions[tree.id] {
    case .host(let position, let isMember):
      let host = declarations.functions[position]
      let operands = (isMember ? target.map { [$0] } ?? [] : []) + arguments
      return HostCallNode(
        slot: slot(ofFunction: host.name), cost: Int(max(0, min(host.cost, 1 << 40))),
        arguments: try nodes(operands), offset: tree.offset)
    case .builtin(let name, let isMember):
      let operands = (isMember ? target.map { [$0] } ?? [] : []) + arguments
      return try builtin(tree, name, isMember: isMember, try nodes(operands))
    case .unknown(let error): return FailureNode(error)
    case .local, .variable, .type, nil:
      return FailureNode(EvaluationError(.undeclared, function, offset: tree.offset))
    }
  }

  private mutating func builtin(
    _ tree: Syntax, _ name: String, isMember: Bool, _ operands: [Node]
  ) throws(ExpressionError) -> Node {
    if let node = operation(tree, name, operands) { return node }
    if isMember, operands.count == 2, name == "or" || name == "orValue" {
      return AlternativeNode(
        operand: operands[0], alternative: operands[1], givesOptional: name == "or",
        offset: tree.offset)
    }
    if name == "matches", operands.count == 2, case .string(let text) = operands[1].constant {
      return try match(tree, operands[0], text)
    }
    if isMember, name.hasPrefix("get"), operands.count == 2 {
      noteTimeZone(operands[1], at: tree.offset)
    }
    switch Builtin.named(name, isMember: isMember, count: operands.count) {
    case .unary(let function):
      return folded(
        UnaryCallNode(function: function, argument: operands[0], offset: tree.offset), operands)
    case .binary(let function):
      return folded(
        BinaryCallNode(
          function: function, first: operands[0], second: operands[1], offset: tree.offset),
        operands)
    case .variadic(let function):
      return folded(
        VariadicCallNode(function: function, arguments: operands, offset: tree.offset), operands)
    case nil:
      let problem = "\(name) with \(operands.count) arguments"
      return FailureNode(EvaluationError(.noSuchOverload, problem, offset: tree.offset))
    }
  }

  /// The node of an operator; nil if `name` is none.
  private func operation(_ tree: Syntax, _ name: String, _ operands: [Node]) -> Node? {
    let offset = tree.offset
    if let arithmetic = arithmetics[name] {
      return folded(
        ArithmeticNode(
          left: operands[0], right: operands[1], operation: arithmetic, offset: offset),
        operands)
    }
    if let relation = relations[name] {
      return OrderNode(
        left: operands[0], right: operands[1], relation: relation, offset: offset)
    }
    switch name {
    case "_==_", "_!=_":
      if case .string(let text) = operands[1].constant {
        return TextEqualityNode(operand: operands[0], text: text, isNegated: name == "_!=_")
      }
      return EqualityNode(left: operands[0], right: operands[1], isNegated: name == "_!=_")
    case "!_": return NotNode(operand: operands[0])
    case "-_": return folded(NegationNode(operand: operands[0], offset: offset), operands)
    case "@in":
      return MembershipNode(element: operands[0], container: operands[1], offset: offset)
    case "_[_]", "_[?_]":
      return folded(
        IndexNode(
          operand: operands[0], index: operands[1], givesOptional: name == "_[?_]",
          offset: offset), operands)
    default: return nil
    }
  }

  private func match(
    _ tree: Syntax, _ text: Node, _ pattern: String
  ) throws(ExpressionError) -> Node {
    do {
      return MatchNode(text: text, pattern: try Pattern(pattern), offset: tree.offset)
    } catch {
      throw source.error(
        "'\(pattern)' is no regular expression: \(error.message)", at: tree.offset)
    }
  }

  mutating func comprehension(
    _ tree: Syntax, _ comprehension: Syntax.Comprehension
  ) throws(ExpressionError) -> Node {
    let range = try node(comprehension.range)
    let condition = try comprehension.condition.map { (tree) throws(ExpressionError) in
      try node(tree)
    }
    let result = try comprehension.result.map { (tree) throws(ExpressionError) in
      try node(tree)
    }
    let slot = checked.slots[tree.id] ?? 0
    let hasSecond = comprehension.second != nil
    let form: TransformationNode.Form
    switch (comprehension.purpose, condition) {
    case (.all, let condition?), (.exists, let condition?):
      return QuantifierNode(
        range: range, condition: condition, slot: slot, hasSecond: hasSecond,
        decisive: comprehension.purpose == .exists, offset: tree.offset)
    case (.existsOne, let condition?):
      return ExactlyOneNode(
        range: range, condition: condition, slot: slot, hasSecond: hasSecond,
        offset: tree.offset)
    case (.transformMap, _): form = .mapOfKeys
    case (.transformMapEntry, _): form = .mapOfEntries
    case (.sortBy, _): form = .sorted
    default: form = .list
    }
    return TransformationNode(
      range: range, condition: condition, result: result, slot: slot, hasSecond: hasSecond,
      form: form, offset: tree.offset)
  }
}

private let arithmetics: [String: Arithmetic] = [
  "_+_": .add, "_-_": .subtract, "_*_": .multiply, "_/_": .divide, "_%_": .remainder,
]

private let relations: [String: OrderNode.Relation] = [
  "_<_": .less, "_<=_": .lessOrEqual, "_>_": .greater, "_>=_": .greaterOrEqual,
]
