/// The lists and sets extensions: `slice`, `flatten`, `distinct`, `reverse`, `sort`, `first`,
/// `last`, `lists.range`, `sets.contains`, `sets.equivalent`, `sets.intersects`.
enum ListFunctions {
  static let table: [String: Builtin] = [
    ".slice/3": .variadic(slice),
    ".flatten/1": .unary { (value, frame) throws(EvaluationError) in
      try flatten(value, depth: 1, &frame)
    },
    ".flatten/2": .binary { (value, depth, frame) throws(EvaluationError) in
      guard case .int(let levels) = depth else { throw Builtin.refusal("flatten", value, depth) }
      guard levels >= 0 else {
        throw EvaluationError(.invalidArgument, "flatten to a negative depth of \(levels)")
      }
      return try flatten(value, depth: levels, &frame)
    },
    ".distinct/1": .unary(distinct), ".sort/1": .unary(sort),
    ".first/1": .unary { (value, _) throws(EvaluationError) in
      .optional(try list(value, "first").first)
    },
    ".last/1": .unary { (value, _) throws(EvaluationError) in
      .optional(try list(value, "last").last)
    },
    "lists.range/1": .unary(range),
    "sets.contains/2": .binary { (first, second, frame) throws(EvaluationError) in
      .bool(try contains(first, second, &frame))
    },
    "sets.equivalent/2": .binary { (first, second, frame) throws(EvaluationError) in
      guard try contains(first, second, &frame) else { return .bool(false) }
      return .bool(try contains(second, first, &frame))
    },
    "sets.intersects/2": .binary(intersects),
  ]

  static func list(_ value: Value, _ name: String) throws(EvaluationError) -> [Value] {
    guard case .list(let list) = value else { throw Builtin.refusal(name, value) }
    return list
  }

  /// The elements of `entries` in the rising order of their keys; equal keys keep their order.
  ///
  /// - Throws: Two keys are of kinds without a common order.
  static func sorted(
    _ entries: [(key: Value, value: Value)], _ budget: inout WorkBudget
  ) throws(EvaluationError) -> [Value] {
    guard let first = entries.first?.key else { return [] }
    try budget.charge(entries.count * (Int.bitWidth - entries.count.leadingZeroBitCount))
    // One kind throughout, so that the order is total and no comparison can fail half-way.
    for entry in entries {
      guard entry.key.order(first) != nil, entry.key.type == first.type else {
        throw EvaluationError(
          .noSuchOverload, "cannot sort \(first.type.name) among \(entry.key.type.name)")
      }
    }
    let positions = entries.indices.sorted { left, right in
      switch entries[left].key.order(entries[right].key) {
      case .ascending: true
      case .descending: false
      case .unordered: isNaNFirst(entries[left].key, entries[right].key) ?? (left < right)
      case .same, nil: left < right
      }
    }
    return positions.map { entries[$0].value }
  }

  /// NaN sorts before every number, so that the order is total.
  private static func isNaNFirst(_ left: Value, _ right: Value) -> Bool? {
    guard case .double(let first) = left, case .double(let second) = right else { return nil }
    return first.isNaN == second.isNaN ? nil : first.isNaN
  }

  private static func slice(
    _ arguments: [Value], _: inout Frame
  ) throws(EvaluationError) -> Value {
    guard case .list(let list) = arguments[0], case .int(let start) = arguments[1],
      case .int(let end) = arguments[2]
    else { throw Builtin.refusal("slice", arguments[0], arguments[1], arguments[2]) }
    guard start >= 0, start <= end, end <= list.count else {
      throw EvaluationError(.outOfRange, "slice(\(start), \(end)) of a list of \(list.count)")
    }
    return .list(Array(list[Int(start)..<Int(end)]))
  }

  private static func flatten(
    _ value: Value, depth: Int64, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    var flat: [Value] = []
    for element in try list(value, "flatten") {
      try frame.budget.charge(1)
      if depth > 0, case .list = element {
        flat += try list(flatten(element, depth: depth - 1, &frame), "flatten")
      } else {
        flat.append(element)
      }
    }
    try frame.budget.charge(flat.count)
    return .list(flat)
  }

  private static func distinct(
    _ value: Value, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    var kept: [Value] = []
    for element in try list(value, "distinct") {
      try frame.budget.charge(1 + kept.count)
      if try !holds(kept, element, &frame) { kept.append(element) }
    }
    return .list(kept)
  }

  private static func sort(_ value: Value, _ frame: inout Frame) throws(EvaluationError) -> Value {
    let entries = try list(value, "sort").map { (key: $0, value: $0) }
    return .list(try sorted(entries, &frame.budget))
  }

  private static func range(_ value: Value, _ frame: inout Frame) throws(EvaluationError) -> Value {
    guard case .int(let count) = value else { throw Builtin.refusal("lists.range", value) }
    try frame.budget.charge(Int(max(0, count)))
    return .list((0..<max(0, count)).map { .int($0) })
  }

  private static func holds(
    _ list: [Value], _ element: Value, _ frame: inout Frame
  ) throws(EvaluationError) -> Bool {
    for candidate in list where try candidate.equals(element, &frame.budget) { return true }
    return false
  }

  private static func contains(
    _ first: Value, _ second: Value, _ frame: inout Frame
  ) throws(EvaluationError) -> Bool {
    let whole = try list(first, "sets.contains")
    for element in try list(second, "sets.contains") {
      try frame.budget.charge(1 + whole.count)
      if try !holds(whole, element, &frame) { return false }
    }
    return true
  }

  private static func intersects(
    _ first: Value, _ second: Value, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let whole = try list(first, "sets.intersects")
    for element in try list(second, "sets.intersects") {
      try frame.budget.charge(1 + whole.count)
      if try holds(whole, element, &frame) { return .bool(true) }
    }
    return .bool(false)
  }
}
