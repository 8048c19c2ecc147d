package import Catalog
package import Engine
package import Ledger
package import Models
package import Programs
package import Scoring

/// Which items go together, by the customers who have met both, for every model of items that an
/// activated program has or that was registered: a fold over the events that the models name.
///
/// Equal models share their counts. A model that comes with a later activation or registration takes
/// in the whole history before it at once; once known it is kept up to date. The event that is being decided about does not count yet.
package final class Items: Projection {
  package let name = "items"
  package let version = "1"

  private let context: FoldContext
  private let catalog: Catalog
  private let models: Models
  private let modelKeys = EntityTable(name: "items.model-keys")
  private let definitions = Table<DefinitionRow>(name: "items.models")
  /// Items: the model's number (u32) and the item's id.
  private let itemKeys = EntityTable(name: "items.keys")
  private let items = Table<ItemRow>(name: "items")
  private let customers = Table<CustomerItemsRow>(name: "items.customers")
  private var bound: [BoundItemModel?] = []
  /// The models' numbers by the types of events that they take in.
  private var byType: [String: [UInt32]] = [:]
  private lazy var roles = RoleMap<[UInt32]>(names: context.names) { [unowned self] in byType[$0] }

  package init(context: FoldContext, catalog: Catalog, models: Models) {
    self.context = context
    self.catalog = catalog
    self.models = models
  }

  package var tables: [any StoredTable] { [modelKeys, definitions, itemKeys, items, customers] }

  package func concerns(type: String) -> Bool {
    type == EventType.programActivated || type == EventType.modelRegistered
      || byType[type] != nil
  }

  package func reset() {
    bound = []
    byType = [:]
    roles.removeAll()
    definitions.forEach { number, row in bind(number, row) }
  }

  // MARK: - Reading

  /// How well an item goes with those that a customer has met.
  /// - Returns: nil where `item` is no text and no whole number. 0 where the customer has met
  ///   nothing, or nothing like it.
  package func output(_ model: ItemModel, item: FeatureValue, customer: UInt32) -> ModelOutput? {
    guard let item = Self.id(item) else { return nil }
    var affinity = ItemAffinity(reasons: model.reasons)
    guard let number = modelKeys.number(of: Array(model.identity.utf8)) else {
      return affinity.output
    }
    let met = customers.withRow(customer) { $0.items(of: number) } ?? []
    let second = customersWith(item, model: number)
    for other in Self.inOrder(met) where !Self.isSame(other, item) {
      let similarity =
        itemKeys.number(of: Self.key(number, other)).flatMap { row in
          items.withRow(row) { row in
            model.measure.similarity(
              both: row.neighbours.certainCount(with: item), first: row.neighbours.customers,
              second: second)
          }
        } ?? 0
      affinity.add(other, similarity: similarity)
    }
    return affinity.output
  }

  private func customersWith(_ item: String, model: UInt32) -> Int64 {
    itemKeys.number(of: Self.key(model, item)).flatMap { row in
      items.withRow(row) { $0.neighbours.customers }
    } ?? 0
  }

  private static func id(_ value: FeatureValue) -> String? {
    switch value {
    case .text(let text): text.isEmpty ? nil : text
    case .number(let number): Int64(exactly: number).map { String($0) }
    case .flag, .missing: nil
    }
  }

  // MARK: - The fold

  package func project(_ event: Event, subject: UInt32) {
    switch context.names.name(.type, event.type) {
    case EventType.programActivated, EventType.modelRegistered: register(event)
    default: break
    }
  }

  package func settle(_ event: Event, subject: UInt32) {
    for number in roles.role(ofType: event.type) ?? [] { take(event, subject, number) }
  }

  private func take(_ event: Event, _ subject: UInt32, _ number: UInt32) {
    guard let bound = bound[Int(number)] else { return }
    for item in bound.items(of: event, names: context.names) {
      let met = customers.withRow(subject) { $0.items(of: number) } ?? []
      guard !met.contains(where: { Self.isSame($0, item) }) else { continue }
      // In the order of ids, so that what finds no place does not depend on who came first.
      let others = Self.inOrder(met)
      let capacity = bound.model.capacity
      items.update(itemKeys.intern(Self.key(number, item)), orInsert: ItemRow()) { row in
        row.neighbours.addCustomer()
        for other in others { row.neighbours.add(other, capacity: capacity) }
      }
      for other in others {
        items.update(itemKeys.intern(Self.key(number, other)), orInsert: ItemRow()) { row in
          row.neighbours.add(item, capacity: capacity)
        }
      }
      customers.update(subject, orInsert: CustomerItemsRow()) {
        $0.add(item, model: number, limit: bound.model.itemsOfCustomer)
      }
    }
  }

  private static func key(_ model: UInt32, _ item: String) -> [UInt8] {
    BigEndian.bytes(model) + item.utf8
  }

  private static func inOrder(_ items: [String]) -> [String] {
    items.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Ids are equal where their bytes are.
  private static func isSame(_ first: String, _ second: String) -> Bool {
    first.utf8.elementsEqual(second.utf8)
  }

  // MARK: - Definitions

  private func register(_ event: Event) {
    let first = bound.count
    for (index, model) in itemModels(from: event.position).enumerated() {
      let known = modelKeys.count
      let number = modelKeys.intern(Array(model.identity.utf8))
      guard Int(number) == known else { continue }
      let row = DefinitionRow(activation: event.position, index: UInt32(index))
      definitions.set(number, row)
      bind(number, row)
    }
    guard bound.count > first else { return }
    context.concernsChanged = true
    roles.removeAll()
    let fresh = UInt32(first)..<UInt32(bound.count)
    context.history(event.position) { [self] past, subject in
      for number in roles.role(ofType: past.type) ?? [] where fresh.contains(number) {
        take(past, subject, number)
      }
    }
  }

  /// The models of items that the event at `position` brought: with a program, or by itself.
  private func itemModels(from position: UInt64) -> [ItemModel] {
    if let program = catalog.program(activatedAt: position) { return program.itemModels }
    guard let model = models.model(registeredAt: position), case .items(let items) = model.content
    else { return [] }
    return [items]
  }

  private func bind(_ number: UInt32, _ row: DefinitionRow) {
    while bound.count <= Int(number) { bound.append(nil) }
    let brought = itemModels(from: row.activation)
    guard Int(row.index) < brought.count else { return }
    let model = brought[Int(row.index)]
    bound[Int(number)] = BoundItemModel(model)
    for type in model.types { byType[type, default: []].append(number) }
  }
}
