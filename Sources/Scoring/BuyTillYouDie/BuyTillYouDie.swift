import Mathematics

/// A model of customers who buy at random until, unseen, they stop: BG/NBD or MBG/NBD.
///
/// While a customer is active, purchases come at a rate of its own (a Poisson process), and after
/// each purchase it stops for good with a probability of its own. Over the customers the rates are
/// gamma distributed with shape `r` and rate `alpha`, the probabilities beta distributed with `a`
/// and `b`. In the modified model a customer may stop right after its first purchase too, so that
/// nobody is certain to be active. Formulas and sources: <doc:PurchaseModels>.
package struct BuyTillYouDie: Equatable, Sendable {
  /// The two models.
  package enum Variant: String, Equatable, Sendable, CaseIterable {
    /// Fader, Hardie and Lee 2005.
    case bgNBD = "bg-nbd"
    /// Batislam, Denizel and Filiztekin 2007.
    case mbgNBD = "mbg-nbd"
  }

  /// The four parameters, all above 0.
  package struct Parameters: Equatable, Sendable {
    /// The shape of the distribution of rates.
    package let r: Double
    /// The rate of the distribution of rates, in periods.
    package let alpha: Double
    /// With `b`, the distribution of the probabilities of stopping: their mean is a / (a + b).
    package let a: Double
    /// See `a`.
    package let b: Double

    /// Parameters from their parts.
    package init(r: Double, alpha: Double, a: Double, b: Double) {
      self.r = r
      self.alpha = alpha
      self.a = a
      self.b = b
    }
  }

  /// Which of the two models it is.
  package let variant: Variant
  /// Its parameters.
  package let parameters: Parameters
  /// How many of the histories' units make a period, in which `alpha` and horizons are measured.
  package let unitsPerPeriod: Int64

  /// A model from fitted parameters.
  /// - Throws: Where a parameter is not between 1e-9 and 1e9, or no unit makes a period.
  package init(
    _ variant: Variant, _ parameters: Parameters, unitsPerPeriod: Int64
  ) throws(BuyTillYouDieError) {
    for (name, value) in [
      ("r", parameters.r), ("alpha", parameters.alpha), ("a", parameters.a), ("b", parameters.b),
    ] where !(value >= 1e-9 && value <= 1e9) {
      throw BuyTillYouDieError(
        place: name, message: "\(value) is not between 1e-9 and 1e9",
        mend: "fit the model anew, or measure time in another period")
    }
    guard unitsPerPeriod > 0 else {
      throw BuyTillYouDieError(
        place: "unitsPerPeriod", message: "\(unitsPerPeriod) is not above 0",
        mend: "say how many units of recency and age make a period")
    }
    self.variant = variant
    self.parameters = parameters
    self.unitsPerPeriod = unitsPerPeriod
  }

  /// The logarithm of the history's likelihood.
  package func logLikelihood(of history: PurchaseHistory) -> Double {
    let customer = customer(history)
    let counts = Likelihood(variant, parameters)
    return counts.logLikelihood(
      customer, constant: counts.constant(frequency: customer.frequency))
  }

  /// The probability that the customer still buys.
  ///
  /// Beware: in the BG/NBD model it is 1 for everybody without repeated purchase.
  package func probabilityAlive(_ history: PurchaseHistory) -> Double {
    probabilityAlive(customer(history))
  }

  /// How many purchases the customer is expected to make in the `horizon` periods after now.
  ///
  /// NaN where the horizon is negative, or longer than some 3,000 times `alpha` and the age.
  package func expectedPurchases(_ history: PurchaseHistory, horizon: Double) -> Double {
    expectedPurchases(customer(history), horizon: horizon)
  }

  /// The probability of at least one purchase in the `horizon` periods after now; NaN where the
  /// horizon is negative.
  package func purchaseProbability(_ history: PurchaseHistory, horizon: Double) -> Double {
    purchaseProbability(customer(history), horizon: horizon)
  }

  /// A history in periods.
  struct Customer: Equatable {
    let frequency: Double
    let recency: Double
    let age: Double
  }

  func customer(_ history: PurchaseHistory) -> Customer {
    let period = Double(unitsPerPeriod)
    return Customer(
      frequency: Double(history.frequency), recency: Double(history.recency) / period,
      age: Double(history.age) / period)
  }

  func probabilityAlive(_ customer: Customer) -> Double {
    // Of the two ways to the history, stopped at its last purchase and active until now, the odds.
    Deterministic.logistic(
      -Likelihood(variant, parameters).logOddsOfHavingStopped(customer))
  }

  func purchaseProbability(_ customer: Customer, horizon: Double) -> Double {
    guard horizon >= 0 else { return .nan }
    // An active customer's rate is gamma distributed with r + x and alpha + T; before the next
    // purchase nobody stops.
    let waiting =
      (parameters.r + customer.frequency)
      * Deterministic.log1p(horizon / (parameters.alpha + customer.age))
    return probabilityAlive(customer) * -Deterministic.expm1(-waiting)
  }

  func expectedPurchases(_ customer: Customer, horizon: Double) -> Double {
    guard horizon >= 0 else { return .nan }
    return ExpectedPurchases(variant, parameters).purchasesIfActive(customer, horizon: horizon)
      * probabilityAlive(customer)
  }
}
