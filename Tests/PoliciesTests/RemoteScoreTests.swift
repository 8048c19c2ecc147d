import CBOR
import Engine
import Ledger
import PendingScores
import Policies
import Programs
import Testing

import class TestSupport.TemporaryDirectory

/// Decisions that wait for a scorer elsewhere.
@Suite("Remote scores")
struct RemoteScoreTests {
  private static let start: Int64 = 1_709_546_400_000_000
  private static let second: Int64 = 1_000_000

  /// A store with the program, fed by hand.
  private final class World {
    let directory = TemporaryDirectory()
    var store: Store
    private var count = 0

    init() throws {
      store = try Store(directory: directory.path, options: .quick())
      store.engine.holdForFirstTurn(try RemoteProgram.program().activation(count: 0))
    }

    func ping(_ subject: String, _ site: String, at seconds: Int64) throws {
      count += 1
      let input = Input(
        type: "site.pinged", subject: Array(subject.utf8), source: Array("//test".utf8),
        externalID: Array("e\(count)".utf8), occurredAt: start + seconds * second,
        payload: CBORValue.object([("site", .text(site)), ("load", 0.5)]).encoded())
      _ = try store.engine.turn([input], clock: .event)
    }

    func answer(_ id: CBORValue?, at seconds: Int64, _ data: [(String, CBORValue)]) throws {
      count += 1
      let input = Input(
        kind: .outcome, type: EventType.scoreAnswered, subject: Array("scorer".utf8),
        source: Array("//scorer".utf8), externalID: Array("a\(count)".utf8),
        occurredAt: start + seconds * second,
        payload: CBORValue.object([("scoreId", id ?? .null)] + data).encoded())
      _ = try store.engine.turn([input], clock: .event)
    }

    func reopen() throws {
      try store.close()
      store = try Store(directory: directory.path, options: .quick())
    }

    func all(_ type: String) throws -> [Event] {
      let number = store.context.names.number(.type, type)
      return try store.allEvents().filter { $0.type == number }
    }

    func last(_ type: String) throws -> CBORValue {
      try #require(all(type).last).payload.value
    }

    /// Requests that the table holds.
    var waitingCount: Int {
      var count = 0
      store.pendingScores.requests.forEach { _, _ in count += 1 }
      return count
    }

    /// Outcome and reason of every decision.
    func decisions() throws -> [String] {
      try all(EventType.decisionMade).map { event in
        let data = event.payload.value
        let reason = data["reason"]?.string ?? ""
        return (data["outcome"]?.string ?? "") + (reason.isEmpty ? "" : " \(reason)")
      }
    }
  }

  @Test(
    "An answer completes the decision, with its margin, model and reasons",
    arguments: [false, true])
  func answer(reopens: Bool) throws {
    let world = try World()
    try world.ping("anna", "a", at: 0)
    #expect(try world.decisions() == ["pending score"])
    let request = try world.last(EventType.scoreRequested)
    #expect(request["url"] == "https://scorer.example/v1")
    #expect(request["features"]?[0] == ["name": "pings", "value": 0])
    if reopens { try world.reopen() }
    try world.answer(
      request["scoreId"], at: 1,
      [
        ("score", 0.9), ("margin", 2.5), ("model", "m7"),
        ("reasons", [["name": "load", "points": 1.5]]),
      ])
    #expect(try world.decisions() == ["pending score", "eligible"])
    let decision = try world.last(EventType.decisionMade)
    #expect(decision["score"] == 0.9)
    #expect(decision["margin"] == 2.5)
    #expect(decision["model"] == "m7")
    #expect(decision["level"] == "high")
    #expect(decision["reasons"] == [["name": "load", "points": 1.5]])
    #expect(decision["features"] == request["features"])
    #expect(decision["offer"] == ["size": 9.0])
    #expect(decision["trigger"] == request["trigger"])
    let started = try #require(world.all(EventType.runStarted).last)
    #expect(started.recordedAt == Self.start + Self.second)
    #expect(started.subject == "anna")
    #expect(started.payload.value["set"] == ["site": "a"])
    // What comes later is set aside.
    try world.answer(request["scoreId"], at: 1, [("score", 0.2)])
    _ = try world.store.engine.advance(to: Self.start + 60 * Self.second)
    #expect(try world.decisions() == ["pending score", "eligible"])
    #expect(world.waitingCount == 0)
  }

