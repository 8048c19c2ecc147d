import CBOR
import Engine
import Facts
import Journeys
import Ledger
import Policies
import Programs
import Testing

/// Variants by hash, and segments.
@Suite("Experiments")
struct ExperimentTests {
  private static func history(_ overrides: [(String, String)], customers: Int) throws
    -> TestHistory
  {
    let program = try ClubProgram.program(
      overrides.map { ProgramOverride(path: $0.0, value: $0.1) })
    let history = try TestHistory(programs: [program])
    for customer in 0..<customers {
      try history.send(
        "2024-03-04 10:00:00", "customer.updated", "c\(customer)",
        ["email": "c@example.com", "timeZone": "Europe/Berlin"])
      try history.send("2024-03-04 10:00:00", "club.joined", "c\(customer)", ["club": "k"])
    }
    return history
  }

  private static func data(_ history: TestHistory, _ type: String) throws -> [CBORValue] {
    let names = history.store.context.names
    return try history.store.allEvents().filter { names.name(.type, $0.type) == type }
      .map(\.payload.value)
  }

  @Test("Each customer has one variant, near the shares, and the params and records follow it")
  func shares() throws {
    let history = try Self.history(
      [
        ("holdout", "0"), ("experiments.tone.variants.0.percent", "80"),
        ("experiments.tone.variants.1.percent", "20"),
      ], customers: 400)
    let decisions = try Self.data(history, EventType.decisionMade)
    var loud: Set<String> = []
    for (index, decision) in decisions.enumerated() {
      let variant = decision["variant"]?.string
      let bucket = Bucket.of(salt: "club/tone", subject: Array("c\(index)".utf8))
      #expect(variant == (bucket < 8_000 ? "plain" : "loud"))
      #expect(decision["propensity"]?.double == (variant == "loud" ? 0.2 : 0.8))
      if variant == "loud" { loud.insert("c\(index)") }
    }
    #expect((50...110).contains(loud.count))
    let names = history.store.context.names
    for event in try history.store.allEvents() {
      let type = names.name(.type, event.type)
      let variant: CBORValue = loud.contains(event.subject) ? "loud" : "plain"
      let data = event.payload.value
      switch type {
      case EventType.runStarted, EventType.candidateCreated:
        #expect(data["variants"] == ["tone": variant])
      case EventType.deliveryRequested:
        #expect(data["variables"]?["discount"] == (variant == "loud" ? 30 : 10))
      default: break
      }
    }
  }

  @Test("A run keeps its variant when the shares change, also when it is migrated")
  func keeps() throws {
    let history = try Self.history(
      [
        ("holdout", "0"), ("experiments.tone.variants.0.percent", "100"),
        ("experiments.tone.variants.1.percent", "0"),
      ], customers: 20)
    let flipped = try ClubProgram.program([
      ProgramOverride(path: "holdout", value: "0"),
      ProgramOverride(path: "experiments.tone.variants.0.percent", value: "0"),
      ProgramOverride(path: "experiments.tone.variants.1.percent", value: "100"),
    ])
    try history.activate(flipped, inFlight: "migrate")
    try history.advance("2024-03-08 00:00:00")
    let late = try Self.data(history, EventType.deliveryRequested)
      .filter { $0["step"]?.string == "last" }
    #expect(late.count == 20)
    #expect(late.allSatisfy { $0["variables"]?["discount"] == 10 })
    try history.advance("2024-03-20 00:00:00")
    let exits = try Self.data(history, EventType.runExited)
    #expect(exits.count == 20 && exits.allSatisfy { $0["variants"] == ["tone": "plain"] })
  }

  @Test("With a holdout both are told by name; who is held out has the holdout's alone")
  func holdout() throws {
    let history = try Self.history([("holdout", "50")], customers: 60)
    var outcomes: Set<String> = []
    for decision in try Self.data(history, EventType.decisionMade) {
      let outcome = try #require(decision["outcome"]?.string)
      outcomes.insert(outcome)
      if outcome == "held-out" {
        #expect(decision["variant"] == "holdout")
        #expect(decision["propensity"]?.double == 0.5)
      } else {
        #expect(decision["variant"]?["holdout"] == "treated")
        #expect(decision["propensity"]?["holdout"]?.double == 0.5)
        #expect(decision["propensity"]?["tone"]?.double == 0.5)
      }
    }
    #expect(outcomes == ["held-out", "eligible"])
  }

  @Test("Several experiments are told by name")
  func several() throws {
    let second =
      "[{id: tone, variants: [{name: a, percent: 30}, {name: b, percent: 70}]}, "
      + "{id: hour, variants: [{name: x, percent: 0.5}, {name: y, percent: 99.5}]}]"
    let history = try Self.history([("experiments", second)], customers: 30)
    let names: Set<String> = ["holdout", "hour", "tone"]
    for decision in try Self.data(history, EventType.decisionMade)
    where decision["outcome"] == "eligible" {
      let variants = try #require(decision["variant"]?.entries)
      #expect(Set(variants.compactMap(\.key.string)) == names)
      #expect(decision["variant"]?["holdout"] == "treated")
      let isA = decision["variant"]?["tone"] == "a"
      #expect(decision["propensity"]?["tone"]?.double == (isA ? 0.3 : 0.7))
    }
  }

  @Test("The first segment that fits is recorded with the decision and the run")
  func segments() throws {
    let history = try TestHistory(programs: [try ClubProgram.plain()])
    for (customer, zone) in [("a", "Asia/Tokyo"), ("b", "Europe/Berlin")] {
      try history.send(
        "2024-03-04 09:00:00", "customer.updated", customer, ["timeZone": .text(zone)])
      try history.send("2024-03-04 10:00:00", "club.joined", customer, ["club": "k"])
    }
    // 19:00 in Tokyo, 11:00 in Berlin.
    let decisions = try Self.data(history, EventType.decisionMade)
    #expect(decisions.map { $0["segment"]?.string } == ["evening", "regular"])
    let runs = try Self.data(history, EventType.runStarted)
    #expect(runs.map { $0["segment"]?.string } == ["evening", "regular"])
  }
}
