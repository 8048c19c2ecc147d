extension Value: Equatable {
  /// Identity of kind and content; unlike CEL's equality, `1`, `1u` and `1.0` differ. Maps compare
  /// without order.
  package static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.int(let first), .int(let second)): return first == second
    case (.uint(let first), .uint(let second)): return first == second
    case (.double(let first), .double(let second)): return first == second
    case (.int, _), (.uint, _), (.double, _): return false
    case (.list(let first), .list(let second)):
      return first.count == second.count && zip(first, second).allSatisfy { $0 == $1 }
    case (.map(let first), .map(let second)):
      guard first.count == second.count else { return false }
      if let isSame = first.isSameInOrder(as: second) { return isSame }
      return (0..<first.count).allSatisfy { position in
        let (key, value) = first.entry(at: position)
        return second.entry(key).map { $0.key == key && $0.value == value } ?? false
      }
    case (.optional(let first), .optional(let second)): return first == second
    default: return left.isEqualScalar(to: right)
    }
  }

  /// CEL's `==` for a host: numbers compare across their kinds, values of different kinds are
  /// unequal, NaN equals nothing. Cost: O(size); see `equals` for evaluation, which is bounded.
  package func isEqual(to other: Value) -> Bool {
    var budget = WorkBudget(units: .max)
    return (try? equals(other, &budget)) ?? false
  }

  /// CEL's `==`, charging the work to `budget`.
  ///
  /// - Throws: Only that the budget is used up: a small expression can build lists that share
  ///   their elements so often that comparing them would take forever.
  func equals(_ other: Value, _ budget: inout WorkBudget) throws(EvaluationError) -> Bool {
    switch (self, other) {
    case (.list(let first), .list(let second)):
      guard first.count == second.count else { return false }
      try budget.charge(first.count)
      for position in first.indices
      where try !first[position].equals(second[position], &budget) { return false }
      return true
    case (.map(let first), .map(let second)):
      guard first.count == second.count else { return false }
      try budget.charge(first.count)
      for position in 0..<first.count {
        let (key, value) = first.entry(at: position)
        guard let other = second[key] else { return false }
        if try !value.equals(other, &budget) { return false }
      }
      return true
    case (.optional(let first), .optional(let second)):
      guard let first, let second else { return first == nil && second == nil }
      return try first.equals(second, &budget)
    default:
      return isEqualScalar(to: other)
    }
  }

  @inline(__always)
  private func isEqualScalar(to other: Value) -> Bool {
    switch (self, other) {
    case (.int(let first), .int(let second)): return first == second
    case (.string(let first), .string(let second)): return sameText(first, second)
    case (.bool(let first), .bool(let second)): return first == second
    case (.double(let first), .double(let second)): return first == second
    default: return isEqualRareScalar(to: other)
    }
  }

  private func isEqualRareScalar(to other: Value) -> Bool {
    switch (self, other) {
    case (.null, .null): return true
    case (.bytes(let first), .bytes(let second)): return first == second
    case (.timestamp(let seconds, let nanos), .timestamp(let otherSeconds, let otherNanos)),
      (.duration(let seconds, let nanos), .duration(let otherSeconds, let otherNanos)):
      return seconds == otherSeconds && nanos == otherNanos
    case (.type(let first), .type(let second)): return sameText(first.name, second.name)
    case (.abstract(let first), .abstract(let second)): return first == second
    default: return numericOrder(self, other) == .equal
    }
  }
}

/// How two numbers stand to each other.
enum NumericOrder {
  case less, equal, greater
  /// One of them is NaN.
  case unordered
}

/// The order of two numbers of any kinds; nil if one is not a number.
func numericOrder(_ left: Value, _ right: Value) -> NumericOrder? {
  switch (left, right) {
  case (.int(let first), .int(let second)):
    return first < second ? .less : first == second ? .equal : .greater
  case (.uint(let first), .uint(let second)):
    return first < second ? .less : first == second ? .equal : .greater
  case (.double(let first), .double(let second)):
    if first < second { return .less }
    if first > second { return .greater }
    return first == second ? .equal : .unordered
  case (.int(let first), .uint(let second)):
    guard first >= 0 else { return .less }
    let number = UInt64(first)
    return number < second ? .less : number == second ? .equal : .greater
  case (.int(let first), .double(let second)): return order(first, second)
  case (.uint(let first), .double(let second)): return order(first, second)
  case (.uint, .int), (.double, .int), (.double, .uint):
    switch numericOrder(right, left) {
    case .less: return .greater
    case .greater: return .less
    case let same: return same
    }
  default: return nil
  }
}

/// Compares an integer with a double as CEL's conformance tests want it: the integer is rounded to
/// the nearest double first, so that 2^63 - 1 equals 2^63 as a double.
private func order<I: FixedWidthInteger>(_ integer: I, _ number: Double) -> NumericOrder {
  let rounded = Double(integer)
  if rounded < number { return .less }
  if rounded > number { return .greater }
  return rounded == number ? .equal : .unordered
}

extension Value {
  /// CEL's order of two values: numbers across their kinds, strings and bytes by bytes, false
  /// before true, timestamps, durations. nil where CEL has no order between the two.
  package func order(_ other: Value) -> ComparisonResult? {
    switch (self, other) {
    case (.string(let first), .string(let second)):
      return ComparisonResult(textOrder(first, second))
    case (.bool(let first), .bool(let second)):
      return first == second ? .same : second ? .ascending : .descending
    case (.bytes(let first), .bytes(let second)):
      if first.lexicographicallyPrecedes(second) { return .ascending }
      return first == second ? .same : .descending
    case (.timestamp(let seconds, let nanos), .timestamp(let otherSeconds, let otherNanos)),
      (.duration(let seconds, let nanos), .duration(let otherSeconds, let otherNanos)):
      if seconds != otherSeconds { return seconds < otherSeconds ? .ascending : .descending }
      return ComparisonResult(Int(nanos) - Int(otherNanos))
    default:
      switch numericOrder(self, other) {
      case .less: return .ascending
      case .equal: return .same
      case .greater: return .descending
      case .unordered: return .unordered
      case nil: return nil
      }
    }
  }
}

/// What comparing two values gives.
package enum ComparisonResult: Sendable {
  case ascending, same, descending
  /// One of them is NaN: neither before, nor equal, nor after.
  case unordered

  init(_ sign: Int) {
    self = sign < 0 ? .ascending : sign == 0 ? .same : .descending
  }
}
