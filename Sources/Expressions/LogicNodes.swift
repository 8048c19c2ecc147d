/// `a && b` (`decisive` false) or `a || b` (`decisive` true).
///
/// As CEL says, the order of operands does not matter: one operand that decides wins over an error
/// in the other, to either side of it.
final class LogicNode: Node, @unchecked Sendable {
  private let left: Node
  private let right: Node
  private let decisive: Bool

  private init(left: Node, right: Node, decisive: Bool) {
    self.left = left
    self.right = right
    self.decisive = decisive
  }

  /// The node for two operands or more, as a balanced tree so that a long chain is not deep.
  static func chain(_ operands: ArraySlice<Node>, decisive: Bool) -> Node {
    guard operands.count > 1 else { return operands[operands.startIndex] }
    let middle = operands.startIndex + operands.count / 2
    return LogicNode(
      left: chain(operands[..<middle], decisive: decisive),
      right: chain(operands[middle...], decisive: decisive), decisive: decisive)
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    .bool(try truth(&frame))
  }

  override func truth(_ frame: inout Frame) throws(EvaluationError) -> Bool {
    do {
      if try left.truth(&frame) == decisive { return decisive }
    } catch {
      if let truth = try? right.truth(&frame), truth == decisive { return decisive }
      throw error
    }
    return try right.truth(&frame)
  }
}

/// `!a`.
final class NotNode: Node, @unchecked Sendable {
  private let operand: Node

  init(operand: Node) {
    self.operand = operand
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    .bool(!(try operand.truth(&frame)))
  }

  override func truth(_ frame: inout Frame) throws(EvaluationError) -> Bool {
    !(try operand.truth(&frame))
  }
}

/// `a == b` or `a != b`.
final class EqualityNode: Node, @unchecked Sendable {
  private let left: Node
  private let right: Node
  private let isNegated: Bool

  init(left: Node, right: Node, isNegated: Bool) {
    self.left = left
    self.right = right
    self.isNegated = isNegated
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    .bool(try truth(&frame))
  }

  override func truth(_ frame: inout Frame) throws(EvaluationError) -> Bool {
    let first = try left.value(&frame)
    let second = try right.value(&frame)
    return try first.equals(second, &frame.budget) != isNegated
  }
}

/// `a == "text"` or `a != "text"`.
final class TextEqualityNode: Node, @unchecked Sendable {
  private let operand: Node
  private let text: String
  private let isNegated: Bool

  init(operand: Node, text: String, isNegated: Bool) {
    self.operand = operand
    self.text = text
    self.isNegated = isNegated
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    .bool(try truth(&frame))
  }

  override func truth(_ frame: inout Frame) throws(EvaluationError) -> Bool {
    guard case .string(let found) = try operand.value(&frame) else {
      return isNegated
    }
    return sameText(found, text) != isNegated
  }
}

/// `a < b` and its like.
final class OrderNode: Node, @unchecked Sendable {
  enum Relation: Sendable {
    case less, lessOrEqual, greater, greaterOrEqual
  }

  private let left: Node
  private let right: Node
  private let relation: Relation
  private let offset: Int

  init(left: Node, right: Node, relation: Relation, offset: Int) {
    self.left = left
    self.right = right
    self.relation = relation
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    .bool(try truth(&frame))
  }

  override func truth(_ frame: inout Frame) throws(EvaluationError) -> Bool {
    let first = try left.value(&frame)
    let second = try right.value(&frame)
    if case .int(let one) = first, case .int(let other) = second { return holds(one, other) }
    if case .double(let one) = first, case .double(let other) = second {
      return holds(one, other)
    }
    guard let order = first.order(second) else {
      throw EvaluationError(
        .noSuchOverload, "\(first.type.name) and \(second.type.name) have no order",
        offset: offset)
    }
    switch order {
    case .ascending: return relation == .less || relation == .lessOrEqual
    case .same: return relation == .lessOrEqual || relation == .greaterOrEqual
    case .descending: return relation == .greater || relation == .greaterOrEqual
    case .unordered: return false
    }
  }

  @inline(__always)
  private func holds<C: Comparable>(_ first: C, _ second: C) -> Bool {
    switch relation {
    case .less: first < second
    case .lessOrEqual: first <= second
    case .greater: first > second
    case .greaterOrEqual: first >= second
    }
  }
}
