/// The math extension: `math.greatest`, `math.ceil`, `math.bitAnd`, …
enum MathFunctions {
  static let table: [String: Builtin] = {
    var table: [String: Builtin] = [
      "math.@max/1": .unary { (value, frame) throws(EvaluationError) in
        try extreme(value, wantsGreater: true, &frame)
      },
      "math.@min/1": .unary { (value, frame) throws(EvaluationError) in
        try extreme(value, wantsGreater: false, &frame)
      },
      "math.@max/2": .binary { (first, second, frame) throws(EvaluationError) in
        try extreme(.list([first, second]), wantsGreater: true, &frame)
      },
      "math.@min/2": .binary { (first, second, frame) throws(EvaluationError) in
        try extreme(.list([first, second]), wantsGreater: false, &frame)
      },
      "math.abs/1": .unary(abs), "math.sign/1": .unary(sign), "math.sqrt/1": .unary(sqrt),
      "math.bitNot/1": .unary(bitNot),
      "math.bitShiftLeft/2": .binary(shiftLeft), "math.bitShiftRight/2": .binary(shiftRight),
    ]
    let roundings: [(String, FloatingPointRoundingRule)] = [
      ("ceil", .up), ("floor", .down), ("round", .toNearestOrAwayFromZero), ("trunc", .towardZero),
    ]
    for (name, rule) in roundings {
      table["math.\(name)/1"] = .unary { (value, _) throws(EvaluationError) in
        guard case .double(let number) = value else {
          throw Builtin.refusal("math.\(name)", value)
        }
        return .double(number.rounded(rule))
      }
    }
    let tests: [(String, @Sendable (Double) -> Bool)] = [
      ("isNaN", { $0.isNaN }), ("isInf", { $0.isInfinite }), ("isFinite", { $0.isFinite }),
    ]
    for (name, test) in tests {
      table["math.\(name)/1"] = .unary { (value, _) throws(EvaluationError) in
        guard case .double(let number) = value else {
          throw Builtin.refusal("math.\(name)", value)
        }
        return .bool(test(number))
      }
    }
    let bits: [(String, @Sendable (UInt64, UInt64) -> UInt64)] = [
      ("bitAnd", { $0 & $1 }), ("bitOr", { $0 | $1 }), ("bitXor", { $0 ^ $1 }),
    ]
    for (name, operation) in bits {
      table["math.\(name)/2"] = .binary { (first, second, _) throws(EvaluationError) in
        switch (first, second) {
        case (.int(let one), .int(let other)):
          let bits = operation(UInt64(bitPattern: one), UInt64(bitPattern: other))
          return .int(Int64(bitPattern: bits))
        case (.uint(let one), .uint(let other)): return .uint(operation(one, other))
        default: throw Builtin.refusal("math.\(name)", first, second)
        }
      }
    }
    return table
  }()

  /// The greatest or least of a number or a list of numbers; of equal ones the first.
  private static func extreme(
    _ value: Value, wantsGreater: Bool, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let name = wantsGreater ? "math.greatest" : "math.least"
    var numbers = [value]
    if case .list(let list) = value { numbers = list }
    guard var best = numbers.first else {
      throw EvaluationError(.invalidArgument, "\(name) of an empty list")
    }
    try frame.budget.charge(numbers.count)
    for number in numbers {
      guard let order = numericOrder(number, best) else {
        throw Builtin.refusal(name, number)
      }
      if order == (wantsGreater ? .greater : .less) { best = number }
    }
    return best
  }

  private static func abs(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .int(let number):
      guard number != .min else { throw EvaluationError(.overflow, "math.abs") }
      return .int(number < 0 ? -number : number)
    case .uint: return value
    case .double(let number): return .double(number.magnitude)
    default: throw Builtin.refusal("math.abs", value)
    }
  }

  private static func sign(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .int(let number): return .int(number.signum())
    case .uint(let number): return .uint(number == 0 ? 0 : 1)
    case .double(let number):
      return .double(number > 0 ? 1 : number < 0 ? -1 : number)
    default: throw Builtin.refusal("math.sign", value)
    }
  }

  private static func sqrt(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .int(let number): return .double(Double(number).squareRoot())
    case .uint(let number): return .double(Double(number).squareRoot())
    case .double(let number): return .double(number.squareRoot())
    default: throw Builtin.refusal("math.sqrt", value)
    }
  }

  private static func bitNot(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .int(let number): return .int(~number)
    case .uint(let number): return .uint(~number)
    default: throw Builtin.refusal("math.bitNot", value)
    }
  }

  private static func shiftLeft(
    _ value: Value, _ count: Value, _: inout Frame
  ) throws(EvaluationError) -> Value {
    let places = try shiftCount(count, "math.bitShiftLeft", value)
    switch value {
    case .int(let number): return .int(places > 63 ? 0 : number << places)
    case .uint(let number): return .uint(places > 63 ? 0 : number << places)
    default: throw Builtin.refusal("math.bitShiftLeft", value, count)
    }
  }

  /// Shifts zeros in from the left, also for a negative int.
  private static func shiftRight(
    _ value: Value, _ count: Value, _: inout Frame
  ) throws(EvaluationError) -> Value {
    let places = try shiftCount(count, "math.bitShiftRight", value)
    switch value {
    case .int(let number):
      return .int(places > 63 ? 0 : Int64(bitPattern: UInt64(bitPattern: number) >> places))
    case .uint(let number): return .uint(places > 63 ? 0 : number >> places)
    default: throw Builtin.refusal("math.bitShiftRight", value, count)
    }
  }

  private static func shiftCount(
    _ count: Value, _ name: String, _ value: Value
  ) throws(EvaluationError) -> Int64 {
    guard case .int(let places) = count else { throw Builtin.refusal(name, value, count) }
    guard places >= 0 else {
      throw EvaluationError(.invalidArgument, "\(name) by a negative count of \(places)")
    }
    return places
  }
}
