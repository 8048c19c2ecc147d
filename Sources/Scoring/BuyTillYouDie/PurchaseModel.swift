/// A buy-till-you-die model that scores a subject by its features.
///
/// A subject whose features make no history (one of the three is missing, the last purchase lies
/// behind now, …) has no answer: margin and score are NaN.
package struct PurchaseModel: Equatable, Sendable {
  /// What the score tells.
  package enum Outcome: String, Equatable, Sendable, CaseIterable {
    /// How many purchases are expected within the horizon.
    case expectedPurchases = "expected-purchases"
    /// What these are worth, in units of money; wants a model of spend.
    case expectedSpend = "expected-spend"
    /// The probability of at least one purchase within the horizon.
    case purchaseProbability = "purchase-probability"
    /// The probability that the subject still buys.
    case probabilityAlive = "probability-alive"
  }

  /// The model's name, for messages.
  package let id: String
  /// Who buys how often, and for how long.
  package let purchases: BuyTillYouDie
  /// What a purchase is worth.
  package let spend: GammaGamma?
  /// The periods from now on that are looked at.
  package let horizon: Double
  /// What the score tells.
  package let outcome: Outcome
  /// How many reasons an output gives at most.
  package let reasons: Int
  /// What the outcome stands for; nil: itself.
  package let calibration: CalibrationTable?

  /// A model from its parts.
  /// - Throws: Where the horizon is not above 0 and finite, or the outcome wants a model of spend
  ///   whose population has a mean.
  package init(
    id: String, purchases: BuyTillYouDie, spend: GammaGamma? = nil, horizon: Double,
    outcome: Outcome, reasons: Int = 4, calibration: CalibrationTable? = nil
  ) throws(BuyTillYouDieError) {
    guard horizon > 0 && horizon < .infinity else {
      throw BuyTillYouDieError(
        place: "horizon", message: "\(horizon) is not above 0 and finite",
        mend: "write a number of periods")
    }
    guard outcome != .expectedSpend || spend != nil else {
      throw BuyTillYouDieError(
        place: "outcome", message: "\(outcome.rawValue) wants a model of spend",
        mend: "add one, or write expected-purchases")
    }
    if let spend, spend.populationMean.isNaN {
      throw BuyTillYouDieError(
        place: "spend.q", message: "the mean spend does not exist for q = \(spend.q)",
        mend: "fit the model of spend to more customers")
    }
    self.id = id
    self.purchases = purchases
    self.spend = spend
    self.horizon = horizon
    self.outcome = outcome
    self.reasons = max(0, reasons)
    self.calibration = calibration
  }

  /// The features: frequency (purchases after the first), recency and age in the history's units
  /// of time, and, with a model of spend, the mean value of the repeated purchases in minor units.
  package var featureNames: [String] {
    let names = ["frequency", "recency", "age"]
    return spend == nil ? names : names + ["averageSpendMinor"]
  }

  /// Scores a subject by position: one value for each of ``featureNames``, in that order.
  ///
  /// The margin, for ranking, is the expected purchases within the horizon, or what they are worth
  /// where there is a model of spend; the score is the outcome, calibrated. Reasons say in the
  /// margin's unit what knowing more changes, from a customer of today's first purchase on: first
  /// the age, then the frequency, then the recency, then the spend.
  /// - Precondition: There are as many values as features.
  package func output(for values: [FeatureValue]) -> ModelOutput {
    precondition(values.count == featureNames.count, "one value for each feature of the model")
    guard let customer = customer(values) else {
      return ModelOutput(margin: .nan, score: .nan, reasons: [])
    }
    let average = spend.map { spend in
      values[3].number.map { spend.expected(customer, averageMinor: $0) } ?? spend.populationMean
    }
    let worth = average ?? 1
    let expected = purchases.expectedPurchases(customer, horizon: horizon)
    let margin = expected * worth
    let score =
      switch outcome {
      case .expectedPurchases: expected
      case .expectedSpend: margin
      case .purchaseProbability: purchases.purchaseProbability(customer, horizon: horizon)
      case .probabilityAlive: purchases.probabilityAlive(customer)
      }
    guard margin.isFinite && score.isFinite else {
      return ModelOutput(margin: .nan, score: .nan, reasons: [])
    }
    return ModelOutput(
      margin: margin, score: calibration?.value(for: score) ?? score,
      reasons: reasons(for: customer, expected, average))
  }

  private func customer(_ values: [FeatureValue]) -> BuyTillYouDie.Customer? {
    guard let frequency = values[0].number, let age = values[2].number,
      frequency >= 0, frequency <= 0x1p40, frequency == Double(Int64(frequency))
    else { return nil }
    // Without a repeated purchase there is no last one to be recent.
    guard let recency = frequency == 0 ? 0 : values[1].number, recency >= 0, recency <= age else {
      return nil
    }
    let period = Double(purchases.unitsPerPeriod)
    return .init(frequency: frequency, recency: recency / period, age: age / period)
  }

  private func reasons(
    for customer: BuyTillYouDie.Customer, _ expected: Double, _ average: Double?
  ) -> [Reason] {
    guard reasons > 0 else { return [] }
    let (x, age) = (customer.frequency, customer.age)
    let steps = [(0, 0, 0), (0, 0, age), (x, x == 0 ? 0 : age, age)].map { step in
      purchases.expectedPurchases(
        .init(frequency: step.0, recency: step.1, age: step.2), horizon: horizon)
    }
    let mean = spend?.populationMean ?? 1
    let points = [
      (steps[2] - steps[1]) * mean, (expected - steps[2]) * mean, (steps[1] - steps[0]) * mean,
      expected * ((average ?? 1) - mean),
    ]
    var ranking = ReasonRanking(limit: reasons)
    let names = featureNames
    for index in names.indices { ranking.insert(index: index, points: points[index]) }
    return ranking.entries.map { Reason(name: names[$0.index], points: $0.points) }
  }
}

extension GammaGamma {
  fileprivate func expected(
    _ customer: BuyTillYouDie.Customer, averageMinor: Double
  ) -> Double {
    guard averageMinor > 0 else { return populationMean }
    return expectedMean(
      purchases: customer.frequency, average: averageMinor / Double(minorPerUnit))
  }
}

extension FeatureValue {
  /// The number where it is one and finite.
  fileprivate var number: Double? {
    guard case .number(let number) = self, number.isFinite else { return nil }
    return number
  }
}
