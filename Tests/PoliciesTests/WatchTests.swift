import CBOR
import Engine
import Journeys
import Ledger
import Policies
import Programs
import TestSupport
import Testing

/// Runs that react to events of other entities.
@Suite("Watches")
struct WatchTests {
  private static func history() throws -> TestHistory {
    try TestHistory(programs: [program()])
  }

  private static func program() throws -> Program {
    let text = """
      id: restock
      title: Restock
      entities:
        product: {key: event.productId}
      features:
        product:
          inStock: {last: product.updated, value: event.inStock, default: true, including: current}
      trigger: {event: wish.added, key: event.wishId}
      journey:
        set: {products: event.products}
        watch: {product: run.products}
        start: waiting
        exits: {gone: {on: wish.removed, when: event.wishId == run.key}, old: {fromStart: 30d}}
        states:
          waiting:
            on:
              product.updated: {when: product(event.productId).inStock, to: told}
              wish.changed: {when: event.wishId == run.key, set: {products: event.products}}
          told:
            send: {channel: push, template: t, variables: {product: run.key}}
            after: {1d: waiting}
      """
    let files = ["program.yaml": text, "templates/t.yaml": "text: \"{{product}}\"\n"]
    return try Program(
      body: ProgramBody(files: files.mapValues { Array($0.utf8) }), folder: "restock")
  }

  private static func wish(_ history: TestHistory, _ key: String, _ products: [String]) throws {
    try history.send(
      "2024-03-04 10:00:00", "customer.updated", "c-\(key)", ["pushToken": "p"])
    try history.send(
      "2024-03-04 10:00:00", "wish.added", "c-\(key)",
      ["wishId": .text(key), "products": .array(products.map { .text($0) })])
  }

  private static func update(_ history: TestHistory, _ time: String, _ product: String) throws {
    try history.send(
      time, "product.updated", "stock", ["productId": .text(product), "inStock": true])
  }

  @Test("Runs of other customers move, in the order in which they began, each for its customer")
  func order() throws {
    let history = try Self.history()
    try Self.wish(history, "z", ["A", "B"])
    try Self.wish(history, "a", ["B"])
    try Self.wish(history, "m", ["C"])
    try Self.update(history, "2024-03-04 11:00:00", "B")
    #expect(
      try history.lines("delivery.requested") == [
        "03-04 11:00 delivery.requested c-z: z push told to p",
        "03-04 11:00 delivery.requested c-a: a push told to p",
      ])
  }

  @Test("A run watches what its variables say now, and nothing once it is over")
  func changes() throws {
    let history = try Self.history()
    try Self.wish(history, "a", ["A"])
    try history.send(
      "2024-03-04 10:30:00", "wish.changed", "c-a", ["wishId": "a", "products": ["B"]])
    try Self.update(history, "2024-03-04 11:00:00", "A")
    #expect(try history.lines("delivery.requested").isEmpty)
    try Self.update(history, "2024-03-04 12:00:00", "B")
    #expect(try history.lines("delivery.requested").count == 1)
    try history.send("2024-03-06 10:30:00", "wish.removed", "c-a", ["wishId": "a"])
    try Self.update(history, "2024-03-06 12:00:00", "B")
    #expect(try history.lines("delivery.requested").count == 1)
    #expect(
      history.store.journeys.watchers(
        program: "restock", entity: "product", key: Array("B".utf8)) == [])
  }

  @Test("Views that are read again or made anew watch the same")
  func rebuilt() throws {
    let history = try Self.history()
    for key in 0..<40 { try Self.wish(history, "w\(key)", ["P\(key % 3)", "Q"]) }
    let live = try history.store.digest()
    _ = try history.store.engine.rebuild()
    #expect(try history.store.digest() == live)
    try Self.update(history, "2024-03-04 11:00:00", "P1")
    #expect(try history.lines("delivery.requested").count == 13)
  }

  @Test(
    "A long list moves in portions, and what else comes goes between them",
    arguments: [false, true])
  func portions(reopens: Bool) throws {
    let directory = TemporaryDirectory()
    var store = try Store(directory: directory.path)
    var now = try TestHistory.moment("2024-03-04 10:00:00")
    var count = 0
    func turn(_ type: String, _ subject: String, _ data: CBORValue) throws -> [Event] {
      count += 1
      now += 1_000_000
      let start = store.ledger.end.position
      let input = Input(
        type: type, subject: Array(subject.utf8), source: Array("//shop".utf8),
        externalID: Array("e\(count)".utf8), occurredAt: now, payload: data.encoded())
      _ = try store.engine.turn([input], clock: .wall(now: now))
      return try store.allEvents().filter { $0.position > start }
    }
    let activation = try Self.program().activation(count: 0)
    _ = try store.engine.turn([activation], clock: .wall(now: now))
    for run in 0..<600 {
      _ = try turn("customer.updated", "c-\(run)", ["pushToken": "p"])
      _ = try turn("wish.added", "c-\(run)", ["wishId": .text("w\(run)"), "products": ["B"]])
    }
    var moved: [String] = []
    var portions: [Int] = []
    for step in 0..<4 {
      let events =
        step == 0
        ? try turn("product.updated", "stock", ["productId": "B", "inStock": true])
        : try turn("login.attempted", "c-1", [:])
      let names = store.context.names
      let own = events.filter { names.name(.type, $0.type) == EventType.deliveryRequested }
      moved += own.map(\.subject)
      portions.append(own.count)
      if reopens {
        let live = try store.digest()
        try store.close()
        store = try Store(directory: directory.path)
        #expect(try store.digest() == live)
      }
    }
    #expect(portions == [256, 256, 88, 0])
    #expect(moved == (0..<600).map { "c-\($0)" })
  }

  @Test("A run that has gone before its portion comes is left alone, under the event clock too")
  func goneMeanwhile() throws {
    let history = try Self.history()
    for key in 0..<300 { try Self.wish(history, "w\(key)", ["Q"]) }
    try Self.update(history, "2024-03-04 11:00:00", "Q")
    try history.send(
      "2024-03-04 11:00:00", "wish.removed", "c-w299", ["wishId": "w299"])
    #expect(try history.lines("delivery.requested").count == 256)
    try history.advance("2024-03-04 11:00:01")
    #expect(try history.lines("delivery.requested").count == 299)
    let live = try history.store.digest()
    _ = try history.store.engine.rebuild()
    #expect(try history.store.digest() == live)
  }
}
