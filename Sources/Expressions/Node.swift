/// A step of a compiled expression.
///
/// `@unchecked Sendable`: a node has only `let` properties of `Sendable` types, all subclasses are
/// in this module and keep to that, and the compiler checks it for none of them because the class
/// is not final.
class Node: @unchecked Sendable {
  /// The node's value.
  func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    fatalError("a node without a value")
  }

  /// The node's value where a bool is needed.
  ///
  /// - Throws: `.noSuchOverload` for a value of another kind.
  func truth(_ frame: inout Frame) throws(EvaluationError) -> Bool {
    let value = try value(&frame)
    guard case .bool(let truth) = value else {
      throw EvaluationError(.noSuchOverload, "a bool is needed, not \(value.type.name)")
    }
    return truth
  }

  /// The value if it is the same in every evaluation.
  var constant: Value? { nil }
}

/// A value that is known when the expression is compiled.
final class ConstantNode: Node, @unchecked Sendable {
  private let stored: Value

  init(_ value: Value) {
    stored = value
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value { stored }

  override var constant: Value? { stored }
}

/// A node that always fails: what an unchecked expression names, but nobody declared.
final class FailureNode: Node, @unchecked Sendable {
  private let error: EvaluationError

  init(_ error: EvaluationError) {
    self.error = error
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value { throw error }
}

/// A variable of a comprehension.
final class LocalNode: Node, @unchecked Sendable {
  let slot: Int

  init(slot: Int) {
    self.slot = slot
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    guard let value = frame.locals[slot] else {
      preconditionFailure("a comprehension's variable is set before its body is evaluated")
    }
    return value
  }
}

/// A variable that `cel.bind` introduced: evaluated when it is first read, so that an error in it
/// counts only where it is read.
final class LazyLocalNode: Node, @unchecked Sendable {
  private let slot: Int
  private let definition: Node

  init(slot: Int, definition: Node) {
    self.slot = slot
    self.definition = definition
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    if let value = frame.locals[slot] { return value }
    let value = try definition.value(&frame)
    frame.locals[slot] = value
    return value
  }
}

/// The body of a binding; forgets what the variable stood for in an earlier round of a loop.
final class BindingNode: Node, @unchecked Sendable {
  private let slot: Int
  private let body: Node

  init(slot: Int, body: Node) {
    self.slot = slot
    self.body = body
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    frame.locals[slot] = nil
    return try body.value(&frame)
  }
}

/// `a ? b : c`.
final class ConditionalNode: Node, @unchecked Sendable {
  private let condition: Node
  private let first: Node
  private let second: Node

  init(condition: Node, first: Node, second: Node) {
    self.condition = condition
    self.first = first
    self.second = second
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    try condition.truth(&frame)
      ? first.value(&frame) : second.value(&frame)
  }
}
