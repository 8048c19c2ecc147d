import Binding
package import CBOR
package import Engine
package import Expressions
package import Features
package import Ledger
package import Profiles
package import Programs
package import References
package import TimeZones

/// What the expressions of a program read while one event is handled: the event, the customer, the
/// run, score and offer, entities, parameters and ledger time.
///
/// One scope serves all programs, one after the other; it is confined to the engine's thread.
package final class Scope {
  let context: FoldContext
  /// The rules of time zones that the ledger holds.
  let zones: TimeZones
  let profiles: Profiles
  private let features: Features
  private let references: References

  /// The program whose expressions are evaluated.
  package var binding: ProgramBinding? { didSet { kept.forget() } }
  package var event: Event?
  /// The number of the customer.
  package var customer: UInt32 = 0 { didSet { kept.forget() } }
  /// Ledger time.
  package var now: Int64 = 0
  package var key: String?
  package var run: RunFacts?
  package var score: ScoreFacts?
  /// The named scores of the decision or run.
  package var scores = NamedScores()
  package var offer: MapValue?
  /// The offer of a run, one CBOR map, decoded where an expression reads it.
  package var storedOffer: [UInt8]?
  /// The item of a population that is handled; nil: none.
  var item: ItemFacts?
  /// The customer's variants; nil: not drawn yet.
  package var variants: Variants? { didSet { kept.forget() } }
  /// The segment; empty: none fits, or none was asked for yet.
  package var segment = ""
  /// Up to where of the ledger the rules of time zones count: the position of the event.
  var position: UInt64 = .max
  /// What was read already while the present event is handled.
  private var kept = KeptValues()
  /// What the filter that is asked reads.
  var notes = ReadNotes()
  var current: ExpressionBinding?
  /// The entity that was read last while the present event is handled.
  private var lastEntity: (kind: UInt32, key: [UInt8]?, value: Value)?

  package init(
    context: FoldContext, profiles: Profiles, features: Features, references: References,
    zones: TimeZones
  ) {
    self.context = context
    self.profiles = profiles
    self.features = features
    self.references = references
    self.zones = zones
  }

  /// Begins the handling of an event for a program.
  package func begin(
    _ binding: ProgramBinding, event: Event?, customer: UInt32, now: Int64,
    position: UInt64? = nil
  ) {
    self.binding = binding
    self.event = event
    self.customer = customer
    self.now = now
    self.position = position ?? event?.position ?? .max
    variants = nil
    segment = ""
    key = nil
    run = nil
    score = nil
    scores = NamedScores()
    offer = nil
    storedOffer = nil
    item = nil
    notes.isTaking = false
    lastEntity = nil
    kept.forget()
  }

  /// The value of an expression of the program.
  package func value(
    of expression: CompiledExpression
  ) throws(EvaluationError) -> Value {
    guard let binding else { throw EvaluationError(.host, "no program is being evaluated") }
    current = binding.binding(of: expression)
    // Looking the rules up costs more than most expressions.
    let rules = expression.usesTimeZones ? rules : nil
    return try expression.evaluate(self, timeZones: rules)
  }

  /// Whether a guard holds: an absent one does, a failing one does not.
  package func holds(_ guardExpression: CompiledExpression?) -> Bool {
    guard let guardExpression else { return true }
    return isTrue(guardExpression)
  }

  /// Whether an expression is true; a failing one is not.
  package func isTrue(_ expression: CompiledExpression) -> Bool {
    do throws(EvaluationError) {
      guard case .bool(true) = try value(of: expression) else { return false }
      return true
    } catch {
      return false
    }
  }

  /// The value of an expression, or nil where it fails.
  package func optional(_ expression: CompiledExpression) -> Value? {
    do throws(EvaluationError) {
      return try value(of: expression)
    } catch {
      return nil
    }
  }
}

extension Scope {
  /// The values of a tree of expressions; one that fails is null.
  package func cbor(of tree: Program.ExpressionTree) -> CBORValue {
    switch tree {
    case .leaf(let expression): (optional(expression) ?? .null).cborValue
    case .map(let entries): .object(entries.map { ($0.name, cbor(of: $0.value)) })
    case .list(let elements): .array(elements.map { cbor(of: $0) })
    }
  }
}

extension Value {
  /// The value at the end of a path, which is empty mostly.
  fileprivate func at(_ path: [String]) -> Value? { path.isEmpty ? self : selecting(path) }
}

extension Scope: Activation {
  package func attribute(_ slot: Int) throws(EvaluationError) -> Value? {
    guard let current else { return nil }
    let place = current.keptPlaces[slot]
    let value: Value?
    if place < 0 {
      value = try read(current.attributes[slot])
    } else if let known = kept[place] {
      value = known
    } else {
      value = try read(current.attributes[slot])
      kept[place] = .some(value)
    }
    if notes.isTaking { notes.take(value, ofAttribute: slot) }
    return value
  }

