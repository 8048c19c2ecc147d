import Expressions

/// The bindings of a program's expressions by the expressions' identities: open addressing by the
/// address, which is a tenth of hashing it. No order of it is ever seen.
struct ExpressionBindings {
  private var slots: [ExpressionBinding?] = Array(repeating: nil, count: 64)
  private var count = 0

  /// The binding of an expression; nil: it was not bound yet.
  subscript(expression: CompiledExpression) -> ExpressionBinding? {
    var index = place(of: expression)
    while let binding = slots[index] {
      if binding.expression === expression { return binding }
      index = (index &+ 1) & (slots.count &- 1)
    }
    return nil
  }

  /// Adds the binding of an expression that was not bound yet.
  mutating func insert(_ binding: ExpressionBinding) {
    if count * 2 >= slots.count {
      let old = slots
      slots = Array(repeating: nil, count: old.count * 2)
      for case let known? in old { put(known) }
    }
    count += 1
    put(binding)
  }

  private mutating func put(_ binding: ExpressionBinding) {
    var index = place(of: binding.expression)
    while slots[index] != nil { index = (index &+ 1) & (slots.count &- 1) }
    slots[index] = binding
  }

  private func place(of expression: CompiledExpression) -> Int {
    // Objects lie at multiples of 16.
    let address = UInt(bitPattern: ObjectIdentifier(expression))
    return Int(truncatingIfNeeded: (address >> 4) ^ (address >> 12)) & (slots.count &- 1)
  }
}
