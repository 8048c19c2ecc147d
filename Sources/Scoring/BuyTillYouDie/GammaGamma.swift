import Mathematics

/// The Gamma-Gamma model of spend per purchase (Fader and Hardie 2013): each customer's purchases
/// vary around a mean of its own, and the means vary over the customers, independently of how often
/// they buy.
///
/// A purchase's value is gamma distributed with shape `p` and a customer's own rate; the rates are
/// gamma distributed with shape `q` and rate `gamma`. Formulas: <doc:PurchaseModels>.
package struct GammaGamma: Equatable, Sendable {
  /// One customer's repeated purchases.
  package struct Spend: Hashable, Sendable {
    /// How many purchases, at least 1.
    package let purchases: Int64
    /// Their value in all, in whole minor units, above 0.
    package let totalMinor: Int64

    /// A spend from its parts.
    /// - Throws: Where a part is not above 0.
    package init(purchases: Int64, totalMinor: Int64) throws(BuyTillYouDieError) {
      guard purchases > 0 && totalMinor > 0 else {
        throw BuyTillYouDieError(
          place: "spend", message: "\(purchases) purchases of \(totalMinor) in all",
          mend: "give only customers who bought again, for more than nothing")
      }
      self.purchases = purchases
      self.totalMinor = totalMinor
    }
  }

  /// The shape of a customer's purchases.
  package let p: Double
  /// The shape of the distribution of the customers' rates; above 1 where means are to exist.
  package let q: Double
  /// The rate of the distribution of the customers' rates, in units of money.
  package let gamma: Double
  /// How many minor units make the unit of money in which `gamma` and means are measured.
  package let minorPerUnit: Int64

  /// A model from fitted parameters.
  /// - Throws: Where a parameter is not between 1e-9 and 1e9, or no minor unit makes a unit.
  package init(
    p: Double, q: Double, gamma: Double, minorPerUnit: Int64
  ) throws(BuyTillYouDieError) {
    for (name, value) in [("p", p), ("q", q), ("gamma", gamma)]
    where !(value >= 1e-9 && value <= 1e9) {
      throw BuyTillYouDieError(
        place: name, message: "\(value) is not between 1e-9 and 1e9",
        mend: "fit the model anew, or measure money in another unit")
    }
    guard minorPerUnit > 0 else {
      throw BuyTillYouDieError(
        place: "minorPerUnit", message: "\(minorPerUnit) is not above 0",
        mend: "write 100 for cents to the dollar, or 1")
    }
    self.p = p
    self.q = q
    self.gamma = gamma
    self.minorPerUnit = minorPerUnit
  }

  /// The mean of the means over all customers, in units of money; NaN where q is at most 1.
  package var populationMean: Double { q > 1 ? gamma * p / (q - 1) : .nan }

  /// What the customer's purchases are worth on the average, in units of money: between its own
  /// average so far and the population's mean, the nearer to its own the more it has bought.
  ///
  /// - Parameters:
  ///   - purchases: How many purchases `average` is of; 0 gives ``populationMean``.
  ///   - average: Their mean value in units of money.
  package func expectedMean(purchases: Double, average: Double) -> Double {
    guard purchases > 0 else { return populationMean }
    let weight = p * purchases + q - 1
    guard weight > 0 else { return .nan }
    return (gamma + purchases * average) * p / weight
  }

  /// The logarithm of the spend's likelihood.
  package func logLikelihood(of spend: Spend) -> Double {
    logLikelihood(of: spend, constant: constant(purchases: Double(spend.purchases)))
  }

  /// ln Gamma(px + q) - ln Gamma(px) - ln Gamma(q), which depends on the number x of purchases
  /// alone.
  func constant(purchases: Double) -> Double {
    Deterministic.logGamma(p * purchases + q) - Deterministic.logGamma(p * purchases)
      - Deterministic.logGamma(q)
  }

  /// With m = total / x: constant + q ln gamma + (px - 1) ln m + px ln x - (px + q) ln(gamma + mx).
  func logLikelihood(of spend: Spend, constant: Double) -> Double {
    let purchases = Double(spend.purchases)
    let total = Double(spend.totalMinor) / Double(minorPerUnit)
    return constant + q * Deterministic.log(gamma / (gamma + total))
      + p * purchases * Deterministic.log(total / (gamma + total))
      - Deterministic.log(total / purchases)
  }
}
