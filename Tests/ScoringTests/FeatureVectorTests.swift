import Scoring
import Testing

@Suite("Feature vectors")
struct FeatureVectorTests {
  @Test("Names keep their first order, values their last setting")
  func order() {
    var vector = FeatureVector([("b", .number(1)), ("a", .flag(true)), ("b", .number(2))])
    #expect(vector.names == ["b", "a"])
    #expect(vector.values == [.number(2), .flag(true)])
    vector["c"] = .text("x")
    vector["a"] = .missing
    #expect(vector.names == ["b", "a", "c"])
    #expect(vector["a"] == .missing && vector["c"] == .text("x"))
    #expect(vector.count == 3)
  }

  @Test("A name never set is missing")
  func absent() {
    #expect(FeatureVector()["x"] == .missing)
  }

  @Test("An optional number becomes a number or missing")
  func optional() {
    #expect(FeatureValue(nil) == .missing)
    #expect(FeatureValue(1.5) == .number(1.5))
  }
}

@Suite("Risk levels")
struct RiskLevelsTests {
  private static let levels: [RiskLevels.Level] = [
    .init(name: "critical", atLeast: 0.9), .init(name: "high", atLeast: 0.8),
    .init(name: "medium", atLeast: 0.4),
  ]

  @Test(
    "A score earns the highest level whose threshold it reaches",
    arguments: [
      (1.0, "critical"), (0.9, "critical"), (0.9.nextDown, "high"), (0.8, "high"),
      (0.8.nextDown, "medium"), (0.4, "medium"), (0.4.nextDown, "low"), (0, "low"),
      (-.infinity, "low"), (.infinity, "critical"), (.nan, "low"),
    ])
  func name(score: Double, name: String) throws {
    #expect(try RiskLevels(Self.levels, lowest: "low").name(for: score) == name)
  }

  @Test(
    "Levels out of order, without name or finite threshold are refused with their index",
    arguments: [
      ([("a", 0.5), ("b", 0.5)], "low", 1), ([("a", 0.5), ("b", 0.6)], "low", 1),
      ([("a", .nan)], "low", 0), ([("", 0.5)], "low", 0), ([("a", 0.5), ("a", 0.4)], "low", 1),
      ([("low", 0.5)], "low", 0), ([("a", 0.5)], "", 1), ([("a", .infinity)], "low", 0),
    ] as [([(String, Double)], String, Int)])
  func refused(levels: [(String, Double)], lowest: String, index: Int) throws {
    let error = try #require(throws: RiskLevelsError.self) {
      try RiskLevels(levels.map { .init(name: $0.0, atLeast: $0.1) }, lowest: lowest)
    }
    #expect(error.index == index)
    #expect(error.description.hasPrefix("levels[\(index)]: "))
  }
}
