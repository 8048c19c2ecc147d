/// A value that the host binds.
final class AttributeNode: Node, @unchecked Sendable {
  let slot: Int
  private let name: String
  private let offset: Int

  init(slot: Int, attribute: Attribute, offset: Int) {
    self.slot = slot
    name = attribute.path.last ?? attribute.root
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    guard let value = try frame.activation.attribute(slot) else {
      throw EvaluationError(.noSuchField, name, offset: offset)
    }
    return value
  }
}

/// `has(a.b.c)` or `a.b.?c` on a value that the host binds.
///
/// If there is no `a.b.c`, that may be because `a.b` is missing too, which is an error: then the
/// slot of `a.b` is asked.
final class AttributePresenceNode: Node, @unchecked Sendable {
  private let slot: Int
  private let parent: Node
  private let field: String
  private let givesOptional: Bool

  init(slot: Int, parent: Node, field: String, givesOptional: Bool) {
    self.slot = slot
    self.parent = parent
    self.field = field
    self.givesOptional = givesOptional
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    if let found = try frame.activation.attribute(slot) {
      return givesOptional ? .optional(found) : .bool(true)
    }
    let value = try parent.value(&frame)
    let found = try value.field(field)
    return givesOptional ? .optional(found) : .bool(found != nil)
  }
}

/// A field of a computed value.
final class SelectNode: Node, @unchecked Sendable {
  private let operand: Node
  private let field: FieldName
  private let offset: Int

  init(operand: Node, field: String, offset: Int) {
    self.operand = operand
    self.field = FieldName(field)
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let value = try operand.value(&frame)
    if case .map(let map) = value {
      guard let found = map[field: field] else {
        throw EvaluationError(.noSuchField, field.name, offset: offset)
      }
      return found
    }
    guard case .optional(let wrapped) = value else {
      throw EvaluationError(
        .noSuchOverload, "a value of type \(value.type.name) has no field '\(field.name)'",
        offset: offset)
    }
    // Selection on an optional goes on inside it and gives an optional.
    return .optional(try wrapped?.field(field.name))
  }
}

/// A field of a comprehension's variable, the commonest selection of all: the variable's value is
/// looked into where it is.
final class LocalFieldNode: Node, @unchecked Sendable {
  private let slot: Int
  private let field: FieldName
  /// What selects in every other case.
  private let fallback: SelectNode

  init(slot: Int, field: String, fallback: SelectNode) {
    self.slot = slot
    self.field = FieldName(field)
    self.fallback = fallback
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    if case .map(let map)? = frame.locals[slot], let found = map[field: field] { return found }
    return try fallback.value(&frame)
  }
}

/// `has(x.f)` or `x.?f` on a computed value.
final class PresenceNode: Node, @unchecked Sendable {
  private let operand: Node
  private let field: String
  private let givesOptional: Bool

  init(operand: Node, field: String, givesOptional: Bool) {
    self.operand = operand
    self.field = field
    self.givesOptional = givesOptional
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var value = try operand.value(&frame)
    if case .optional(let wrapped) = value {
      guard let wrapped else { return givesOptional ? .optional(nil) : .bool(false) }
      value = wrapped
    }
    let found = try value.field(field)
    return givesOptional ? .optional(found) : .bool(found != nil)
  }
}

extension Value {
  /// The field of a map; nil if it is absent.
  ///
  /// - Throws: The value is no map.
  func field(_ name: String) throws(EvaluationError) -> Value? {
    guard case .map(let map) = self else {
      throw EvaluationError(
        .noSuchKey, "a value of type \(type.name) has no field '\(name)'")
    }
    return map[string: name]
  }
}
