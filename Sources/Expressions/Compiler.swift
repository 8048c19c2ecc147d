/// Turns a checked tree into nodes: names become slots, constants are folded, and the worst cost is
/// estimated on the way.
struct Compiler {
  let source: SourceText
  let declarations: Declarations
  let checked: CheckedSyntax
  private(set) var attributes: [Attribute] = []
  private var attributeSlots: [Attribute: Int] = [:]
  private(set) var hostCalls: [String] = []
  /// Where a part of a timestamp is first asked for in a zone that only rules know.
  private(set) var zoneUse: ZoneUse?
  /// The definitions of the bindings in scope, by slot.
  private var definitions: [Int: Node] = [:]

  init(source: SourceText, declarations: Declarations, checked: CheckedSyntax) {
    self.source = source
    self.declarations = declarations
    self.checked = checked
  }

  /// A node for a tree.
  mutating func node(_ tree: Syntax) throws(ExpressionError) -> Node {
    switch tree.kind {
    case .literal(let value): return ConstantNode(value)
    case .identifier(let name, _): return named(tree, name)
    case .select(let operand, let field, let isTest, let isOptional):
      return try selection(tree, operand, field, isTest: isTest, isOptional: isOptional)
    case .call(let function, let target, let arguments):
      return try call(tree, function, target, arguments)
    case .list(let elements):
      var nodes: [(node: Node, isOptional: Bool)] = []
      for element in elements { nodes.append((try node(element.value), element.isOptional)) }
      return folded(ListNode(elements: nodes), nodes.map(\.node))
    case .map(let entries):
      var nodes: [(key: Node, value: Node, isOptional: Bool)] = []
      for entry in entries {
        nodes.append((try node(entry.key), try node(entry.value), entry.isOptional))
      }
      return folded(
        MapNode(entries: nodes, offset: tree.offset), nodes.flatMap { [$0.key, $0.value] })
    case .and(let operands):
      return LogicNode.chain(try nodes(operands)[...], decisive: false)
    case .or(let operands):
      return LogicNode.chain(try nodes(operands)[...], decisive: true)
    case .conditional(let condition, let first, let second):
      return ConditionalNode(
        condition: try node(condition), first: try node(first), second: try node(second))
    case .comprehension(let comprehension): return try self.comprehension(tree, comprehension)
    case .binding(_, let value, let body):
      let slot = checked.slots[tree.id] ?? 0
      definitions[slot] = try node(value)
      return BindingNode(slot: slot, body: try node(body))
    }
  }

  mutating func nodes(_ trees: [Syntax]) throws(ExpressionError) -> [Node] {
    var nodes: [Node] = []
    for tree in trees { nodes.append(try node(tree)) }
    return nodes
  }

  /// The node, or its value if all its operands are constant and it does not fail.
  func folded(_ node: Node, _ operands: [Node]) -> Node {
    guard operands.allSatisfy({ $0.constant != nil }) else { return node }
    // Time zones are known to an evaluation only, and large results are better made when needed.
    var frame = Frame(
      activation: NoActivation(), locals: [], budget: WorkBudget(units: 10_000), timeZones: nil)
    guard let value = try? node.value(&frame) else { return node }
    return ConstantNode(value)
  }

  private mutating func named(_ tree: Syntax, _ name: String) -> Node {
    switch checked.resolutions[tree.id] {
    case .local(let slot):
      guard let definition = definitions[slot] else { return LocalNode(slot: slot) }
      return definition.constant != nil
        ? definition : LazyLocalNode(slot: slot, definition: definition)
    case .variable(let root):
      return attributeNode(Attribute(root: root, path: []), tree)
    case .type(let type): return ConstantNode(.type(type))
    case .unknown(let error): return FailureNode(error)
    case .builtin, .host, nil:
      return FailureNode(EvaluationError(.undeclared, name, offset: tree.offset))
    }
  }

  private mutating func attributeNode(_ attribute: Attribute, _ tree: Syntax) -> Node {
    AttributeNode(slot: slot(of: attribute), attribute: attribute, offset: tree.offset)
  }

  private mutating func slot(of attribute: Attribute) -> Int {
    if let slot = attributeSlots[attribute] { return slot }
    attributes.append(attribute)
    attributeSlots[attribute] = attributes.count - 1
    return attributes.count - 1
  }

  /// Notes that a function looks at a time zone. A constant offset needs no rules.
  mutating func noteTimeZone(_ zone: Node, at offset: Int) {
    var name: String?
    if case .string(let text) = zone.constant {
      guard !TimeFunctions.isFixed(text) else { return }
      name = text
    }
    guard zoneUse == nil || zoneUse?.name == nil && name != nil else { return }
    let place = source.error("", at: offset)
    zoneUse = ZoneUse(name: name, line: place.line, column: place.column)
  }

  /// The slot of a host function.
  mutating func slot(ofFunction name: String) -> Int {
    if let slot = hostCalls.firstIndex(where: { sameText($0, name) }) { return slot }
    hostCalls.append(name)
    return hostCalls.count - 1
  }

  /// The attribute that a tree writes: plain selections on a declared variable. Selection on what
  /// is declared optional is not plain.
  private func attribute(_ tree: Syntax) -> Attribute? {
    if case .variable(let root) = checked.resolutions[tree.id] {
      return Attribute(root: root, path: [])
    }
    guard case .select(let operand, let field, isTest: false, isOptional: false) = tree.kind,
      let prefix = attribute(operand)
    else { return nil }
    if case .optional = checked.types[operand.id] { return nil }
    return Attribute(root: prefix.root, path: prefix.path + [field])
  }

  private mutating func selection(
    _ tree: Syntax, _ operand: Syntax, _ field: String, isTest: Bool, isOptional: Bool
  ) throws(ExpressionError) -> Node {
    if let attribute = attribute(tree) { return attributeNode(attribute, tree) }
    switch checked.resolutions[tree.id] {
    case .type(let type): return ConstantNode(.type(type))
    default: break
    }
    var isOptionalOperand = false
    if case .optional = checked.types[operand.id] { isOptionalOperand = true }
    if isTest || isOptional {
      if !isOptionalOperand, let parent = attribute(operand) {
        // The parent is asked only if the field is missing; its slot comes after the field's.
        let slot = slot(of: Attribute(root: parent.root, path: parent.path + [field]))
        return AttributePresenceNode(
          slot: slot, parent: try node(operand), field: field, givesOptional: isOptional)
      }
      let inner = try node(operand)
      return folded(
        PresenceNode(operand: inner, field: field, givesOptional: isOptional), [inner])
    }
    let inner = try node(operand)
    let select = SelectNode(operand: inner, field: field, offset: tree.offset)
    if let local = inner as? LocalNode {
      return LocalFieldNode(slot: local.slot, field: field, fallback: select)
    }
    return folded(select, [inner])
  }
}

/// Constant nodes ask nothing of their host.
private final class NoActivation: Activation {
  func attribute(_ slot: Int) throws(EvaluationError) -> Value? { nil }

  func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value {
    throw EvaluationError(.host, "constants call nothing")
  }
}
