/// Finds out what every name means and what type every node has (cel-spec langdef, "Gradual Type
/// Checking").
///
/// A lenient check refuses nothing: what it cannot resolve becomes `dyn`, or an error of
/// evaluation. It serves expressions whose check is switched off.
struct Checker {
  let source: SourceText
  let declarations: Declarations
  let functions: FunctionTable
  let isLenient: Bool
  var inference = Inference()
  var result: CheckedSyntax
  private var scope: [(name: String, type: ValueType, slot: Int)] = []

  /// Checks a tree.
  static func check(
    _ tree: Syntax, source: SourceText, declarations: Declarations, functions: FunctionTable,
    isLenient: Bool
  ) throws(ExpressionError) -> CheckedSyntax {
    // The root is made last and so has the highest number.
    var checker = Checker(
      source: source, declarations: declarations, functions: functions, isLenient: isLenient,
      result: CheckedSyntax(
        tree: tree, types: Array(repeating: .dyn, count: tree.id + 1), resolutions: [:],
        slots: [:], slotCount: 0))
    _ = try checker.type(of: tree)
    for index in checker.result.types.indices {
      checker.result.types[index] = checker.inference.resolved(checker.result.types[index])
    }
    return checker.result
  }

  private init(
    source: SourceText, declarations: Declarations, functions: FunctionTable, isLenient: Bool,
    result: CheckedSyntax
  ) {
    self.source = source
    self.declarations = declarations
    self.functions = functions
    self.isLenient = isLenient
    self.result = result
  }

  /// The type of a node, which is noted.
  mutating func type(of node: Syntax) throws(ExpressionError) -> ValueType {
    let type = try uncheckedType(of: node)
    guard !inference.isExhausted else {
      throw source.error("the types of the expression are too complex", at: node.offset)
    }
    result.types[node.id] = type
    return type
  }

  /// Refuses the expression, or in a lenient check goes on with `dyn`.
  func refuse(
    _ message: String, at offset: Int, suggestion: String? = nil
  ) throws(ExpressionError) -> ValueType {
    if isLenient { return .dyn }
    throw source.error(message, at: offset, suggestion: suggestion)
  }

  private mutating func uncheckedType(of node: Syntax) throws(ExpressionError) -> ValueType {
    switch node.kind {
    case .literal(let value): return Checker.type(of: value)
    case .identifier(let name, let isAbsolute):
      if let type = self.name(name, isAbsolute: isAbsolute, node) { return type }
      return try undeclared(name, node)
    case .select(let operand, let field, let isTest, let isOptional):
      return try selection(operand, field, isTest: isTest, isOptional: isOptional, node)
    case .call(let function, let target, let arguments):
      return try call(function, target, arguments, node)
    case .list(let elements): return try list(elements)
    case .map(let entries): return try map(entries)
    case .and(let operands), .or(let operands):
      for operand in operands { try require(.bool, operand) }
      return .bool
    case .conditional(let condition, let first, let second):
      try require(.bool, condition)
      let firstType = try type(of: first)
      let secondType = try type(of: second)
      let common = inference.unknown()
      guard inference.fit([firstType, secondType], [common, common]) else {
        let shown = "\(inference.resolved(firstType)) and \(inference.resolved(secondType))"
        return try refuse(
          "the two results of '?:' have different types: \(shown)", at: node.offset,
          suggestion: "make them one type, or wrap one in dyn(…)")
      }
      return common
    case .comprehension(let comprehension): return try self.comprehension(comprehension, node)
    case .binding(let name, let value, let body):
      let valueType = try type(of: value)
      let slot = newSlots(1, for: node)
      return try within([(name, valueType, slot)], body)
    }
  }

  /// Requires a node to have a type.
  mutating func require(_ wanted: ValueType, _ node: Syntax) throws(ExpressionError) {
    let found = try type(of: node)
    if !inference.fits(found, wanted) {
      _ = try refuse(
        "expected \(wanted) but found \(inference.resolved(found))", at: node.offset)
    }
  }

  /// New slots for the variables that a node introduces; the first one's number.
  mutating func newSlots(_ count: Int, for node: Syntax) -> Int {
    let slot = result.slotCount
    result.slotCount += count
    result.slots[node.id] = slot
    return slot
  }

  /// The type of `body` while the given variables are in scope.
  mutating func within(
    _ variables: [(name: String, type: ValueType, slot: Int)], _ body: Syntax
  ) throws(ExpressionError) -> ValueType {
    scope.append(contentsOf: variables)
    defer { scope.removeLast(variables.count) }
    return try type(of: body)
  }

