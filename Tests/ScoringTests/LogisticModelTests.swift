import Mathematics
import Scoring
import TestSupport
import Testing

@Suite("Logistic regression")
struct LogisticModelTests {
  private static let features: [LogisticDefinition.Feature] = [
    .init(
      name: "orders",
      shape: .linear(.init(weight: 0.5, mean: 3, deviation: 2, minimum: -1, maximum: 11)),
      missing: -0.25),
    .init(name: "optedIn", shape: .linear(.init(weight: 1.5))),
    .init(
      name: "country",
      shape: .bins(
        [.init(equals: "DE", points: 0.75), .init(equals: "US", points: -0.5)], otherwise: 0.125,
        neutral: 0.25)),
  ]

  private func model(reasons: Int = 4) throws -> LogisticModel {
    try LogisticModel(
      LogisticDefinition(id: "m", intercept: -1, reasons: reasons, features: Self.features))
  }

  @Test("Weights, means and bins add up to a margin, a probability and reasons")
  func workedExample() throws {
    let output = try model().output(for: [.number(7), .flag(true), .text("US")])
    #expect(output.margin == -1 + 0.5 * 2 + 1.5 - 0.5)
    #expect(output.score == Deterministic.logistic(1))
    #expect(
      output.reasons == [
        Reason(name: "optedIn", points: 1.5), Reason(name: "orders", points: 1),
        Reason(name: "country", points: -0.75),
      ])
    let two = try model(reasons: 2).output(for: [.number(7), .flag(true), .text("US")])
    #expect(two.reasons == Array(output.reasons.prefix(2)))
  }

  @Test(
    "Values beyond the bounds count as the bounds; missing ones have points of their own",
    arguments: [
      (FeatureValue.number(-1), -1.0), (.number(-50), -1), (.number(-.infinity), -1),
      (.number(11), 2), (.number(12), 2), (.number(.infinity), 2), (.missing, -0.25),
      (.number(.nan), -0.25), (.text("7"), -0.25), (.flag(true), -0.5), (.flag(false), -0.75),
    ])
  func bounds(value: FeatureValue, points: Double) throws {
    let output = try model().output(for: [value, .missing, .missing])
    #expect(output.margin == -1 + points + 0.25)
  }

  @Test("A calibration table turns the probability into what it stands for")
  func calibration() throws {
    let table = try CalibrationTable(
      [.init(score: 0, value: 0.25), .init(score: 0.5, value: 0.75)], interpolation: .step)
    let model = try LogisticModel(
      LogisticDefinition(id: "m", calibration: table, features: Self.features))
    #expect(model.score(margin: -0.1) == 0.25)
    #expect(model.score(margin: 0) == 0.75)
  }

  @Test("Any input gives a finite output", arguments: 0..<32 as Range<UInt64>)
  func finite(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let model = try model()
    for _ in 0..<100 {
      let values = (0..<3).map { _ in FeatureValue.random(using: &random) }
      let output = model.output(for: values)
      #expect(output.margin.isFinite && (0...1).contains(output.score))
    }
  }

  @Test("A fitted card and its bins are a scorecard's equal", arguments: 0..<16 as Range<UInt64>)
  func binsAreAScorecards(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var definition = ScorecardDefinition.random(using: &random)
    definition.link = "logistic"
    definition.scale = nil
    let card = try Scorecard(definition)
    let model = try LogisticModel(
      LogisticDefinition(
        id: "m", intercept: definition.intercept, reasons: definition.reasons,
        features: definition.features.map {
          .init(
            name: $0.name,
            shape: .bins($0.bins, otherwise: $0.otherwise, neutral: $0.neutral),
            missing: $0.missing)
        }))
    for _ in 0..<50 {
      let values = card.featureNames.map { _ in FeatureValue.random(using: &random) }
      #expect(model.output(for: values) == card.output(for: values))
    }
  }

  @Test("Faults are refused with their place and mend")
  func refused() throws {
    func linear(
      _ shape: LogisticDefinition.Linear, name: String = "f", missing: Double? = nil
    ) -> LogisticDefinition {
      LogisticDefinition(
        id: "m", features: [.init(name: name, shape: .linear(shape), missing: missing)])
    }
    let faults: [(LogisticDefinition, String)] = [
      (LogisticDefinition(id: "m", intercept: .nan, features: []), "model m: "),
      (LogisticDefinition(id: "m", reasons: -1, features: []), "model m: "),
      (linear(.init(weight: 1), name: ""), "model m, feature : "),
      (linear(.init(weight: .infinity)), "model m, feature f: "),
      (linear(.init(weight: 1), missing: .nan), "model m, feature f: "),
      (linear(.init(weight: 1, deviation: 0)), "model m, feature f: "),
      (linear(.init(weight: 1, deviation: -.infinity)), "model m, feature f: "),
      (linear(.init(weight: 1, minimum: 2, maximum: 1)), "model m, feature f: "),
      (linear(.init(weight: 1e300)), "model m: "),
      (linear(.init(weight: 1, deviation: 1e-300)), "model m: "),
      (
        LogisticDefinition(
          id: "m",
          features: [
            .init(name: "f", shape: .linear(.init(weight: 1))),
            .init(name: "f", shape: .linear(.init(weight: 1))),
          ]), "model m, feature f: "
      ),
      (
        LogisticDefinition(
          id: "m",
          features: [
            .init(
              name: "f",
              shape: .bins(
                [.init(to: 3, points: 1), .init(from: 2, points: 1)], otherwise: nil, neutral: 0))
          ]), "model m, feature f, bins[1]: "
      ),
    ]
    for (definition, place) in faults {
      let error = try #require(throws: LogisticModelError.self) { try LogisticModel(definition) }
      #expect(error.description.hasPrefix(place), "\(error)")
      #expect(!error.mend.isEmpty)
    }
  }
}
