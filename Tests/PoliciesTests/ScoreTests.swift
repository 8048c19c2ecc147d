import CBOR
import Engine
import Ledger
import Models
import Policies
import Programs
import Scoring
import Simulation
import Testing

import class TestSupport.TemporaryDirectory

/// Several scores of all kinds, registered models, and fallbacks.
@Suite("Scores")
struct ScoreTests {
  private static let start: Int64 = 1_709_546_400_000_000
  private static let minute: Int64 = 60_000_000

  /// A store with the program, and a count for the inputs' ids.
  private final class World {
    let directory = TemporaryDirectory()
    var store: Store
    var count = 0

    init(_ program: Program? = nil) throws {
      store = try Store(directory: directory.path, options: .quick())
      let program = try program ?? ScoredProgram.program()
      store.engine.holdForFirstTurn(program.activation(count: 0))
    }

    func send(_ type: String, _ subject: String, at minutes: Int64, _ data: CBORValue) throws {
      count += 1
      let input = Input(
        type: type, subject: Array(subject.utf8), source: Array("//test".utf8),
        externalID: Array("e\(count)".utf8), occurredAt: start + minutes * minute,
        payload: data.encoded())
      _ = try store.engine.turn([input], clock: .event)
    }

    func register(_ body: ModelBody) throws -> ScoringModel {
      let model = try ScoringModel(body)
      let count = store.models.registrationCount
      _ = try store.engine.turn([model.registration(body, count: count)], clock: .event)
      return model
    }

    func reopen() throws {
      try store.close()
      store = try Store(directory: directory.path, options: .quick())
    }

    /// The data of the last event of a type.
    func last(_ type: String) throws -> CBORValue {
      let number = store.context.names.number(.type, type)
      return try #require(store.allEvents().last { $0.type == number }).payload.value
    }

    /// One of the scores of the last decision.
    func score(_ name: String) throws -> CBORValue {
      let scores = try #require(last(EventType.decisionMade)["scores"]?.elements)
      return try #require(scores.first { $0["name"] == .text(name) })
    }
  }

