import Mathematics
import Scoring
import TestSupport
import Testing

@Suite("Buy till you die: fits")
struct BuyTillYouDieFitTests {
  @Test("A fit finds the parameters that made the histories", arguments: [7, 8] as [UInt64])
  func recovery(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let parameters = BuyTillYouDie.Parameters(r: 0.75, alpha: 6, a: 0.75, b: 2)
    let histories = try (0..<6_000).map { _ in
      try PurchaseHistory.simulated(parameters, weeks: 52, using: &random)
    }
    let fit = try BuyTillYouDie.fit(.mbgNBD, to: histories, unitsPerPeriod: 7)
    #expect(fit.isConverged)
    let found = fit.model.parameters
    #expect((found.r / 0.75 - 1).magnitude < 0.1)
    #expect((found.alpha / 6 - 1).magnitude < 0.1)
    #expect((found.a / (found.a + found.b) / (0.75 / 2.75) - 1).magnitude < 0.1)
    let truth = try BuyTillYouDie(.mbgNBD, parameters, unitsPerPeriod: 7)
    let likelihood = histories.reduce(0) { $0 + truth.logLikelihood(of: $1) }
    #expect(fit.logLikelihood >= likelihood)
  }

  @Test("The order of the histories does not matter, to the bit")
  func order() throws {
    var random = SplitMix64(seed: 3)
    let parameters = BuyTillYouDie.Parameters(r: 0.5, alpha: 6, a: 0.9, b: 1.6)
    var histories = try (0..<300).map { _ in
      try PurchaseHistory.simulated(parameters, weeks: 30, using: &random)
    }
    for variant in BuyTillYouDie.Variant.allCases {
      let fit = try BuyTillYouDie.fit(variant, to: histories, unitsPerPeriod: 7)
      histories.shuffle(using: &random)
      #expect(try BuyTillYouDie.fit(variant, to: histories, unitsPerPeriod: 7) == fit)
    }
  }

  @Test("No likelihood nearby is greater")
  func maximum() throws {
    var random = SplitMix64(seed: 4)
    let parameters = BuyTillYouDie.Parameters(r: 0.5, alpha: 6, a: 0.9, b: 1.6)
    let histories = try (0..<500).map { _ in
      try PurchaseHistory.simulated(parameters, weeks: 30, using: &random)
    }
    let fit = try BuyTillYouDie.fit(.bgNBD, to: histories, unitsPerPeriod: 7)
    let best = fit.model.parameters
    for _ in 0..<50 {
      func near(_ value: Double) -> Double { value * (1 + random.signedUnit() * 0.02) }
      let other = try BuyTillYouDie(
        .bgNBD,
        .init(r: near(best.r), alpha: near(best.alpha), a: near(best.a), b: near(best.b)),
        unitsPerPeriod: 7)
      let likelihood = histories.reduce(0) { $0 + other.logLikelihood(of: $1) }
      #expect(likelihood <= fit.logLikelihood + 1e-9)
    }
  }

