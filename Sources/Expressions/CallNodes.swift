/// How a built-in function is carried out.
enum Builtin: Sendable {
  typealias Unary = @Sendable (Value, inout Frame) throws(EvaluationError) -> Value
  typealias Binary = @Sendable (Value, Value, inout Frame) throws(EvaluationError) -> Value
  typealias Variadic = @Sendable ([Value], inout Frame) throws(EvaluationError) -> Value

  case unary(Unary)
  case binary(Binary)
  case variadic(Variadic)
}

/// A call of a built-in function with one argument.
final class UnaryCallNode: Node, @unchecked Sendable {
  private let function: Builtin.Unary
  private let argument: Node
  private let offset: Int

  init(function: @escaping Builtin.Unary, argument: Node, offset: Int) {
    self.function = function
    self.argument = argument
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let value = try argument.value(&frame)
    do {
      return try function(value, &frame)
    } catch {
      throw error.located(offset)
    }
  }
}

/// A call of a built-in function with two arguments.
final class BinaryCallNode: Node, @unchecked Sendable {
  private let function: Builtin.Binary
  private let first: Node
  private let second: Node
  private let offset: Int

  init(function: @escaping Builtin.Binary, first: Node, second: Node, offset: Int) {
    self.function = function
    self.first = first
    self.second = second
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let left = try first.value(&frame)
    let right = try second.value(&frame)
    do {
      return try function(left, right, &frame)
    } catch {
      throw error.located(offset)
    }
  }
}

/// A call of a built-in function with any number of arguments.
final class VariadicCallNode: Node, @unchecked Sendable {
  private let function: Builtin.Variadic
  private let arguments: [Node]
  private let offset: Int

  init(function: @escaping Builtin.Variadic, arguments: [Node], offset: Int) {
    self.function = function
    self.arguments = arguments
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var values: [Value] = []
    values.reserveCapacity(arguments.count)
    for argument in arguments { values.append(try argument.value(&frame)) }
    do {
      return try function(values, &frame)
    } catch {
      throw error.located(offset)
    }
  }
}

/// A call of a host function.
final class HostCallNode: Node, @unchecked Sendable {
  private let slot: Int
  private let cost: Int
  private let arguments: [Node]
  private let offset: Int

  init(slot: Int, cost: Int, arguments: [Node], offset: Int) {
    self.slot = slot
    self.cost = cost
    self.arguments = arguments
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    var values: [Value] = []
    values.reserveCapacity(arguments.count)
    try frame.budget.charge(cost)
    for argument in arguments {
      let value = try argument.value(&frame)
      try value.chargeSize(&frame.budget)
      values.append(value)
    }
    do {
      return try frame.activation.call(slot, values)
    } catch {
      throw error.located(offset)
    }
  }
}

extension Value {
  /// Charges for every part of the value, so that what leaves an evaluation can be walked by a
  /// host without surprise: parts shared many times count each time.
  func chargeSize(_ budget: inout WorkBudget) throws(EvaluationError) {
    switch self {
    case .list(let list):
      try budget.charge(list.count)
      for element in list { try element.chargeSize(&budget) }
    case .map(let map):
      try budget.charge(map.count)
      for position in 0..<map.count { try map.entry(at: position).value.chargeSize(&budget) }
    case .optional(let wrapped?): try wrapped.chargeSize(&budget)
    default: return
    }
  }
}
