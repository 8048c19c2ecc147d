import CBOR
import Explaining
import Ledger
import Testing

@Suite("What the explainer finds")
struct ExplainerTests {
  /// A cart that silence makes abandoned, an e-mail with its outcomes, an order.
  private func history() throws -> TestLedger {
    let ledger = try TestLedger()
    try ledger.send("09:00:00", "customer.updated", ["email": "c-1@example.com"])
    try ledger.send("10:00:00", "cart.updated", ["cartId": "k-1", "value": 500])
    try ledger.advance(4, "11:30:00")
    let request = try #require(try ledger.positions("delivery.requested").first)
    let id = try #require(try ledger.data(request)["deliveryId"]?.string)
    try ledger.send(
      "11:30:05", "delivery.sent", ["deliveryId": .text(id)], kind: .outcome)
    // Whoever reports it need not know the customer.
    try ledger.send(
      "11:40:00", "delivery.opened", ["deliveryId": .text(id)], subject: "", kind: .outcome)
    try ledger.send("12:00:00", "order.placed", ["cartId": "k-1", "total": 450])
    return ledger
  }

  @Test("A decision is told with its trigger, silence, filters, score and all that followed")
  func decision() throws {
    let ledger = try history()
    let position = try #require(try ledger.positions("decision.made").first)
    let explanation = try ledger.explainer().explanation(at: position)
    #expect(explanation.decision.outcome == "eligible")
    #expect(explanation.trigger?.type == "cart.abandoned")
    let silence = try #require(explanation.silence)
    #expect(silence.key == "k-1")
    #expect(silence.last?.type == "cart.updated")
    #expect(silence.due - silence.since == 30 * 60 * 1_000_000)
    #expect(explanation.decision.filters.map(\.id) == ["worth", "cap"])
    #expect(
      explanation.decision.filters[0].read.map(\.name).sorted() == ["event.value", "params.limit"])
    #expect(explanation.decision.features.map(\.points) == [-0.4, 0.1])
    let followed = explanation.stages.map { $0.consequences.map(\.event.type) }
    #expect(
      followed == [
        ["run.started", "candidate.created"], ["run.moved", "delivery.requested"],
        ["run.exited", "candidate.removed"],
      ])
    let outcomes = explanation.stages[1].consequences[1].outcomes
    #expect(outcomes.map(\.type) == ["delivery.sent", "delivery.opened"])
    #expect(explanation.run?.exit == "converted")
    #expect(explanation.run?.timers.isEmpty == true)
  }

  @Test(
    "A consequence leads to its decision",
    arguments: [
      "run.started", "run.moved", "delivery.requested", "delivery.sent", "run.exited",
      "candidate.removed", "cart.abandoned", "order.placed", "timer.fired",
    ])
  func consequence(type: String) throws {
    let ledger = try history()
    let decision = try #require(try ledger.positions("decision.made").first)
    for position in try ledger.positions(type) {
      let explanation = try ledger.explainer().explanation(at: position)
      #expect(explanation.decision.position == decision)
      #expect(explanation.asked == position)
    }
  }

  @Test("An active run is told with its state and the timers that are left")
  func activeRun() throws {
    let ledger = try TestLedger()
    try ledger.send("10:00:00", "cart.updated", ["cartId": "k-1", "value": 500])
    try ledger.advance(4, "11:00:00")
    let position = try #require(try ledger.positions("decision.made").first)
    let run = try #require(try ledger.explainer().explanation(at: position).run)
    #expect(run.state == "waiting")
    #expect(run.exit.isEmpty)
    #expect(run.timers.map(\.step) == ["email", "expired"])
  }

  @Test("A duplicate names the decision that used its key")
  func duplicate() throws {
    let ledger = try history()
    try ledger.send("13:00:00", "cart.abandoned", ["cartId": "k-1", "value": 500])
    let decisions = try ledger.positions("decision.made")
    let explanation = try ledger.explainer().explanation(at: decisions[1])
    #expect(explanation.decision.outcome == "duplicate")
    #expect(explanation.earlier?.position == decisions[0])
    #expect(explanation.stages.isEmpty)
  }

  @Test("What is no decision and led to none is named")
  func nothing() throws {
    let ledger = try history()
    let explainer = try ledger.explainer()
    let update = try #require(try ledger.positions("customer.updated").first)
    #expect {
      try explainer.explanation(at: update)
    } throws: {
      "\($0)".contains("position \(update) is no decision")
        && "\($0)".contains("input customer.updated about c-1")
    }
    #expect {
      try explainer.explanation(at: 10_000)
    } throws: {
      "\($0)".contains("there is nothing at position 10000: the ledger ends at position")
    }
  }

  @Test("The decisions about a subject come in order; unknown names bring the nearest")
  func subjects() throws {
    let ledger = try history()
    try ledger.send("13:00:00", "cart.abandoned", ["cartId": "k-2", "value": 50])
    let explainer = try ledger.explainer()
    let decisions = try explainer.decisions(about: "c-1", program: "sample")
    #expect(decisions.map(\.outcome) == ["eligible", "rejected"])
    #expect(decisions[1].reason == "worth")
    #expect {
      try explainer.decisions(about: "c-2", program: nil)
    } throws: {
      "\($0)".hasSuffix("did you mean c-1?")
    }
    #expect {
      try explainer.decisions(about: "c-1", program: "smaple")
    } throws: {
      "\($0)" == "the ledger knows no program \"smaple\": did you mean sample?"
    }
  }
}