  @Test("Each score is recorded with its model, features and margin, and one combines them")
  func recorded() throws {
    let world = try World()
    try world.send("shop.visited", "anna", at: 0, ["product": "p", "member": "gold"])
    let program = try ScoredProgram.program()
    let decision = try world.last(EventType.decisionMade)
    let scores = try #require(program.scoring?.scores)
    for score in scores {
      let record = try world.score(score.name)
      #expect(record["specification"] == .text(score.specification))
      #expect(record["features"]?.elements?.count == score.features.count)
      if case .own(let model) = score.model { #expect(record["model"] == .text(model.hash)) }
    }
    // Below 3 visits the tree's leaf is -1: 1 / (1 + e), through the table 0.8 of itself.
    let intent = try #require(world.score("intent")["score"]?.double)
    #expect(abs(intent - 0.8 / (1 + 2.718281828459045)) < 1e-9)
    #expect(try world.score("intent")["margin"] == -1.0)
    #expect(try world.score("intent")["level"] == "cool")
    #expect(try world.score("churn")["features"]?[2]?["value"]?.double == intent)
    #expect(try world.score("again")["fallbackReason"] == "the model has no answer")
    #expect(try world.score("newest")["fallbackReason"] == "the model is not registered")
    #expect(try world.score("newest")["model"] == "")
    let churn = try #require(world.score("churn")["score"]?.double)
    let combined = 0.5 * intent + 0.3 * 0 + 0.1 * 0.25 + 0.1 * churn
    #expect(decision["score"]?.double == combined)
    #expect(decision["features"]?.elements?.map { $0["name"] } == scores.map { .text($0.name) })
    #expect(decision["offer"] == ["gift": "voucher"])
  }

  @Test("A registered model is taken from the next event on, and each decision says which one")
  func registered() throws {
    let world = try World()
    let visit: CBORValue = ["product": "p"]
    try world.send("shop.visited", "anna", at: 0, visit)
    #expect(try world.score("newest")["score"] == 0.25)
    let first = try world.register(ScoredProgram.newest(points: 5))
    try world.send("shop.visited", "anna", at: 1, visit)
    #expect(try world.score("newest")["score"] == 0.1)
    #expect(try world.score("newest")["model"] == .text(first.hash))
    let second = try world.register(ScoredProgram.newest(points: 7))
    #expect(second.hash != first.hash)
    try world.send("shop.visited", "anna", at: 2, visit)
    #expect(try world.score("newest")["score"] == 0.7)
    #expect(try world.score("newest")["model"] == .text(second.hash))
    try world.reopen()
    try world.send("shop.visited", "anna", at: 3, visit)
    #expect(try world.score("newest")["model"] == .text(second.hash))
    // An earlier one can come into force again.
    _ = try world.register(ScoredProgram.newest(points: 5))
    try world.send("shop.visited", "anna", at: 4, visit)
    #expect(try world.score("newest")["score"] == 0.5)
  }

  @Test("A registered model that wants what the score does not give has its fallback taken")
  func lacking() throws {
    let world = try World()
    let text = """
      id: newest
      kind: scorecard
      features: [{name: tenure, bins: [{points: 1}]}]
      """
    _ = try world.register(
      ModelBody(id: "newest", files: ["models/newest.yaml": Array(text.utf8)]))
    try world.send("shop.visited", "anna", at: 0, ["product": "p"])
    let record = try world.score("newest")
    #expect(record["fallbackReason"] == "the score gives the model no \"tenure\"")
    #expect(record["score"] == 0.25)
    #expect(record["fallback"] == true)
  }

  @Test("A run keeps the scores that it began with")
  func kept() throws {
    let world = try World()
    try world.send("shop.visited", "anna", at: 0, ["product": "p"])
    let churn = try #require(world.score("churn")["score"])
    try world.reopen()
    // Without a model `newest` is 0.25, above the guard's 0.2.
    _ = try world.store.engine.advance(to: Self.start + 61 * Self.minute)
    let moved = try world.last(EventType.runMoved)
    #expect(moved["to"] == "later")
    #expect(moved["set"] == ["kept": churn])
  }

  @Test(
    "A registered model of items scores as the program's own does, with all history, also anew",
    arguments: ["product != \"\"", "product != \"\" && true"], 0..<4 as Range<UInt64>)
  func registeredItems(condition: String, seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let world = try World(ScoredProgram.programOfItems())
    func view(_ minutes: Range<Int64>) throws {
      for minute in minutes {
        try world.send(
          "product.viewed", "c\(random.below(6))", at: minute,
          ["product": .text("p\(random.below(5))")])
      }
    }
    func compare(at minute: Int64) throws -> Int {
      var related = 0
      for index in 0..<6 {
        try world.send("shop.visited", "c\(index)", at: minute, ["product": "p3"])
        let (own, registered) = (try world.score("affinity"), try world.score("newest"))
        #expect(registered["fallbackReason"] == nil)
        #expect(registered["score"] == own["score"] && registered["reasons"] == own["reasons"])
        if own["score"] != 0.0 { related += 1 }
      }
      return related
    }
    try view(0..<40)
    let model = try world.register(ScoredProgram.items(id: "newest", where: condition))
    #expect(try compare(at: 50) > 0)
    #expect(try world.score("newest")["model"] == .text(model.hash))
    try view(60..<100)
    #expect(try compare(at: 110) > 0)
    let engine = world.store.engine
    let before = try engine.digest().map { "\($0.table) \($0.digest)" }
    for names in [nil, ["items"], ["models"]] as [Set<String>?] {
      _ = try engine.rebuild(names)
      #expect(try engine.digest().map { "\($0.table) \($0.digest)" } == before)
    }
    try world.reopen()
    try view(120..<150)
    #expect(try compare(at: 160) > 0)
  }

  @Test("Affinity is what the counted items say", arguments: 0..<8 as Range<UInt64>)
  func affinity(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let world = try World()
    var reference = ItemSimilarity(measure: .init(.cosine, shrinkage: 1), capacity: 4)
    var met: [String: [String]] = [:]
    for minute in 0..<80 as Range<Int64> {
      let (subject, product) = ("c\(random.below(6))", "p\(random.below(7))")
      try world.send("product.viewed", subject, at: minute, ["product": .text(product)])
      let earlier = met[subject, default: []]
      guard !earlier.contains(product) else { continue }
      reference.add(product, after: earlier)
      // The program keeps six items of a customer; the oldest goes.
      met[subject] = (earlier + [product]).suffix(6)
    }
    for index in 0..<6 {
      try world.send("shop.visited", "c\(index)", at: 100, ["product": "p3"])
      let record = try world.score("affinity")
      let expected = reference.affinity(of: met["c\(index)"] ?? [], to: "p3")
      #expect(record["score"]?.double == expected)
      #expect(record["reasons"]?.elements?.isEmpty == (expected == 0))
    }
  }
}
