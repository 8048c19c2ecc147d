import Expressions

/// Values for expressions, from Swift literals.
func map(_ fields: KeyValuePairs<String, Value>) -> Value {
  .map(MapValue(fields: fields.map { (name: $0.key, value: $0.value) }))
}

func list(_ elements: Value...) -> Value { .list(elements) }

extension Value: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) { self = .string(text) }
}

extension Value: ExpressibleByIntegerLiteral {
  package init(integerLiteral number: Int64) { self = .int(number) }
}

extension Value: ExpressibleByFloatLiteral {
  package init(floatLiteral number: Double) { self = .double(number) }
}

extension Value: ExpressibleByBooleanLiteral {
  package init(booleanLiteral flag: Bool) { self = .bool(flag) }
}

/// Variables as whole values, and the host's functions as far as the tests need them.
struct World {
  var variables: [String: Value] = [:]
  /// Entities' features: by function, then by key.
  var entities: [String: [String: Value]] = [:]
  /// What `held` finds, by trait.
  var held: [String: Value] = [:]

  private final class Evaluation: Activation {
    private let world: World
    private let expression: CompiledExpression

    init(_ world: World, _ expression: CompiledExpression) {
      self.world = world
      self.expression = expression
    }

    func attribute(_ slot: Int) throws(EvaluationError) -> Value? {
      let attribute = expression.attributes[slot]
      return world.variables[attribute.root]?.selecting(attribute.path)
    }

    func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value {
      try world.call(expression.hostCalls[slot], arguments)
    }
  }

  private func call(
    _ name: String, _ arguments: [Value]
  ) throws(EvaluationError) -> Value {
    switch (name, arguments.count) {
    case ("distanceMiles", 2):
      return .double(try distance(arguments[0], arguments[1]))
    case ("held", 2):
      guard case .string(let trait) = arguments[0] else { break }
      return held[trait] ?? .null
    default:
      guard case .string(let key)? = arguments.first, let features = entities[name]?[key] else {
        break
      }
      return features
    }
    throw EvaluationError(.host, "no such call: \(name)")
  }

  /// Evaluates an expression here.
  func value(_ expression: CompiledExpression) throws -> Value {
    try expression.evaluate(Evaluation(self, expression))
  }

  private func distance(_ from: Value, _ to: Value) throws(EvaluationError) -> Double {
    func degrees(_ value: Value, _ field: String) throws(EvaluationError) -> Double {
      guard case .double(let degrees)? = value.selecting([field]) else {
        throw EvaluationError(.host, "no \(field)")
      }
      return degrees
    }
    // An equirectangular estimate will do for places that are near or very far.
    let miles = 69.0
    let latitude = try degrees(from, "lat") - degrees(to, "lat")
    let longitude = try degrees(from, "lon") - degrees(to, "lon")
    return (latitude.magnitude + longitude.magnitude) * miles
  }
}