  @Test("Without an answer in time the fallback is taken", arguments: [false, true])
  func timeOut(reopens: Bool) throws {
    let world = try World()
    try world.ping("anna", "a", at: 0)
    if reopens { try world.reopen() }
    _ = try world.store.engine.advance(to: Self.start + 3 * Self.second)
    #expect(try world.decisions() == ["pending score", "eligible"])
    let decision = try world.last(EventType.decisionMade)
    #expect(decision["score"] == 0.25)
    #expect(decision["fallback"] == true)
    #expect(decision["fallbackReason"] == "the scorer did not answer in time")
    let started = try #require(world.all(EventType.runStarted).last)
    #expect(started.recordedAt == Self.start + 2 * Self.second)
    try world.answer(world.last(EventType.scoreRequested)["scoreId"], at: 5, [("score", 0.9)])
    #expect(try world.decisions() == ["pending score", "eligible"])
  }

  @Test(
    "An answer without a score is as good as none",
    arguments: [
      ([("error", "busy")], "the scorer failed: busy"),
      ([("score", "high")], "the answer has no score"), ([], "the answer has no score"),
    ] as [([(String, CBORValue)], CBORValue)])
  func badAnswers(data: [(String, CBORValue)], reason: CBORValue) throws {
    let world = try World()
    try world.ping("anna", "a", at: 0)
    try world.answer(world.last(EventType.scoreRequested)["scoreId"], at: 1, data)
    #expect(try world.last(EventType.decisionMade)["fallbackReason"] == reason)
  }

  @Test("While a decision waits, the same key is a duplicate; a low score ends it")
  func duplicates() throws {
    let world = try World()
    try world.ping("anna", "a", at: 0)
    try world.ping("anna", "a", at: 1)
    try world.ping("anna", "b", at: 1)
    #expect(try world.decisions() == ["pending score", "duplicate pending", "pending score"])
    let ids = try world.all(EventType.scoreRequested).map { $0.payload.value["scoreId"] }
    try world.answer(ids[0], at: 1, [("score", 0.05)])
    try world.answer(ids[1], at: 1, [("score", 1)])
    #expect(
      try world.decisions().suffix(2) == ["below-threshold threshold", "eligible"])
    // What was below the threshold has used nothing up; what began has.
    try world.ping("anna", "a", at: 2)
    try world.ping("anna", "b", at: 2)
    #expect(try world.decisions().suffix(2) == ["pending score", "duplicate dedupe"])
  }

  @Test("A scorer that keeps failing is left alone for half a minute")
  func breaker() throws {
    let world = try World()
    for index in 0..<5 as Range<Int64> {
      try world.ping("c\(index)", "a", at: index * 10)
      _ = try world.store.engine.advance(to: Self.start + (index * 10 + 5) * Self.second)
    }
    // The last time-out was at 42 s.
    try world.ping("anna", "a", at: 50)
    #expect(try world.decisions().last == "eligible")
    let reason = try world.last(EventType.decisionMade)["fallbackReason"]
    #expect(reason == "the scorer has failed too often and is not asked")
    #expect(try world.all(EventType.scoreRequested).count == 5)
    try world.reopen()
    try world.ping("bert", "a", at: 71)
    #expect(try world.decisions().last == "eligible")
    try world.ping("carl", "a", at: 72)
    #expect(try world.decisions().last == "pending score")
    try world.answer(world.last(EventType.scoreRequested)["scoreId"], at: 73, [("score", 0.5)])
    try world.ping("dora", "a", at: 74)
    #expect(try world.decisions().last == "pending score")
  }
}
