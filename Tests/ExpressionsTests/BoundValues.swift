import Expressions
import Synchronization

/// An activation for tests: values by root, functions by name, and a note of what was asked for.
final class BoundValues: Activation {
  let expression: CompiledExpression
  let values: [String: Value]
  let functions: [String: @Sendable ([Value]) throws(EvaluationError) -> Value]
  private let asked = Mutex<[String]>([])

  init(
    _ expression: CompiledExpression, _ values: [String: Value] = [:],
    functions: [String: @Sendable ([Value]) throws(EvaluationError) -> Value] = [:]
  ) {
    self.expression = expression
    self.values = values
    self.functions = functions
  }

  var reads: [String] { asked.withLock { $0 } }

  func attribute(_ slot: Int) throws(EvaluationError) -> Value? {
    let attribute = expression.attributes[slot]
    asked.withLock { $0.append(attribute.description) }
    return values[attribute.root]?.selecting(attribute.path)
  }

  func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value {
    guard let function = functions[expression.hostCalls[slot]] else {
      throw EvaluationError(.host, "no such function")
    }
    return try function(arguments)
  }
}

/// The value of an expression with these variables, all declared `dyn` unless told otherwise.
func evaluated(
  _ source: String, _ values: [String: Value] = [:], _ declarations: Declarations? = nil
) throws -> Value {
  let declarations =
    declarations ?? Declarations(variables: values.mapValues { _ in ValueType.dyn })
  let expression = try CompiledExpression(source, declarations: declarations)
  return try expression.evaluate(BoundValues(expression, values))
}

/// A map with string keys.
func record(_ fields: KeyValuePairs<String, Value>) -> Value {
  .map(MapValue(fields: fields.map { (name: $0.key, value: $0.value) }))
}