  private func read(_ attribute: FactAttribute) throws(EvaluationError) -> Value? {
    switch attribute {
    case .event(let field): return event.flatMap { field.value(in: $0, names: context.names) }
    case .datum(let name, let rest, let field):
      if let index = item?.index(of: name) { return datum(index)?.selecting(rest) }
      return event.flatMap { field.value(in: $0, names: context.names) }
    case .customerID: return .string(customerID)
    case .trait(let index, let rest): return trait(index)?.at(rest)
    case .feature(let number, let rest): return feature(number)?.at(rest)
    case .run(let field): return read(field)
    case .sent(let channel): return run.map { .int(Int64($0.sent[channel] ?? 0)) }
    case .variable(let name, let rest): return run?.variables[name]?.selecting(rest)
    case .parameter(let name, let rest): return parameter(name)?.at(rest)
    case .constant(let value): return value
    case .score(let field): return score.map { read(field, $0) }
    case .scores(let path): return scores.value(path)
    case .offer(let path):
      if let offer { return Value.map(offer).selecting(path) }
      return storedOffer.flatMap { Value(CBORView(storage: $0)).selecting(path) }
    case .record(let record): return read(record)
    case .variant(let experiment): return variantName(experiment)
    case .segment: return .string(segment)
    case .now: return .timestamp(microseconds: now)
    case .key:
      // Of a population of customers the item's key is the customer's id.
      return (key ?? (item == nil ? nil : customerID)).map { .string($0) }
    case .unknown(let name): throw EvaluationError(.undeclared, name)
    }
  }

  var customerID: String { context.subjects.text(of: customer) }

  func feature(_ number: UInt32) -> Value? {
    features.value(of: number, customer: customer, now: now)
  }

  func trait(_ index: Int) -> Value? {
    guard let binding else { return nil }
    if let number = binding.traitNumber(index, in: profiles),
      let stored = profiles.value(of: number, customer: customer),
      let value = Self.converted(stored, to: binding.program.traits[index].type)
    {
      return value
    }
    return binding.program.traits[index].defaultValue
  }

  /// A stored value as the type that a trait is declared with; nil: it is of another type.
  private static func converted(_ value: Value, to type: Program.TraitType) -> Value? {
    switch (type, value) {
    case (.string, .string), (.bool, .bool), (.int, .int), (.double, .double): value
    case (.double, .int(let number)): .double(Double(number))
    default: nil
    }
  }

  func parameter(_ name: String) -> Value? {
    if let value = variantParameter(name) { return value }
    guard let parameters = binding?.program.parameters else { return nil }
    guard !parameters.marketplaces.isEmpty,
      case .string(let marketplace)? = marketplaceTrait
    else { return parameters.base[name] }
    return parameters.values(marketplace: marketplace)[name]
  }

  var marketplaceTrait: Value? {
    binding?.marketplaceNumber(in: profiles)
      .flatMap { profiles.value(of: $0, customer: customer) }
  }

  package func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value {
    guard let current else { return .null }
    switch current.calls[slot] {
    case .held: return try held(arguments)
    case .reference:
      let value = try reference(arguments)
      if notes.isTaking {
        notes.take(value, ofCall: "reference(\(arguments.map(\.text).joined(separator: ", ")))")
      }
      return value
    case .zone: return .string(zoneName)
    case .nextLocal: return try nextLocal(arguments)
    case .entity(let entity):
      let value = self.entity(entity, arguments)
      if notes.isTaking {
        let name = current.expression.hostCalls[slot]
        notes.take(value, ofCall: "\(name)(\(arguments.first?.text ?? ""))")
      }
      return value
    case .plain(let name):
      guard let value = try PlainFunctions.call(name, arguments) else {
        throw EvaluationError(.undeclared, name)
      }
      return value
    }
  }

  /// The row of a table with the fields that the program declares; null where there is none.
  private func reference(_ arguments: [Value]) throws(EvaluationError) -> Value {
    guard case .string(let name)? = arguments.first, arguments.count == 2,
      let declared = binding?.program.references.first(where: { $0.name == name })
    else { throw EvaluationError(.invalidArgument, "reference takes a declared name and a key") }
    guard let key = EventExpression.key(arguments[1]), let row = references.row(name, key: key)
    else { return .null }
    var fields: [(name: String, value: Value)] = []
    for (field, type) in declared.fields {
      guard let item = row.view(forKey: CBORKey(field)),
        let value = Self.converted(Value(item), to: type)
      else { continue }
      fields.append((field, value))
    }
    return .map(MapValue(fields: fields))
  }

  private func held(_ arguments: [Value]) throws(EvaluationError) -> Value {
    guard case .string(let name)? = arguments.first, case .int(let position)? = arguments.last
    else { throw EvaluationError(.noSuchOverload, "held") }
    guard let trait = profiles.trait(name) else { return .null }
    let value = profiles.value(
      of: trait, customer: customer, before: UInt64(max(0, position)))
    return value ?? .null
  }

  private func entity(_ entity: EntityFacts, _ arguments: [Value]) -> Value {
    let key = arguments.first.flatMap(EventExpression.key)
    // An expression that names an entity twice reads it once.
    if let last = lastEntity, last.kind == entity.kind, last.key == key { return last.value }
    let number = key.flatMap { features.entity(kind: entity.kind, key: $0) }
    var fields: [(name: String, value: Value)] = []
    for feature in entity.features {
      if let value = features.value(of: feature.number, entity: number, now: now) {
        fields.append((feature.name, value))
      }
    }
    let value = Value.map(MapValue(fields: fields))
    lastEntity = (entity.kind, key, value)
    return value
  }
}