  @Test("Customers who never came back, and none at all, are refused")
  func refused() throws {
    let once = try PurchaseHistory(frequency: 0, recency: 0, age: 9)
    for histories in [[], [once, once]] {
      #expect(throws: BuyTillYouDieError.self) {
        try BuyTillYouDie.fit(.mbgNBD, to: histories, unitsPerPeriod: 7)
      }
    }
    let twice = try PurchaseHistory(frequency: 1, recency: 3, age: 9)
    #expect(throws: BuyTillYouDieError.self) {
      try BuyTillYouDie.fit(.mbgNBD, to: [twice], unitsPerPeriod: 0)
    }
  }

  @Test("A fit without a greatest likelihood ends and stays within the range")
  func degenerate() throws {
    // Everybody buys in every week: no spread of rates, nobody stops.
    let steady = try PurchaseHistory(frequency: 50, recency: 350, age: 357)
    let fit = try BuyTillYouDie.fit(
      .bgNBD, to: Array(repeating: steady, count: 20), unitsPerPeriod: 7)
    let parameters = fit.model.parameters
    #expect(parameters.r / parameters.alpha > 0.9 && parameters.r / parameters.alpha < 1.1)
    #expect(fit.model.expectedPurchases(steady, horizon: 10).isFinite)
  }

  @Test("Gamma-Gamma finds the parameters that made the spends")
  func spends() throws {
    var random = SplitMix64(seed: 11)
    let spends = try (0..<5_000).map { _ in
      let rate = random.gamma(shape: 4) / 15
      let count = Int64(random.next() % 5) + 1
      let total = (0..<count).reduce(0.0) { sum, _ in sum + random.gamma(shape: 6) / rate }
      return try GammaGamma.Spend(purchases: count, totalMinor: Int64(total * 100) + 1)
    }
    let fit = try GammaGamma.fit(to: spends, minorPerUnit: 100)
    #expect(fit.isConverged)
    #expect((fit.model.p / 6 - 1).magnitude < 0.15)
    #expect((fit.model.q / 4 - 1).magnitude < 0.15)
    #expect((fit.model.populationMean / (15 * 6 / 3.0) - 1).magnitude < 0.03)
    #expect(try GammaGamma.fit(to: spends.reversed(), minorPerUnit: 100) == fit)
  }

  @Test("A customer's mean lies between its average and the population's")
  func shrinkage() throws {
    let model = try GammaGamma(p: 6.25, q: 3.74, gamma: 15.45, minorPerUnit: 100)
    #expect((model.populationMean - 15.45 * 6.25 / 2.74).magnitude < 1e-12)
    #expect(model.expectedMean(purchases: 0, average: 1_000) == model.populationMean)
    var last = model.populationMean
    for purchases in [1.0, 2, 5, 20, 1_000] {
      let mean = model.expectedMean(purchases: purchases, average: 100)
      #expect(mean > last && mean < 100)
      last = mean
    }
    #expect(try GammaGamma(p: 1, q: 1, gamma: 1, minorPerUnit: 1).populationMean.isNaN)
    #expect(throws: BuyTillYouDieError.self) { try GammaGamma.fit(to: [], minorPerUnit: 100) }
    #expect(throws: BuyTillYouDieError.self) { try GammaGamma.Spend(purchases: 0, totalMinor: 1) }
  }
}

extension SplitMix64 {
  /// A value from 0 to 1, neither of them.
  fileprivate mutating func unit() -> Double { Double(next() >> 12) * 0x1p-52 + 0x1p-53 }

  fileprivate mutating func exponential(rate: Double) -> Double {
    -Deterministic.log(unit()) / rate
  }

  /// A gamma variable with rate 1: Johnk's method for the fraction, exponentials for the rest.
  fileprivate mutating func gamma(shape: Double) -> Double {
    var sum = 0.0
    var rest = shape
    while rest >= 1 {
      sum += exponential(rate: 1)
      rest -= 1
    }
    guard rest > 0 else { return sum }
    while true {
      let x = Deterministic.pow(unit(), 1 / rest)
      let y = Deterministic.pow(unit(), 1 / (1 - rest))
      if x + y <= 1 { return sum + x / (x + y) * exponential(rate: 1) }
    }
  }
}

extension PurchaseHistory {
  /// A customer of the modified model, in days.
  fileprivate static func simulated(
    _ parameters: BuyTillYouDie.Parameters, weeks: Double, using random: inout SplitMix64
  ) throws -> PurchaseHistory {
    let rate = random.gamma(shape: parameters.r) / parameters.alpha
    let (x, y) = (random.gamma(shape: parameters.a), random.gamma(shape: parameters.b))
    let stopping = x / (x + y)
    var (time, last, count) = (0.0, 0.0, Int64(0))
    while random.unit() > stopping {
      time += random.exponential(rate: rate)
      guard time < weeks else { break }
      last = time
      count += 1
    }
    return try PurchaseHistory(
      frequency: count, recency: Int64(last * 7), age: Int64(weeks * 7))
  }
}
