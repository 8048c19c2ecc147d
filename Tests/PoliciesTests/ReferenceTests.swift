import CBOR
import Engine
import Ledger
import Policies
import Programs
import References
import Testing

import class TestSupport.TemporaryDirectory

/// Reference tables in decisions: which table, which row, and what is noted.
@Suite("Reference tables")
struct ReferenceTests {
  private static let text = """
    id: places
    title: Places
    references:
      networks: {fields: {country: string, score: double}}
      shops: {fields: {open: bool, staff: int}}
    trigger: {event: shop.visited, key: string(event.position)}
    filters:
      - {id: known, pass: 'reference("networks", event.ip) != null'}
      - {id: safe, pass: 'reference("networks", event.ip).score >= 0.5'}
      - {id: open, pass: 'has(reference("shops", event.shop).open) && reference("shops", event.shop).open'}
    journey:
      start: only
      exits: {over: {fromStart: 1d}}
      states: {only: {}}
    """

  private static func program() throws -> Program {
    try Program(
      body: ProgramBody(files: ["program.yaml": Array(text.utf8)]), folder: "places")
  }

  private let directory = TemporaryDirectory()

  private func store() throws -> Store {
    try Store(directory: directory.path, options: .quick())
  }

  private func load(
    _ store: Store, _ name: String, _ keys: ReferenceTable.Keys,
    _ rows: [(String, [(String, CBORValue)])]
  ) throws {
    let body = try ReferenceTable.body(keys, rows.map { (key: $0.0, fields: $0.1) })
    let table = try ReferenceTable(decoding: body)
    let input = table.loading(
      name: name, body, fields: [], count: store.references.loadingCount)
    _ = try store.engine.turn([input], clock: .event)
  }

  /// Sends a visit and gives the decision's reason, or its outcome where it has none.
  private func visit(_ store: Store, _ id: String, ip: String, shop: CBORValue) throws -> String {
    let input = Input(
      type: "shop.visited", subject: Array("anna".utf8), source: Array("//test".utf8),
      externalID: Array(id.utf8), occurredAt: 1_709_546_400_000_000,
      payload: CBORValue.object([("ip", .text(ip)), ("shop", shop)]).encoded())
    _ = try store.engine.turn([input], clock: .event)
    let decision = try last(store)
    let reason = decision["reason"]?.string ?? ""
    return reason.isEmpty ? decision["outcome"]?.string ?? "" : reason
  }

  private func last(_ store: Store) throws -> CBORValue {
    let number = store.context.names.number(.type, EventType.decisionMade)
    return try #require(store.allEvents().last { $0.type == number }).payload.value
  }

  @Test("A decision sees the table of its moment, with the declared fields in their types")
  func moment() throws {
    var store = try store()
    store.engine.holdForFirstTurn(try Self.program().activation(count: 0))
    #expect(try visit(store, "1", ip: "10.1.1.1", shop: 7) == "known")
    try load(store, "networks", .prefix, [("10.0.0.0/8", [("score", 1), ("country", "US")])])
    try load(store, "shops", .text, [("7", [("open", .bool(true)), ("staff", "many")])])
    #expect(try visit(store, "2", ip: "192.0.2.1", shop: 7) == "known")
    #expect(try visit(store, "3", ip: "10.1.1.1", shop: 7) == "eligible")
    let filters = try #require(last(store)["filters"])
    #expect(
      filters[1]?["read"]?["reference(networks, 10.1.1.1)"] == ["country": "US", "score": 1.0])
    #expect(filters[2]?["read"]?["reference(shops, 7)"] == ["open": true])
    #expect(try visit(store, "4", ip: "10.1.1.1", shop: "8") == "open")
    try load(
      store, "networks", .prefix,
      [("10.0.0.0/8", [("score", 1)]), ("10.1.0.0/16", [("score", 0.25)])])
    #expect(try visit(store, "5", ip: "10.1.1.1", shop: 7) == "safe")
    #expect(try visit(store, "6", ip: "10.2.1.1", shop: 7) == "eligible")
    let digest = try store.digest()
    try store.close()
    store = try self.store()
    #expect(try store.digest() == digest)
    #expect(try visit(store, "7", ip: "10.1.1.1", shop: 7) == "safe")
    _ = try store.engine.rebuild()
    #expect(try visit(store, "8", ip: "10.1.1.1", shop: 7) == "safe")
  }
}
