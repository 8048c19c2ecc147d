import Scoring
import Testing

@Suite("Models")
struct ModelTests {
  private func purchases(
    _ outcome: PurchaseModel.Outcome, spend: Bool = false, reasons: Int = 4
  ) throws -> PurchaseModel {
    try PurchaseModel(
      id: "win-back",
      purchases: BuyTillYouDie(
        .mbgNBD, .init(r: 0.525, alpha: 6.183, a: 0.891, b: 1.614), unitsPerPeriod: 7),
      spend: spend
        ? GammaGamma(p: 6.25, q: 3.74, gamma: 15.45, minorPerUnit: 100) : nil,
      horizon: 26, outcome: outcome, reasons: reasons)
  }

  @Test("Each kind answers as the model in it does")
  func dispatch() throws {
    let card = try loginCard()
    let logistic = try LogisticModel(
      LogisticDefinition(id: "l", features: [.init(name: "x", shape: .linear(.init(weight: 2)))]))
    let trees = try TreeFixture.named("raw").model()
    let buying = try purchases(.purchaseProbability)
    let models: [Model] = [
      .scorecard(card), .logistic(logistic), .boostedTrees(trees), .purchases(buying),
    ]
    #expect(models.map(\.kind) == Model.Kind.allCases)
    #expect(models.map(\.id) == ["login-fraud", "l", "raw", "win-back"])
    let outputs = [
      card.output(for: card.featureNames.map { _ in .number(3) }),
      logistic.output(for: [.number(3)]),
      trees.output(for: trees.featureNames.map { _ in .number(3) }),
      buying.output(for: buying.featureNames.map { _ in .number(3) }),
    ]
    for (model, output) in zip(models, outputs) {
      let values = model.featureNames.map { ($0, FeatureValue.number(3)) }
      #expect(model.output(for: values.map(\.1)) == output)
      #expect(
        model.output(for: FeatureVector(values.reversed() + [("other", .flag(true))])) == output)
    }
  }

  @Test("A purchase model's outcomes are the history's")
  func outcomes() throws {
    let history = try PurchaseHistory(frequency: 4, recency: 200, age: 300)
    let values: [FeatureValue] = [.number(4), .number(200), .number(300)]
    let model = try purchases(.expectedPurchases)
    let expected = model.purchases.expectedPurchases(history, horizon: 26)
    #expect(model.output(for: values).score == expected)
    #expect(model.output(for: values).margin == expected)
    let probability = try purchases(.purchaseProbability).output(for: values)
    #expect(
      probability.score == model.purchases.purchaseProbability(history, horizon: 26))
    #expect(probability.margin == expected)
    #expect(
      try purchases(.probabilityAlive).output(for: values).score
        == model.purchases.probabilityAlive(history))
    let spending = try purchases(.expectedSpend, spend: true)
    let output = spending.output(for: values + [.number(5_000)])
    let mean = try #require(spending.spend?.expectedMean(purchases: 4, average: 50))
    #expect(output.score == expected * mean && output.margin == output.score)
    let unknown = spending.output(for: values + [.missing])
    #expect(unknown.score == expected * (try #require(spending.spend?.populationMean)))
  }

  @Test("The reasons lead from a new customer's margin to this one's")
  func reasons() throws {
    for spend in [false, true] {
      let model = try purchases(.expectedPurchases, spend: spend)
      let start = model.output(
        for: [.number(0), .missing, .number(0), .missing].dropLast(spend ? 0 : 1))
      #expect(start.reasons.isEmpty)
      let values: [FeatureValue] = [.number(4), .number(200), .number(300), .number(9_000)]
      let output = model.output(for: Array(values.dropLast(spend ? 0 : 1)))
      let sum = output.reasons.reduce(start.margin) { $0 + $1.points }
      #expect((sum - output.margin).magnitude < 1e-12)
      #expect(Set(output.reasons.map(\.name)) == Set(model.featureNames))
      let points = Dictionary(
        uniqueKeysWithValues: output.reasons.map { ($0.name, $0.points) })
      #expect(points["frequency"]! > 0 && points["recency"]! < 0)
    }
    #expect(
      try purchases(.expectedPurchases, reasons: 0)
        .output(for: [.number(1), .number(1), .number(1)]).reasons.isEmpty)
  }

  @Test(
    "Features that make no history have no answer",
    arguments: [
      [.missing, .number(1), .number(2)], [.number(1), .missing, .number(2)],
      [.number(1), .number(1), .missing], [.number(-1), .number(1), .number(2)],
      [.number(1.5), .number(1), .number(2)], [.number(1), .number(3), .number(2)],
      [.number(.infinity), .number(1), .number(2)], [.number(1), .number(.nan), .number(2)],
      [.text("1"), .number(1), .number(2)], [.number(1e300), .number(1), .number(2)],
      [.number(0), .number(0), .number(-1)],
    ] as [[FeatureValue]])
  func noAnswer(values: [FeatureValue]) throws {
    let output = try purchases(.purchaseProbability).output(for: values)
    #expect(output.score.isNaN && output.margin.isNaN && output.reasons.isEmpty)
  }

  @Test("A customer without repeated purchase needs no recency")
  func newCustomer() throws {
    let model = try purchases(.purchaseProbability)
    let output = model.output(for: [.number(0), .missing, .number(30)])
    #expect(output == model.output(for: [.number(0), .number(30), .number(30)]))
    #expect(output.score > 0 && output.score < 1)
  }

  @Test("Horizons and outcomes that make no sense are refused")
  func refused() throws {
    let buying = try purchases(.expectedPurchases).purchases
    for horizon in [0, -1, .nan, .infinity] {
      #expect(throws: BuyTillYouDieError.self) {
        try PurchaseModel(
          id: "m", purchases: buying, horizon: horizon, outcome: .expectedPurchases)
      }
    }
    #expect(throws: BuyTillYouDieError.self) {
      try PurchaseModel(id: "m", purchases: buying, horizon: 1, outcome: .expectedSpend)
    }
    #expect(throws: BuyTillYouDieError.self) {
      try PurchaseModel(
        id: "m", purchases: buying,
        spend: GammaGamma(p: 1, q: 0.5, gamma: 1, minorPerUnit: 100), horizon: 1,
        outcome: .expectedSpend)
    }
  }
}
