import CBOR
import Engine
import Explaining
import Ledger
import Policies
import Testing

@Suite("What batches found")
struct BatchFindingTests {
  private static let program = """
    id: sample
    title: Sample
    entities:
      order: {key: event.orderId}
    features:
      customer:
        spent: {sum: order.placed, value: event.total, default: 0}
      order:
        owner: {last: order.placed, value: event.subject}
        total: {last: order.placed, value: event.total, default: 0}
    schedule: {cron: "0 12 * * *"}
    population: POPULATION
    filters:
      - {id: trust, pass: customer.status == "active"}
      - {id: cap, cap: {channel: email, max: 2, per: 7d}}
      - {id: worth, pass: customer.spent >= 100}
    journey: {start: begun, exits: {done: {}}, states: {begun: {after: {1h: done}}}}

    """

  private static func history(_ population: String) throws -> TestLedger {
    let ledger = try TestLedger(program.replacing("POPULATION", with: population))
    for (customer, status, total) in [
      ("a", "active", 150), ("b", "blocked", 500), ("c", "active", 50), ("d", "active", 300),
      ("e", "active", 200),
    ] {
      try ledger.send("09:00:00", "customer.updated", ["status": .text(status)], subject: customer)
      try ledger.send(
        "10:00:00", "order.placed",
        ["orderId": .text("o-\(customer)"), "total": .signed(Int64(total))], subject: customer)
    }
    try ledger.send("10:00:00", "page.viewed", [:], subject: "f")
    try ledger.advance(4, "18:00:00")
    return ledger
  }

  private static func words(_ ledger: TestLedger, _ subject: String) throws -> [String] {
    try ledger.explainer().batchFindings(about: subject, program: "sample").map(\.explanation)
  }

  @Test("A rejection is explained by the filter and what it asks, also of who never had a decision")
  func rejected() throws {
    let ledger = try Self.history("{of: customers, where: customer.spent > 0}")
    #expect(
      try Self.words(ledger, "b") == ["rejected by the filter trust: customer.status == \"active\""]
    )
    #expect(try Self.words(ledger, "c") == ["rejected by the filter worth: customer.spent >= 100"])
    #expect(try Self.words(ledger, "f") == ["did not belong to the population"])
    let slice = try #require(try ledger.positions("batch.sliced").first)
    #expect(
      try Self.words(ledger, "a") == ["passed, and was decided in full at position \(slice)"])
    #expect(throws: ExplanationError.self) {
      try ledger.explainer().decisions(about: "c", program: "sample")
    }
    #expect(
      try ledger.explainer().decisions(about: "c", program: "sample", mayBeNone: true).isEmpty)
  }

  @Test("Of those that passed the rank is told, and whether it was high enough")
  func ranked() throws {
    let ledger = try Self.history(
      "{of: customers, where: customer.spent > 0, rank: customer.spent, limit: 2}")
    let slices = try ledger.positions("batch.sliced")
    #expect(
      try Self.words(ledger, "d") == [
        "passed, rank 300, and was decided in full at position "
          + "\(slices[1])"
      ])
    #expect(
      try Self.words(ledger, "a") == [
        "passed, rank 150, and was not chosen; the lowest rank chosen is 200"
      ])
  }

  @Test("The items of an entity are found by their customer")
  func entities() throws {
    let ledger = try Self.history(
      "{of: order, customer: order(key).owner, data: {total: order(key).total}, rank: event.total, "
        + "limit: 1}")
    #expect(try Self.words(ledger, "c") == ["rejected by the filter worth: customer.spent >= 100"])
    #expect(
      try Self.words(ledger, "e") == [
        "passed, rank 200, and was not chosen; the lowest rank chosen is 300"
      ])
    #expect(try Self.words(ledger, "f") == [])
  }

  @Test("The decision of a batch is told with what followed")
  func decision() throws {
    let ledger = try Self.history("{of: customers, where: customer.spent > 200}")
    let decision = try #require(
      try ledger.explainer().decisions(about: "d", program: "sample").first)
    let explanation = try ledger.explainer().explanation(at: decision.position)
    #expect(explanation.trigger?.type == "batch.sliced")
    #expect(explanation.run?.exit == "done")
    #expect(
      explanation.stages.map { $0.consequences.map(\.event.type) } == [
        ["run.started"], ["run.exited"],
      ])
  }

  @Test(
    "Every rejection of a shipped batch over customers and products is told with the item's key")
  func recommendations() throws {
    let ledger = try TestLedger(shipped: "product-recommendations")
    try ledger.send("08:00:00", "customer.updated", ["status": "active"], subject: "ann")
    try ledger.send("08:00:00", "customer.updated", ["status": "suspended"], subject: "bob")
    try ledger.send(
      "08:30:00", "product.updated", ["productId": "P3", "inStock": false], subject: "P3")
    for (customer, product, views, seconds) in [
      ("bob", "P1", 3, 200), ("ann", "P1", 2, 200), ("ann", "P2", 3, 50), ("ann", "P3", 3, 200),
      ("ann", "P4", 4, 200),
    ] as [(String, String, Int, Int64)] {
      for _ in 0..<views {
        try ledger.send(
          "10:00:00", "product.viewed",
          ["productId": .text(product), "seconds": .signed(seconds)], subject: customer)
      }
    }
    try ledger.advance(5, "03:00:00")
    let index = try ledger.index()
    let explainer = try Explainer(ledger.store.ledger, index: index)
    func told(_ subject: String) throws -> [String] {
      try explainer.batchFindings(about: subject, program: "product-recommendations").map {
        let words = [$0.key ?? "?", $0.verdict.word]
        guard case .rejected(let filter, let pass) = $0.verdict else {
          return words.joined(separator: " ")
        }
        #expect(!pass.isEmpty)
        return (words + [filter]).joined(separator: " ")
      }
    }
    #expect(try told("bob") == ["19786\tbob\tP1 rejected trust"])
    #expect(
      try told("ann") == [
        "19786\tann\tP1 rejected intent", "19786\tann\tP2 rejected intent",
        "19786\tann\tP3 rejected inventory", "19786\tann\tP4 passed",
      ])
    let plain = try Explainer(ledger.store.ledger)
    let found = try plain.batchFindings(about: "ann", program: "product-recommendations")
    #expect(found.allSatisfy { $0.key == nil } && !found.isEmpty)
    let decided = try #require(
      explainer.decisions(about: "ann", program: "product-recommendations").first)
    #expect(decided.item.hasSuffix("P4"))
    try index.close()
  }
}
