/// What a comprehension goes over: the elements of a list or the entries of a map.
struct Iteration {
  private enum Source {
    case list([Value])
    case map(MapValue)
  }

  private let source: Source
  private let slot: Int
  private let hasSecond: Bool

  /// - Throws: `value` is neither a list nor a map.
  init(_ value: Value, slot: Int, hasSecond: Bool, offset: Int) throws(EvaluationError) {
    self.slot = slot
    self.hasSecond = hasSecond
    switch value {
    case .list(let list): source = .list(list)
    case .map(let map): source = .map(map)
    default:
      throw EvaluationError(
        .noSuchOverload, "a value of type \(value.type.name) cannot be iterated", offset: offset)
    }
  }

  var count: Int {
    switch source {
    case .list(let list): list.count
    case .map(let map): map.count
    }
  }

  /// What the variable of a single-variable comprehension stands for in a round: an element of the
  /// list, a key of the map.
  func element(_ position: Int) -> Value {
    switch source {
    case .list(let list): list[position]
    case .map(let map): map.entry(at: position).key
    }
  }

  /// The key of a round: a position in the list, a key of the map.
  func key(_ position: Int) -> Value {
    switch source {
    case .list: .int(Int64(position))
    case .map(let map): map.entry(at: position).key
    }
  }

  private func content(_ position: Int) -> Value {
    switch source {
    case .list(let list): list[position]
    case .map(let map): map.entry(at: position).value
    }
  }

  /// Sets the variables for a round and charges for it.
  @inline(__always)
  func bind(_ position: Int, _ frame: inout Frame) throws(EvaluationError) {
    try frame.budget.charge(1)
    if hasSecond {
      frame.locals[slot] = key(position)
      frame.locals[slot + 1] = content(position)
    } else {
      frame.locals[slot] = element(position)
    }
  }
}

/// `all` (`decisive` false) and `exists` (`decisive` true): like `&&` and `||` over all elements.
final class QuantifierNode: Node, @unchecked Sendable {
  private let range: Node
  private let condition: Node
  private let slot: Int
  private let hasSecond: Bool
  private let decisive: Bool
  private let offset: Int

  init(
    range: Node, condition: Node, slot: Int, hasSecond: Bool, decisive: Bool, offset: Int
  ) {
    self.range = range
    self.condition = condition
    self.slot = slot
    self.hasSecond = hasSecond
    self.decisive = decisive
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    .bool(try truth(&frame))
  }

  override func truth(_ frame: inout Frame) throws(EvaluationError) -> Bool {
    let iteration = try Iteration(
      try range.value(&frame), slot: slot, hasSecond: hasSecond, offset: offset)
    var failure: EvaluationError?
    for position in 0..<iteration.count {
      try iteration.bind(position, &frame)
      do {
        if try condition.truth(&frame) == decisive { return decisive }
      } catch {
        if failure == nil { failure = error }
      }
    }
    if let failure { throw failure }
    return !decisive
  }
}

/// `exists_one`: whether the condition holds for exactly one element; errors are not absorbed.
final class ExactlyOneNode: Node, @unchecked Sendable {
  private let range: Node
  private let condition: Node
  private let slot: Int
  private let hasSecond: Bool
  private let offset: Int

  init(range: Node, condition: Node, slot: Int, hasSecond: Bool, offset: Int) {
    self.range = range
    self.condition = condition
    self.slot = slot
    self.hasSecond = hasSecond
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let iteration = try Iteration(
      try range.value(&frame), slot: slot, hasSecond: hasSecond, offset: offset)
    var count = 0
    for position in 0..<iteration.count {
      try iteration.bind(position, &frame)
      if try condition.truth(&frame) { count += 1 }
    }
    return .bool(count == 1)
  }
}

/// `map`, `filter`, `transformList`, `transformMap`, `transformMapEntry` and `sortBy`.
final class TransformationNode: Node, @unchecked Sendable {
  enum Form: Sendable {
    case list, mapOfKeys, mapOfEntries, sorted
  }

  private let range: Node
  private let condition: Node?
  /// nil to keep the elements as they are.
  private let result: Node?
  private let slot: Int
  private let hasSecond: Bool
  private let form: Form
  private let offset: Int

  init(
    range: Node, condition: Node?, result: Node?, slot: Int, hasSecond: Bool, form: Form,
    offset: Int
  ) {
    self.range = range
    self.condition = condition
    self.result = result
    self.slot = slot
    self.hasSecond = hasSecond
    self.form = form
    self.offset = offset
  }

  override func value(_ frame: inout Frame) throws(EvaluationError) -> Value {
    let iteration = try Iteration(
      try range.value(&frame), slot: slot, hasSecond: hasSecond, offset: offset)
    var values: [Value] = []
    var entries: [(key: Value, value: Value)] = []
    for position in 0..<iteration.count {
      try iteration.bind(position, &frame)
      if let condition, try !condition.truth(&frame) { continue }
      let made = try result?.value(&frame) ?? iteration.element(position)
      switch form {
      case .list: values.append(made)
      case .mapOfKeys: entries.append((iteration.key(position), made))
      case .sorted: entries.append((made, iteration.element(position)))
      case .mapOfEntries:
        guard case .map(let map) = made else {
          throw EvaluationError(
            .noSuchOverload, "transformMapEntry needs a map, not \(made.type.name)",
            offset: offset)
        }
        for index in 0..<map.count { entries.append(map.entry(at: index)) }
      }
    }
    switch form {
    case .list: return .list(values)
    case .mapOfKeys, .mapOfEntries: return .map(try MapValue.make(entries, offset: offset))
    case .sorted:
      do {
        return .list(try ListFunctions.sorted(entries, &frame.budget))
      } catch {
        throw error.located(offset)
      }
    }
  }
}
