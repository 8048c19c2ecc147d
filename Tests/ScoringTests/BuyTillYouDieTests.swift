import Mathematics
import Scoring
import TestSupport
import Testing

@Suite("Buy till you die")
struct BuyTillYouDieTests {
  @Test("Expectations and probabilities are those of the papers", arguments: PurchaseReference.all)
  func references(reference: PurchaseReference) {
    let (model, history, horizon) = (reference.model, reference.history, reference.horizon)
    let purchases = model.expectedPurchases(history, horizon: horizon)
    #expect((purchases / reference.purchases - 1).magnitude < 1e-12)
    #expect((model.probabilityAlive(history) / reference.alive - 1).magnitude < 1e-13)
    let purchase = model.purchaseProbability(history, horizon: horizon)
    #expect((purchase / reference.purchase - 1).magnitude < 1e-12)
  }

  @Test("The paper's customer is expected to buy 1.226 times")
  func paper() throws {
    let model = try BuyTillYouDie(
      .bgNBD, .init(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426), unitsPerPeriod: 100)
    let history = try PurchaseHistory(frequency: 2, recency: 3_043, age: 3_886)
    #expect((model.expectedPurchases(history, horizon: 39) - 1.226).magnitude < 5e-4)
  }

  @Test("a = 1 is no gap", arguments: [BuyTillYouDie.Variant.bgNBD, .mbgNBD], [0.25, 30.0])
  func removableSingularity(variant: BuyTillYouDie.Variant, r: Double) throws {
    func purchases(a: Double) throws -> Double {
      try BuyTillYouDie(
        variant, .init(r: r, alpha: 10, a: a, b: 0.5), unitsPerPeriod: 1
      ).expectedPurchases(
        PurchaseHistory(frequency: 3, recency: 20, age: 25), horizon: 12)
    }
    let (below, at, above) = try (purchases(a: 1 - 1e-5), purchases(a: 1), purchases(a: 1 + 1e-5))
    #expect(at.isFinite && above < at && at < below)
    #expect(((below + above) / 2 / at - 1).magnitude < 1e-8)
  }

  @Test("The two series for the expectation agree where both are good", arguments: 0..<16)
  func seriesAgree(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    for variant in BuyTillYouDie.Variant.allCases {
      let (a, b) = (1.1 + random.signedUnit().magnitude, 1 + random.signedUnit().magnitude)
      let age = Int64(random.next() % 50) + 1
      let history = try PurchaseHistory(
        frequency: Int64(random.next() % 9 + 1), recency: Int64(random.next() % UInt64(age)),
        age: age)
      let shift = variant == .bgNBD ? -1.0 : 0
      // The choice falls at r = a + b + shift + 8; to either side lies the other series.
      func purchases(r: Double) throws -> Double {
        try BuyTillYouDie(variant, .init(r: r, alpha: 30, a: a, b: b), unitsPerPeriod: 1)
          .expectedPurchases(history, horizon: 20)
      }
      let edge = a + b + shift + 8
      let (below, above) = try (purchases(r: edge - 1e-9), purchases(r: edge + 1e-9))
      #expect((below / above - 1).magnitude < 1e-8)
    }
  }

  @Test("Longer horizons and later purchases never lower what is expected", arguments: 0..<32)
  func monotone(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    for variant in BuyTillYouDie.Variant.allCases {
      let model = try BuyTillYouDie(variant, .random(using: &random), unitsPerPeriod: 7)
      var last = 0.0
      for recency in stride(from: Int64(0), through: 200, by: 20) {
        let history = try PurchaseHistory(frequency: 4, recency: recency, age: 200)
        let purchases = model.expectedPurchases(history, horizon: 10)
        let alive = model.probabilityAlive(history)
        #expect(purchases >= last && purchases.isFinite)
        #expect((0...1).contains(alive))
        var wider = 0.0
        for horizon in [0, 0.1, 1, 10, 100, 1_000] {
          let next = model.expectedPurchases(history, horizon: horizon)
          let probability = model.purchaseProbability(history, horizon: horizon)
          #expect(next >= wider * (1 - 1e-9))
          #expect(probability <= alive && probability <= next * (1 + 1e-9))
          wider = next
        }
        last = purchases * (1 - 1e-9)
      }
    }
  }

  @Test("The likelihoods of all purchase counts without a date add up to 1")
  func likelihoodOfSilence() throws {
    // In BG/NBD nobody stops before a repeated purchase: that of none by T is (alpha/(alpha+T))^r.
    let model = try BuyTillYouDie(
      .bgNBD, .init(r: 0.75, alpha: 3, a: 0.5, b: 2), unitsPerPeriod: 1)
    let silence = model.logLikelihood(of: try PurchaseHistory(frequency: 0, recency: 0, age: 9))
    #expect((silence - 0.75 * Deterministic.log(0.25)).magnitude < 1e-15)
    // And in MBG/NBD a / (a + b) stop at once.
    let modified = try BuyTillYouDie(.mbgNBD, model.parameters, unitsPerPeriod: 1)
    let other = modified.logLikelihood(of: try PurchaseHistory(frequency: 0, recency: 0, age: 9))
    let expected = Deterministic.log(
      0.2 + 0.8 * Deterministic.exp(0.75 * Deterministic.log(0.25)))
    #expect((other - expected).magnitude < 1e-15)
  }

  @Test("Bad parameters, histories and horizons are refused or NaN")
  func refused() throws {
    for parameters: [Double] in [[0, 1, 1, 1], [1, .nan, 1, 1], [1, 1, -1, 1], [1, 1, 1, 1e10]] {
      #expect(throws: BuyTillYouDieError.self) {
        try BuyTillYouDie(
          .bgNBD,
          .init(r: parameters[0], alpha: parameters[1], a: parameters[2], b: parameters[3]),
          unitsPerPeriod: 1)
      }
    }
    let parameters = BuyTillYouDie.Parameters(r: 1, alpha: 1, a: 1, b: 1)
    #expect(throws: BuyTillYouDieError.self) {
      try BuyTillYouDie(.bgNBD, parameters, unitsPerPeriod: 0)
    }
    for (frequency, recency, age): (Int64, Int64, Int64) in [
      (-1, 0, 1), (1, 2, 1), (1, -1, 1), (0, 1, 2), (0, 0, -1),
    ] {
      #expect(throws: BuyTillYouDieError.self) {
        try PurchaseHistory(frequency: frequency, recency: recency, age: age)
      }
    }
    let model = try BuyTillYouDie(.bgNBD, parameters, unitsPerPeriod: 1)
    let history = try PurchaseHistory(frequency: 1, recency: 1, age: 2)
    #expect(model.expectedPurchases(history, horizon: -1).isNaN)
    #expect(model.purchaseProbability(history, horizon: .nan).isNaN)
    #expect(model.expectedPurchases(history, horizon: 1e9).isNaN)
  }
}

extension BuyTillYouDie.Parameters {
  static func random(using random: inout SplitMix64) -> Self {
    func next(_ center: Double) -> Double { center * Deterministic.exp(random.signedUnit() * 2) }
    return Self(r: next(0.5), alpha: next(6), a: next(0.9), b: next(2))
  }
}
