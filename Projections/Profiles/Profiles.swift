import Binding
import CBOR
package import Catalog
package import Engine
package import Expressions
package import Ledger
import Programs

/// Customers' traits with their history: a fold over `customer.updated`, and over the events that
/// the active programs' `traitUpdates` name.
///
/// `customer.updated` merges: absent traits stay, null removes. Contacts, and every trait that a
/// program updates, keep their last ``historyLimit`` values, all others the present one.
package final class Profiles: Projection {
  /// How many values of a contact are kept.
  package static let historyLimit = 32
  /// Traits whose history is kept always.
  private static let contacts = ["email", "phone", "pushToken"]
  /// Projections that read each other while they fold.
  package static let stateGroup = "state"

  package let name = "profiles"
  package let version = "1"
  package var group: String { Self.stateGroup }
  /// Trait names and their numbers.
  private let traitNames = EntityTable(name: "profiles.traits")
  private let rows = Table<ProfileRow>(name: "profiles")
  private let definitionKeys = EntityTable(name: "profiles.update-keys")
  private let definitions = Table<DefinitionRow>(name: "profiles.updates")
  private let context: FoldContext
  private let catalog: Catalog
  private var updates: [Update] = []
  private var updatesByType: [String: [Int]] = [:]
  private var keepsHistory: Set<UInt32> = []

  private lazy var byType = RoleMap<Role>(names: context.names) { [unowned self] in
    role(ofType: $0)
  }

  /// What one type of event is to the profiles.
  private struct Role {
    let merges: Bool
    let isActivation: Bool
    let updates: [Int]
  }

  /// A trait update of an active program, bound.
  private struct Update {
    let trait: UInt32
    let each: EventExpression?
    let when: EventExpression?
    let value: EventExpression
  }

  package init(context: FoldContext, catalog: Catalog) {
    self.context = context
    self.catalog = catalog
  }

  package var tables: [any StoredTable] { [traitNames, rows, definitionKeys, definitions] }

  package func concerns(type: String) -> Bool {
    type == EventType.customerUpdated || type == EventType.programActivated
      || updatesByType[type] != nil
  }

  package func reset() {
    updates = []
    updatesByType = [:]
    byType.removeAll()
    keepsHistory = Set(Self.contacts.map { traitNames.intern(Array($0.utf8)) })
    definitions.forEach { _, row in bind(row) }
  }

  // MARK: - Reading

  /// The number of a trait, or nil if no event ever gave it.
  package func trait(_ name: String) -> UInt32? {
    traitNames.number(of: Array(name.utf8))
  }

  /// The present value of a customer's trait, or nil.
  package func value(of trait: UInt32, customer: UInt32) -> Value? {
    rows.withRow(customer) { $0.value(of: trait) } ?? nil
  }

  /// The value of a customer's trait just before a position, or nil.
  package func value(of trait: UInt32, customer: UInt32, before position: UInt64) -> Value? {
    rows.withRow(customer) { $0.value(of: trait, before: position) } ?? nil
  }

  /// All present traits of a customer by name, in order of their first appearance.
  package func traits(of customer: UInt32) -> [(name: String, value: Value)] {
    rows.row(customer)?.traits.compactMap { history in
      history.versions.last?.value.map { (traitNames.text(of: history.trait), $0) }
    } ?? []
  }

  // MARK: - The fold

  package func project(_ event: Event, subject: UInt32) {
    guard let role = byType.role(ofType: event.type) else { return }
    if role.merges { merge(event, subject) }
    if role.isActivation { register(event) }
    for index in role.updates { apply(updates[index], event, subject) }
  }

  private func role(ofType type: String) -> Role? {
    guard concerns(type: type) else { return nil }
    return Role(
      merges: type == EventType.customerUpdated,
      isActivation: type == EventType.programActivated, updates: updatesByType[type] ?? [])
  }

  private func merge(_ event: Event, _ subject: UInt32) {
    rows.update(subject, orInsert: ProfileRow()) { row in
      event.payload.forEachEntry { key, value in
        guard let range = key.textBytesRange else { return }
        let trait = traitNames.intern(key.storage, in: range)
        row.set(
          trait, value.isNull ? nil : Value(value), at: event.position, limit: limit(of: trait))
      }
    }
  }

  private func limit(of trait: UInt32) -> Int {
    keepsHistory.contains(trait) ? Self.historyLimit : 1
  }

  private func apply(_ update: Update, _ event: Event, _ subject: UInt32) {
    var elements: [Value?] = [nil]
    if let each = update.each {
      guard case .list(let list)? = each.value(event, names: context.names) else { return }
      elements = list
    }
    for element in elements {
      if let when = update.when {
        guard case .bool(true)? = when.value(event, element: element, names: context.names) else {
          continue
        }
      }
      // A value that fails leaves the trait as it is; null removes it.
      guard let value = update.value.value(event, element: element, names: context.names)?.stored
      else { continue }
      rows.update(subject, orInsert: ProfileRow()) { row in
        row.set(
          update.trait, value == .null ? nil : value, at: event.position,
          limit: limit(of: update.trait))
      }
    }
  }

  // MARK: - Definitions

  private func register(_ event: Event) {
    guard let program = catalog.program(activatedAt: event.position) else { return }
    let known = updates.count
    for (index, update) in program.traitUpdates.enumerated() {
      let count = definitionKeys.count
      let number = definitionKeys.intern(Array(update.identity.utf8))
      guard Int(number) == count else { continue }
      let row = DefinitionRow(activation: event.position, index: UInt32(index))
      definitions.set(number, row)
      bind(row)
    }
    guard updates.count > known else { return }
    context.concernsChanged = true
    byType.removeAll()
    let fresh = known..<updates.count
    context.history(event.position) { [self] past, subject in
      let type = context.names.name(.type, past.type) ?? ""
      for index in updatesByType[type] ?? [] where fresh.contains(index) {
        apply(updates[index], past, subject)
      }
    }
  }

  private func bind(_ row: DefinitionRow) {
    guard let program = catalog.program(activatedAt: row.activation) else { return }
    let update = program.traitUpdates[Int(row.index)]
    let trait = traitNames.intern(Array(program.traits[update.trait].name.utf8))
    keepsHistory.insert(trait)
    for type in update.types { updatesByType[type, default: []].append(updates.count) }
    updates.append(
      Update(
        trait: trait,
        each: update.each.map { EventExpression($0) },
        when: update.when.map { EventExpression($0, elementName: update.elementName) },
        value: EventExpression(update.value, elementName: update.elementName)))
  }
}
