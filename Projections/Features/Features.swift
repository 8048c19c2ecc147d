import Binding
package import Catalog
package import Engine
package import Expressions
package import Ledger
import Profiles
package import Programs

/// The declared features of every program that was ever activated, by customer and by other
/// entity: a fold over the events that their definitions name.
///
/// Equal definitions share their state. A definition that comes with a later activation takes in
/// the whole history before it at once.
package final class Features: Projection {
  package let name = "features"
  package let version = "3"
  package var group: String { Profiles.stateGroup }

  private let context: FoldContext
  private let catalog: Catalog
  private let definitionKeys = EntityTable(name: "features.definition-keys")
  private let definitions = Table<DefinitionRow>(name: "features.definitions")
  /// Kinds of entity: name and key source.
  private let kinds = EntityTable(name: "features.kinds")
  /// Entities other than customers: kind (u32) and key.
  private let entities = EntityTable(name: "features.entities")
  private let customerStates = Table<FeatureRow>(name: "features.customers")
  private let entityStates = Table<FeatureRow>(name: "features.entity-states")
  /// The keys that events have concerned lately, of the kinds whose populations look back.
  private let touches = Touches()
  private var bound: [BoundFeature?] = []
  private var places = ExpressionPlaces()
  private let evaluation: EventEvaluation
  private var plans = FeaturePlans()
  /// Numbers of entities by kind, in order of first appearance: what populations go through.
  private var members: [UInt32: [UInt32]] = [:]
  private lazy var byType = RoleMap<TypePlans>(names: context.names) { [unowned self] in
    plans(ofType: $0)
  }

  package init(context: FoldContext, catalog: Catalog) {
    self.context = context
    self.catalog = catalog
    evaluation = EventEvaluation(names: context.names)
  }

  package var tables: [any StoredTable] {
    [
      definitionKeys, definitions, kinds, entities, customerStates, entityStates, touches.kinds,
      touches.rows,
    ]
  }

  package func concerns(type: String) -> Bool {
    type == EventType.programActivated || plans.concerns(type)
  }

  package func reset() {
    bound = []
    members = [:]
    for number in 0..<UInt32(entities.count) { note(number) }
    touches.reset()
    plans = FeaturePlans()
    byType.removeAll()
    definitions.forEach { number, row in bind(number, row) }
  }

  // MARK: - Reading

  /// The number of a feature of a program, for ``value(of:customer:now:)``; nil if the program
  /// was not activated.
  package func number(of feature: Program.Feature, in program: Program) -> UInt32? {
    definitionKeys.number(of: Self.key(of: feature, in: program))
  }

  /// The number of an entity's kind; nil if no program that has it was activated.
  package func kind(of entity: Program.Entity) -> UInt32? {
    kinds.number(of: Self.kindKey(entity))
  }

  /// The number of an entity by its key; nil if no event ever concerned it.
  package func entity(kind: UInt32, key: [UInt8]) -> UInt32? {
    entities.number(of: BigEndian.bytes(kind) + key)
  }

  /// How many entities of a kind events have concerned.
  package func entityCount(kind: UInt32) -> Int {
    members[kind]?.count ?? 0
  }

  /// The number of the entity of a kind with this index, in order of first appearance.
  package func entity(kind: UInt32, at index: Int) -> UInt32 {
    guard let list = members[kind] else { preconditionFailure("no entity is of this kind") }
    return list[index]
  }

  /// Which keys of a kind events have concerned from the hour of `time` on: numbers for
  /// ``touchedEntity(kind:at:from:)``. Only of kinds whose population looks back.
  package func touches(kind: UInt32, since time: Int64) -> Range<UInt32> {
    touches.ordinals(kind: kind, since: time)
  }

  /// The entity that one of these numbers stands for.
  /// - Parameter first: The first of the numbers.
  /// - Returns: nil: an earlier number stands for it, or it was so long ago that it is forgotten.
  package func touchedEntity(kind: UInt32, at number: UInt32, from first: UInt32) -> UInt32? {
    touches.entity(kind: kind, at: number, from: first)
  }

  /// The key of an entity.
  package func key(ofEntity number: UInt32) -> String {
    String(decoding: entities.bytes(of: number).dropFirst(4), as: UTF8.self)
  }

  private func note(_ number: UInt32) {
    let bytes = entities.bytes(of: number)
    let kind = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    members[kind, default: []].append(number)
  }

  /// The value of a customer's feature at `now`; its default where it took in nothing.
  package func value(of number: UInt32, customer: UInt32, now: Int64) -> Value? {
    value(of: number, in: customerStates, row: customer, now: now)
  }

  /// The value of an entity's feature at `now`; its default where it took in nothing.
  /// - Parameter entity: nil: an entity that was never heard of.
  package func value(of number: UInt32, entity: UInt32?, now: Int64) -> Value? {
    guard let entity else { return bound[Int(number)].flatMap { Self.empty($0.feature) } }
    return value(of: number, in: entityStates, row: entity, now: now)
  }

  private func value(
    of number: UInt32, in table: Table<FeatureRow>, row: UInt32, now: Int64
  ) -> Value? {
    guard let bound = bound[Int(number)] else { return nil }
    let value = table.withRow(row) { $0.value(of: number, bound.fold, now: now) } ?? nil
    return value ?? Self.empty(bound.feature)
  }

  /// The value of a feature that has taken in nothing.
  private static func empty(_ feature: Program.Feature) -> Value? {
    if let value = feature.defaultValue { return value }
    switch feature.kind {
    case .count: return .int(0)
    case .exists: return .bool(false)
    case .distinct, .collect: return .list([])
    case .hours: return .list(FeatureState.noHours.map { .int($0) })
    case .sum, .avg, .min, .max, .first, .last: return nil
    }
  }

  // MARK: - The fold

  package func project(_ event: Event, subject: UInt32) {
    guard let plans = byType.role(ofType: event.type) else { return }
    if plans.isActivation { register(event) }
    take(event, subject, plans.current, notesTouches: true)
  }

  package func settle(_ event: Event, subject: UInt32) {
    guard let plans = byType.role(ofType: event.type) else { return }
    take(event, subject, plans.later, notesTouches: true)
  }

  private func plans(ofType type: String) -> TypePlans? {
    guard concerns(type: type) else { return nil }
    return TypePlans(
      isActivation: type == EventType.programActivated,
      current: plans.plans(for: type, includesCurrent: true),
      later: plans.plans(for: type, includesCurrent: false))
  }

  private func take(
    _ event: Event, _ subject: UInt32, _ plans: [FeaturePlan], notesTouches: Bool = false
  ) {
    guard !plans.isEmpty else { return }
    evaluation.begin(event)
    for plan in plans {
      let row: UInt32
      let table: Table<FeatureRow>
      if let entity = plan.entity {
        guard let key = key(of: entity, in: event) else { continue }
        let known = entities.count
        row = entities.intern(key)
        if entities.count > known { note(row) }
        if notesTouches { touches.note(row, kind: entity.kind, at: event.recordedAt) }
        table = entityStates
      } else {
        row = subject
        table = customerStates
      }
      for number in plan.features {
        guard let feature = bound[Int(number)] else { continue }
        take(event, number, feature, row, table)
      }
    }
  }

  /// An entity's kind and key, as the table of entities has them.
  private func key(of entity: FeaturePlan.Entity, in event: Event) -> [UInt8]? {
    var key = entity.keyPrefix
    guard entity.key.appendKey(of: event, names: context.names, to: &key) else { return nil }
    return key
  }

  private func take(
    _ event: Event, _ number: UInt32, _ bound: BoundFeature, _ row: UInt32,
    _ table: Table<FeatureRow>
  ) {
    let time = bound.fold.order == .occurred ? event.header.occurredAt : event.recordedAt
    if bound.isKeyed {
      let type = context.names.name(.type, event.type) ?? ""
      bound.forEachKey(type: type, evaluation) { key, value in
        table.update(row, orInsert: FeatureRow()) { states in
          states.update(number, initial: .keyed([])) { state in
            state.take(value, for: key, at: time, fold: bound.fold, now: event.recordedAt)
          }
        }
      }
      return
    }
    bound.forEachValue(evaluation) { value in
      table.update(row, orInsert: FeatureRow()) { states in
        states.update(number, initial: FeatureState(for: bound.fold)) { state in
          state.take(value, at: time, feature: bound.fold, now: event.recordedAt)
        }
      }
    }
  }

  // MARK: - Definitions

  private func register(_ event: Event) {
    guard let program = catalog.program(activatedAt: event.position) else { return }
    let first = bound.count
    for (index, feature) in program.features.enumerated() {
      let known = definitionKeys.count
      let number = definitionKeys.intern(Self.key(of: feature, in: program))
      guard Int(number) == known else { continue }
      let row = DefinitionRow(activation: event.position, index: UInt32(index))
      definitions.set(number, row)
      bind(number, row)
    }
    let kind = kindThatLooksBack(program)
    guard bound.count > first || kind != nil else { return }
    context.concernsChanged = true
    byType.removeAll()
    let fresh = FeaturePlans(plans, only: UInt32(first)..<UInt32(bound.count))
    context.history(event.position) { [self] past, subject in
      let type = context.names.name(.type, past.type) ?? ""
      for isCurrent in [true, false] {
        take(past, subject, fresh.plans(for: type, includesCurrent: isCurrent))
      }
      if let kind { noteTouch(kind, past, type) }
    }
  }

  /// The kind of entity whose keys the population of a program looks back at, if no program did before.
  private func kindThatLooksBack(_ program: Program) -> UInt32? {
    guard let population = program.population, population.since != nil,
      let kind = population.entity.flatMap({ self.kind(of: program.entities[$0]) }),
      touches.keep(kind: kind)
    else { return nil }
    return kind
  }

  /// Notes that an event of the past has concerned an entity of the kind.
  private func noteTouch(_ kind: UInt32, _ event: Event, _ type: String) {
    for isCurrent in [true, false] {
      for plan in plans.plans(for: type, includesCurrent: isCurrent) {
        guard let entity = plan.entity, entity.kind == kind,
          let number = key(of: entity, in: event).flatMap({ entities.number(of: $0) })
        else { continue }
        touches.note(number, kind: kind, at: event.recordedAt)
      }
    }
  }

  private func bind(_ number: UInt32, _ row: DefinitionRow) {
    while bound.count <= Int(number) { bound.append(nil) }
    guard let program = catalog.program(activatedAt: row.activation) else { return }
    let feature = program.features[Int(row.index)]
    bound[Int(number)] = BoundFeature(feature, &places)
    var entity: FeaturePlan.Entity?
    if case .entity(let index) = feature.owner {
      let declared = program.entities[index]
      entity = FeaturePlan.Entity(
        kind: kinds.intern(Self.kindKey(declared)), key: EventExpression(declared.key))
    }
    plans.add(number, feature, entity)
  }

  private static func key(of feature: Program.Feature, in program: Program) -> [UInt8] {
    var key = Array(feature.identity.utf8)
    if case .entity(let index) = feature.owner {
      key = kindKey(program.entities[index]) + [0] + key
    }
    return key
  }

  private static func kindKey(_ entity: Program.Entity) -> [UInt8] {
    Array(entity.name.utf8) + [0] + Array(entity.keySource.utf8)
  }
}
