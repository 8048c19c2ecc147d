import CBOR
package import Engine
package import Ledger
package import Programs

/// One registration of a model.
package struct ModelRow: TableRow {
  /// The model's id.
  package var id: String
  /// 64 hex digits; see ``ScoringModel/hash``.
  package var hash: String
  /// The kind by the name that files use.
  package var kind: String
  /// Position of `model.registered`.
  package var position: UInt64

  package init(id: String, hash: String, kind: String, position: UInt64) {
    self.id = id
    self.hash = hash
    self.kind = kind
    self.position = position
  }

  package init(from reader: inout ByteReader) {
    id = reader.text()
    hash = reader.text()
    kind = reader.text()
    position = reader.unsigned()
  }

  package func write(to writer: inout ByteWriter) {
    writer.text(id)
    writer.text(hash)
    writer.text(kind)
    writer.unsigned(position)
  }
}

/// The models that were registered by themselves: a fold over `model.registered`, whose bodies are
/// in the ledger.
package final class Models: Projection {
  package let name = "models"
  package let version = "1"
  /// Registrations in order.
  private let registrations = Table<ModelRow>(name: "models.registrations")
  private let context: FoldContext
  private var count: UInt32 = 0
  private var latest: [String: ModelRow] = [:]
  private var byHash: [String: ModelRow] = [:]
  private var byPosition: [UInt64: ModelRow] = [:]
  /// Read models by hash; nil: one that this binary does not accept.
  private var read: [String: ScoringModel?] = [:]

  package init(context: FoldContext) {
    self.context = context
  }

  package var tables: [any StoredTable] { [registrations] }

  package func concerns(type: String) -> Bool { type == EventType.modelRegistered }

  package func reset() {
    count = 0
    latest = [:]
    byHash = [:]
    byPosition = [:]
    read = [:]
    registrations.forEach { number, row in
      count = number + 1
      note(row)
    }
  }

  package func project(_ event: Event, subject: UInt32) {
    let data = event.payload
    let row = ModelRow(
      id: data.text(Field.model), hash: data.text(Field.hash), kind: data.text(Field.kind),
      position: event.position)
    registrations.set(count, row)
    count += 1
    note(row)
  }

  private func note(_ row: ModelRow) {
    latest[row.id] = row
    byPosition[row.position] = row
    // The same bytes under another id are the same model.
    if byHash[row.hash] == nil { byHash[row.hash] = row }
  }

  /// How many registrations there were.
  package var registrationCount: Int { Int(count) }

  /// Every registration so far, in order.
  package func forEachRegistration(_ body: (ModelRow) -> Void) {
    registrations.forEach { _, row in body(row) }
  }

  /// The registration in force of an id; nil: there is none.
  package func registration(of id: String) -> ModelRow? { latest[id] }

  /// The first registration of these bytes; nil: there is none.
  package func registration(ofHash hash: String) -> ModelRow? { byHash[hash] }

  /// The model that the event at `position` registered; nil where that event registered none, or
  /// none that this binary accepts.
  package func model(registeredAt position: UInt64) -> ScoringModel? {
    byPosition[position].flatMap { model(of: $0) }
  }

  /// The model of a registration; nil where it is none that this binary accepts. Cost: a look at a
  /// dictionary, the first time the reading of its body.
  package func model(of row: ModelRow) -> ScoringModel? {
    if let known = read[row.hash] { return known }
    let model = load(row)
    read[row.hash] = .some(model)
    return model
  }

  private func load(_ row: ModelRow) -> ScoringModel? {
    let body: ModelBody
    do {
      body = try ModelBody(id: row.id, decoding: context.blob(row.position) ?? [])
    } catch {
      UnreadableState.stop("the body of event \(row.position)", Self.damage)
    }
    guard body.hash == row.hash else {
      UnreadableState.stop("the body of event \(row.position)", Self.damage)
    }
    return try? ScoringModel(body)
  }

  private static let damage =
    "it does not have the hash that the event names; run recount verify, and restore a backup"
}