  /// Whether a name without a dot in front is a local variable.
  func isLocal(_ name: String) -> Bool {
    scope.contains { sameText($0.name, name) }
  }

  /// The type of a name with or without dots; nil if it is not declared.
  private mutating func name(
    _ name: String, isAbsolute: Bool, _ node: Syntax
  ) -> ValueType? {
    if !isAbsolute, let local = scope.last(where: { sameText($0.name, name) }) {
      result.resolutions[node.id] = .local(local.slot)
      return local.type
    }
    for candidate in candidates(name, isAbsolute: isAbsolute) {
      if let type = declarations.variables[candidate] {
        result.resolutions[node.id] = .variable(candidate)
        return type
      }
      if let type = typeNames[candidate] {
        result.resolutions[node.id] = .type(TypeValue(candidate))
        return .type(type)
      }
    }
    return nil
  }

  /// The full names that a name may stand for, in their order.
  func candidates(_ name: String, isAbsolute: Bool) -> [String] {
    guard !isAbsolute, !declarations.container.isEmpty else { return [name] }
    var names: [String] = []
    var prefix = declarations.container.split(separator: ".")
    while !prefix.isEmpty {
      names.append(prefix.joined(separator: ".") + "." + name)
      prefix.removeLast()
    }
    return names + [name]
  }

  private mutating func undeclared(
    _ name: String, _ node: Syntax
  ) throws(ExpressionError) -> ValueType {
    result.resolutions[node.id] = .unknown(
      EvaluationError(.undeclared, name, offset: node.offset))
    let visible = scope.map(\.name).filter { !$0.hasPrefix("@") } + declarations.variables.keys
    return try refuse(
      "undeclared reference to '\(name)'", at: node.offset,
      suggestion: Suggestion.nearest(to: name, among: visible))
  }

  private mutating func selection(
    _ operand: Syntax, _ field: String, isTest: Bool, isOptional: Bool, _ node: Syntax
  ) throws(ExpressionError) -> ValueType {
    // A declared name with dots is meant before any field of a shorter one.
    if let (full, isAbsolute) = node.qualifiedName {
      let root = full.prefix { $0 != "." }
      if isAbsolute || !isLocal(String(root)),
        let type = name(full, isAbsolute: isAbsolute, node)
      {
        return type
      }
    }
    let found = try type(of: operand)
    let operandType = inference.surface(found)
    var fieldType: ValueType
    if case .optional(let wrapped) = operandType {
      fieldType = try self.field(field, of: inference.surface(wrapped), node)
      if !isTest { return .optional(fieldType) }
    } else {
      fieldType = try self.field(field, of: operandType, node)
    }
    if isTest { return .bool }
    return isOptional ? .optional(fieldType) : fieldType
  }

  private mutating func field(
    _ field: String, of type: ValueType, _ node: Syntax
  ) throws(ExpressionError) -> ValueType {
    switch type {
    case .map(let key, let value):
      guard inference.fits(.string, key) else { break }
      return value
    case .record(let record):
      if let type = record.fields[field] { return type }
      if record.isOpen { return .dyn }
      return try refuse(
        "no such field '\(field)' in \(record.name)", at: node.offset,
        suggestion: Suggestion.nearest(to: field, among: record.fields.keys))
    case .dyn, .parameter: return .dyn
    case .inferred:
      _ = inference.fits(type, .dyn)
      return .dyn
    default: break
    }
    return try refuse(
      "a value of type \(inference.resolved(type)) has no fields, so not '\(field)'",
      at: node.offset)
  }

  /// The type that a literal has.
  static func type(of value: Value) -> ValueType {
    switch value {
    case .null: .null
    case .bool: .bool
    case .int: .int
    case .uint: .uint
    case .double: .double
    case .string: .string
    case .bytes: .bytes
    default: .dyn
    }
  }
}

/// The names of types, which are values of their own.
private let typeNames: [String: ValueType] = [
  "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string,
  "bytes": .bytes, "list": .list(.dyn), "map": .map(.dyn, .dyn), "null_type": .null,
  "type": .type(.dyn), "google.protobuf.Timestamp": .timestamp,
  "google.protobuf.Duration": .duration, "optional_type": .optional(.dyn),
  "net.IP": .abstract("net.IP", []), "net.CIDR": .abstract("net.CIDR", []),
]
