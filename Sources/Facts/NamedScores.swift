import Binding
package import CBOR
import Expressions

/// The scores of a decision by name: those just computed, or those that a run keeps.
package struct NamedScores: Sendable {
  private var computed: [(name: String, facts: ScoreFacts)] = []
  private var stored: CBORView?

  /// None.
  package init() {}

  /// - Parameter stored: One CBOR map, as ``cborValue`` gives it.
  package init(stored: [UInt8]) {
    self.stored = CBORView(storage: stored)
  }

  /// Adds a score that was computed after those before it.
  package mutating func add(_ name: String, _ facts: ScoreFacts) {
    computed.append((name, facts))
  }

  /// The score of this name, where it was just computed.
  package func facts(_ name: String) -> ScoreFacts? {
    computed.first { $0.name == name }?.facts
  }

  /// A map of name to value, margin, level and whether it is a fallback.
  package var cborValue: CBORValue {
    .object(computed.map { ($0.name, Self.value(of: $0.facts).cborValue) })
  }

  /// The value at the end of a path below `scores`; nil where it is not set.
  func value(_ path: [String]) -> Value? {
    guard let name = path.first else { return whole }
    let rest = path.dropFirst()
    if let facts = computed.first(where: { $0.name == name })?.facts {
      switch (rest.first, rest.count) {
      case ("value", 1): return .double(facts.value)
      case ("margin", 1): return .double(facts.margin)
      case ("level", 1): return .string(facts.level)
      case ("fallback", 1): return .bool(facts.isFallback)
      default: return Self.value(of: facts).selecting(rest)
      }
    }
    return stored?.view(forKey: CBORKey(name)).flatMap { Value($0).selecting(rest) }
  }

  private var whole: Value {
    if computed.isEmpty, let stored { return Value(stored) }
    return .map(MapValue(fields: computed.map { ($0.name, Self.value(of: $0.facts)) }))
  }

  private static func value(of facts: ScoreFacts) -> Value {
    .map(
      MapValue(fields: [
        ("value", .double(facts.value)), ("margin", .double(facts.margin)),
        ("level", .string(facts.level)), ("fallback", .bool(facts.isFallback)),
      ]))
  }
}
