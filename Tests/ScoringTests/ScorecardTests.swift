import Mathematics
import Scoring
import Testing

/// A card with every kind of feature, used by several suites.
func loginCard(reasons: Int = 4) throws -> Scorecard {
  try Scorecard(
    ScorecardDefinition(
      id: "login-fraud", intercept: -3, reasons: reasons,
      features: [
        .init(
          name: "distanceMiles", missing: 0.25,
          bins: [
            .init(to: 50, points: -0.5), .init(from: 50, to: 500, points: 0.75),
            .init(from: 500, points: 2),
          ]),
        .init(
          name: "knownDevice", missing: 0.5,
          bins: [.init(equals: "true", points: -1), .init(equals: "false", points: 1.5)]),
        .init(
          name: "country", neutral: 0.125, otherwise: 0.5,
          bins: [.init(equals: "US", points: 0.125), .init(equals: "DE", points: 0.25)]),
        .init(
          name: "failures", otherwise: 0,
          bins: [.init(from: 1, to: 3, points: 0.75), .init(from: 5, to: 10, points: 1.5)]),
      ]))
}

@Suite("Scorecards")
struct ScorecardTests {
  @Test("A login's points add up to a margin, a score and reasons")
  func workedExample() throws {
    let output = try loginCard().output(
      for: FeatureVector([
        ("distanceMiles", .number(2_500)), ("knownDevice", .flag(false)), ("country", .text("FR")),
        ("failures", .number(2)),
      ]))
    #expect(output.margin == -3 + 2 + 1.5 + 0.5 + 0.75)
    #expect(output.score == Deterministic.logistic(1.75))
    #expect(
      output.reasons == [
        Reason(name: "distanceMiles", points: 2), Reason(name: "knownDevice", points: 1.5),
        Reason(name: "failures", points: 0.75), Reason(name: "country", points: 0.375),
      ])
  }

  @Test(
    "An interval holds its lower end and not its upper",
    arguments: [
      (-Double.infinity, -0.5), (-1e300, -0.5), (50.0.nextDown, -0.5), (50, 0.75),
      (500.0.nextDown, 0.75), (500, 2), (1e300, 2), (.infinity, 2), (.nan, 0.25),
    ])
  func intervalEnds(value: Double, points: Double) throws {
    try expectPoints(points, "distanceMiles", .number(value))
  }

  @Test(
    "Numbers in a gap or outside take the otherwise points",
    arguments: [
      (1.0.nextDown, 0.0), (1, 0.75), (3.0.nextDown, 0.75), (3, 0), (4, 0), (5, 1.5), (10, 0),
      (-.infinity, 0), (.infinity, 0),
    ])
  func gaps(value: Double, points: Double) throws {
    try expectPoints(points, "failures", .number(value))
  }

  @Test(
    "Categories match by bytes; kinds that fit no bin are otherwise, else missing",
    arguments: [
      ("country", FeatureValue.text("US"), 0.125), ("country", .text("us"), 0.5),
      ("country", .text(""), 0.5), ("country", .number(1), 0.5), ("country", .missing, 0.125),
      ("country", .flag(true), 0.5), ("knownDevice", .text("true"), -1),
      ("knownDevice", .text("maybe"), 0.5), ("knownDevice", .number(1), 0.5),
      ("knownDevice", .missing, 0.5), ("distanceMiles", .text("far"), 0.25),
      ("failures", .flag(true), 0.75), ("failures", .flag(false), 0), ("failures", .missing, 0),
    ])
  func kinds(feature: String, value: FeatureValue, points: Double) throws {
    try expectPoints(points, feature, value)
  }

  @Test("Canonically equivalent texts with other bytes are other categories")
  func unicodeBytes() throws {
    let card = try Scorecard(
      ScorecardDefinition(
        id: "m", link: "identity",
        features: [
          .init(name: "city", otherwise: 0, bins: [.init(equals: "Ko\u{308}ln", points: 1)])
        ]))
    #expect(card.output(for: [.text("Ko\u{308}ln")]).margin == 1)
    #expect(card.output(for: [.text("K\u{f6}ln")]).margin == 0)
  }

  @Test(
    "Links",
    arguments: [
      ("identity", 2.5, 2.5), ("clipped", 2.5, 1.0), ("clipped", -0.5, 0),
      ("clipped", 0.25, 0.25), ("logistic", 0, 0.5), ("identity", -7, -7),
    ])
  func links(link: String, intercept: Double, score: Double) throws {
    let card = try Scorecard(
      ScorecardDefinition(id: "m", intercept: intercept, link: link, features: []))
    #expect(card.output(for: []).score == score)
    #expect(card.output(for: []).margin == intercept)
  }

  @Test("Reasons are the strongest, ties in declared order, zeros left out", arguments: 0...6)
  func reasons(limit: Int) throws {
    let points = [1.0, -2, 0, 2, -1, 0.5]
    let card = try Scorecard(
      ScorecardDefinition(
        id: "m", reasons: limit,
        features: points.enumerated().map { index, points in
          .init(name: "f\(index)", bins: [.init(points: points)])
        }))
    let output = card.output(for: points.map { _ in .number(0) })
    let expected = ["f1", "f3", "f0", "f4", "f5"].prefix(limit)
    #expect(output.reasons.map(\.name) == Array(expected))
  }

  @Test("A missing value at neutral points is no reason")
  func neutralIsNoReason() throws {
    #expect(try !loginCard().output(for: FeatureVector()).reasons.contains { $0.name == "country" })
  }

  @Test("Twenty points double the odds")
  func scale() throws {
    func margin(_ points: Double) throws -> Double {
      try Scorecard(
        ScorecardDefinition(
          id: "credit", intercept: points,
          scale: .init(pointsToDoubleOdds: 20, anchorPoints: 600, anchorOdds: 50), features: [])
      ).output(for: []).margin
    }
    #expect((try margin(600) - Deterministic.log(50)).magnitude < 1e-13)
    #expect((try margin(620) - Deterministic.log(100)).magnitude < 1e-13)
    #expect((try margin(580) - Deterministic.log(25)).magnitude < 1e-13)
  }

  @Test("The explanation lists every bin")
  func explanation() throws {
    let text = try loginCard().explain()
    #expect(
      text == """
        ### login-fraud

        The score is the logistic function of the margin. Margin -4.375 to 2.5, score \
        0.01243165085318582 to 0.9241418199787564.

        | Feature | Value | Points |
        | --- | --- | ---: |
        | (everybody) |  | -3.0 |
        | distanceMiles | below 50.0 | -0.5 |
        | distanceMiles | from 50.0 to below 500.0 | 0.75 |
        | distanceMiles | from 500.0 | 2.0 |
        | distanceMiles | missing | 0.25 |
        | knownDevice | is true | -1.0 |
        | knownDevice | is false | 1.5 |
        | knownDevice | missing | 0.5 |
        | country | is US | 0.125 |
        | country | is DE | 0.25 |
        | country | otherwise | 0.5 |
        | country | missing | 0.125 |
        | country | (neutral) | 0.125 |
        | failures | from 1.0 to below 3.0 | 0.75 |
        | failures | from 5.0 to below 10.0 | 1.5 |
        | failures | otherwise | 0.0 |
        | failures | missing | 0.0 |

        """)
  }

  private func expectPoints(_ points: Double, _ feature: String, _ value: FeatureValue) throws {
    let card = try loginCard()
    var vector = FeatureVector([
      ("distanceMiles", .number(500)), ("knownDevice", .flag(true)), ("country", .text("US")),
      ("failures", .number(4)),
    ])
    let base = ["distanceMiles": 2, "knownDevice": -1, "country": 0.125, "failures": 0]
    vector[feature] = value
    // All points are multiples of 1/8, so the difference is exact.
    let others = base.filter { $0.key != feature }.values.reduce(-3, +)
    #expect(card.output(for: vector).margin - others == points)
  }
}
