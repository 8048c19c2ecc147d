/// `[a, ?b]`.
final class ListNode: Node, @unchecked Sendable {
  private let elements: [(node: Node, isOptional: Bool)]

  init(elements: [(node: Node, isOptional: Bool)]) {
    self.elements = elements
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for (node, isOptional) in elements {
      let value = try node.value(&frame)
      if !isOptional {
        values.append(value)
      } else if let present = try value.optionalContent() {
        values.append(present)
      }
    }
    return .list(values)
  }
}

/// `{k: v, ?k: o}`.
final class MapNode: Node, @unchecked Sendable {
  private let entries: [(key: Node, value: Node, isOptional: Bool)]
  private let offset: Int

  init(entries: [(key: Node, value: Node, isOptional: Bool)], offset: Int) {
    self.entries = entries
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var made: [(key: Value, value: Value)] = []
    made.reserveCapacity(entries.count)
    for entry in entries {
      let key = try entry.key.value(&frame)
      let value = try entry.value.value(&frame)
      if !entry.isOptional {
        made.append((key, value))
      } else if let present = try value.optionalContent() {
        made.append((key, present))
      }
    }
    return .map(try MapValue.make(made, offset: offset))
  }
}

extension MapValue {
  /// The map with these entries.
  ///
  /// - Throws: A key is of a kind that cannot be one, or is there twice.
  static func make(
    _ entries: [(key: Value, value: Value)], offset: Int
  ) throws(EvaluationError) -> MapValue {
    if let map = MapValue(entries) { return map }
    if let bad = entries.first(where: { !$0.key.isMapKey }) {
      throw EvaluationError(
        .invalidArgument, "unsupported key type: \(bad.key.type.name)", offset: offset)
    }
    throw EvaluationError(.invalidArgument, "a map has the same key twice", offset: offset)
  }
}

/// `a[i]` or `a[?i]`.
final class IndexNode: Node, @unchecked Sendable {
  private let operand: Node
  private let index: Node
  private let givesOptional: Bool
  private let offset: Int

  init(operand: Node, index: Node, givesOptional: Bool, offset: Int) {
    self.operand = operand
    self.index = index
    self.givesOptional = givesOptional
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let container = try operand.value(&frame)
    let key = try index.value(&frame)
    if case .optional(let wrapped) = container {
      return .optional(
        try wrapped.flatMap { (value) throws(EvaluationError) in
          try find(key, in: value)
        })
    }
    let found = try find(key, in: container)
    if givesOptional { return .optional(found) }
    guard let found else { throw missing(key, in: container) }
    return found
  }

  private func find(_ key: Value, in container: Value) throws(EvaluationError) -> Value? {
    switch container {
    case .map(let map): return map[key]
    case .list(let list):
      let position: Int?
      switch key {
      case .int(let number): position = Int(number)
      case .uint(let number): position = Int(exactly: number)
      case .double(let number):
        position = Int(exactly: number)
        if position == nil {
          throw EvaluationError(
            .invalidArgument, "a list's index must be a whole number", offset: offset)
        }
      default:
        throw EvaluationError(
          .noSuchOverload, "a list is not indexed by \(key.type.name)", offset: offset)
      }
      guard let position, list.indices.contains(position) else { return nil }
      return list[position]
    default:
      throw EvaluationError(
        .noSuchOverload, "a value of type \(container.type.name) has no elements",
        offset: offset)
    }
  }

  private func missing(_ key: Value, in container: Value) -> EvaluationError {
    if case .list(let list) = container {
      return EvaluationError(
        .outOfRange, "index \(key.shortText) in a list of \(list.count)", offset: offset)
    }
    return EvaluationError(.noSuchKey, key.shortText, offset: offset)
  }
}

/// `a in b`.
final class MembershipNode: Node, @unchecked Sendable {
  private let element: Node
  private let container: Node
  private let offset: Int

  init(element: Node, container: Node, offset: Int) {
    self.element = element
    self.container = container
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    .bool(try truth(&frame))
  }

  override func truth(_ frame: inout Frame) throws(EvaluationError) -> Bool {
    let value = try element.value(&frame)
    switch try container.value(&frame) {
    case .map(let map): return map[value] != nil
    case .list(let list):
      try frame.budget.charge(list.count)
      for candidate in list where try value.equals(candidate, &frame.budget) { return true }
      return false
    case let other:
      throw EvaluationError(
        .noSuchOverload, "'in' needs a list or a map, not \(other.type.name)", offset: offset)
    }
  }
}

extension Value {
  /// What an optional holds.
  ///
  /// - Throws: The value is no optional.
  func optionalContent() throws(EvaluationError) -> Value? {
    guard case .optional(let content) = self else {
      throw EvaluationError(.noSuchOverload, "an optional is needed, not \(type.name)")
    }
    return content
  }

  /// The value for messages: scalars as they are, others by their type.
  var shortText: String {
    switch self {
    case .int(let value): "\(value)"
    case .uint(let value): "\(value)u"
    case .double(let value): "\(value)"
    case .bool(let value): "\(value)"
    case .string(let value): "'\(String(value.unicodeScalars.prefix(64)))'"
    default: "a value of type \(type.name)"
    }
  }
}
