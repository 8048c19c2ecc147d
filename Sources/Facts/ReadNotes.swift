import Binding
package import CBOR
package import Expressions

/// What one filter reads while it is asked, each value once.
struct ReadNotes {
  /// Whether reads are noted.
  var isTaking = false
  /// By attribute of the expression; nil: it was not read.
  private var attributes: [Value?] = []
  private var calls: [(name: String, value: Value)] = []

  mutating func begin(_ binding: ExpressionBinding) {
    isTaking = true
    attributes.removeAll(keepingCapacity: true)
    for _ in binding.attributes.indices { attributes.append(nil) }
    calls.removeAll(keepingCapacity: true)
  }

  mutating func take(_ value: Value?, ofAttribute slot: Int) {
    attributes[slot] = value ?? .null
  }

  mutating func take(_ value: Value?, ofCall name: String) {
    guard !calls.contains(where: { $0.name == name }) else { return }
    calls.append((name, value ?? .null))
  }

  /// Writes what was noted as one map of name to value.
  mutating func encode(_ binding: ExpressionBinding, into encoder: inout CBOREncoder) {
    let read = binding.order.count { attributes[$0] != nil }
    encoder.mapHeader(read + calls.count)
    calls.sort { CBORMap.textPrecedes($0.name, $1.name) }
    var next = 0
    for slot in binding.order {
      guard let value = attributes[slot] else { continue }
      while next < calls.count,
        CBORMap.textPrecedes(calls[next].name, binding.attributeNames[slot])
      {
        encode(calls[next], into: &encoder)
        next += 1
      }
      encoder.text(binding.keys[slot])
      value.encode(into: &encoder)
    }
    for call in calls[next...] { encode(call, into: &encoder) }
  }

  private func encode(_ call: (name: String, value: Value), into encoder: inout CBOREncoder) {
    encoder.text(call.name)
    call.value.encode(into: &encoder)
  }
}

extension Scope {
  /// The value of an expression; what it reads is noted for ``encodeReads(into:)``.
  package func notedValue(
    of expression: CompiledExpression
  ) throws(EvaluationError) -> Value {
    guard let binding else { throw EvaluationError(.host, "no program is being evaluated") }
    notes.begin(binding.binding(of: expression))
    defer { notes.isTaking = false }
    return try value(of: expression)
  }

  /// Writes what the expression read that was evaluated last, with notes: one map of name to value.
  package func encodeReads(into encoder: inout CBOREncoder) {
    guard let current else { return encoder.mapHeader(0) }
    notes.encode(current, into: &encoder)
  }
}
