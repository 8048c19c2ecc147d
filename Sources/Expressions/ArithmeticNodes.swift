/// `a + b` and its like.
final class ArithmeticNode: Node, @unchecked Sendable {
  private let left: Node
  private let right: Node
  private let operation: Arithmetic
  private let offset: Int

  init(left: Node, right: Node, operation: Arithmetic, offset: Int) {
    self.left = left
    self.right = right
    self.operation = operation
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let first = try left.value(&frame)
    let second = try right.value(&frame)
    do {
      return try operation.apply(first, second, &frame.budget)
    } catch {
      throw error.located(offset)
    }
  }
}

/// The operators of numbers, texts, lists, timestamps and durations.
enum Arithmetic: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"

  @inline(__always)
  func apply(
    _ left: Value, _ right: Value, _ budget: inout WorkBudget
  ) throws(EvaluationError) -> Value {
    switch (left, right) {
    case (.int(let first), .int(let second)): return .int(try integer(first, second))
    case (.double(let first), .double(let second)) where self != .remainder:
      return .double(number(first, second))
    default: return try applyRare(left, right, &budget)
    }
  }

  private func applyRare(
    _ left: Value, _ right: Value, _ budget: inout WorkBudget
  ) throws(EvaluationError) -> Value {
    switch (self, left, right) {
    case (_, .uint(let first), .uint(let second)): return .uint(try integer(first, second))
    case (.add, .string(let first), .string(let second)):
      try budget.charge((first.utf8.count + second.utf8.count) / 16)
      return .string(first + second)
    case (.add, .bytes(let first), .bytes(let second)):
      try budget.charge((first.count + second.count) / 16)
      return .bytes(first + second)
    case (.add, .list(let first), .list(let second)):
      try budget.charge(first.count + second.count)
      return .list(first + second)
    case (.add, _, _), (.subtract, _, _):
      return try TimeArithmetic.apply(left, right, isSubtraction: self == .subtract)
    default: throw TimeArithmetic.noOverload(rawValue, left, right)
    }
  }

  @inline(__always)
  private func number(_ first: Double, _ second: Double) -> Double {
    switch self {
    case .add: first + second
    case .subtract: first - second
    case .multiply: first * second
    case .divide, .remainder: first / second
    }
  }

  @inline(__always)
  private func integer<I: FixedWidthInteger>(
    _ first: I, _ second: I
  ) throws(EvaluationError) -> I {
    let result: (partialValue: I, overflow: Bool)
    switch self {
    case .add: result = first.addingReportingOverflow(second)
    case .subtract: result = first.subtractingReportingOverflow(second)
    case .multiply: result = first.multipliedReportingOverflow(by: second)
    case .divide:
      if second == 0 { throw EvaluationError(.divisionByZero, "'/'") }
      result = first.dividedReportingOverflow(by: second)
    case .remainder:
      if second == 0 { throw EvaluationError(.divisionByZero, "'%'") }
      result = first.remainderReportingOverflow(dividingBy: second)
    }
    guard !result.overflow else { throw EvaluationError(.overflow, "'\(rawValue)'") }
    return result.partialValue
  }
}

/// `-a`.
final class NegationNode: Node, @unchecked Sendable {
  private let operand: Node
  private let offset: Int

  init(operand: Node, offset: Int) {
    self.operand = operand
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    switch try operand.value(&frame) {
    case .double(let number): return .double(-number)
    case .int(let number):
      guard number != .min else { throw EvaluationError(.overflow, "'-'", offset: offset) }
      return .int(-number)
    case let other:
      throw EvaluationError(
        .noSuchOverload, "'-' does not take \(other.type.name)", offset: offset)
    }
  }
}

extension EvaluationError {
  /// The error with a place, unless it has one already.
  func located(_ offset: Int) -> EvaluationError {
    guard self.offset == nil else { return self }
    var located = self
    located.offset = offset
    return located
  }
}
