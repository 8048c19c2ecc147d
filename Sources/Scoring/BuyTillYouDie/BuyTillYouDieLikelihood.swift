import Mathematics

extension BuyTillYouDie {
  /// The likelihood of histories under given parameters.
  ///
  /// With x, tx and T for frequency, recency and age, and y = x (BG/NBD) or x + 1 (MBG/NBD), it is
  ///
  ///     Gamma(r + x) alpha^r / Gamma(r) · B(a, b + y) / B(a, b)
  ///       · ((alpha + T)^-(r + x) + a / (b + y - 1) (alpha + tx)^-(r + x))
  ///
  /// where BG/NBD lacks the second summand for x = 0.
  struct Likelihood {
    private let variant: Variant
    private let parameters: Parameters

    init(_ variant: Variant, _ parameters: Parameters) {
      self.variant = variant
      self.parameters = parameters
    }

    /// The logarithm of the factors that depend on the frequency alone.
    func constant(frequency x: Double) -> Double {
      let (r, a, b) = (parameters.r, parameters.a, parameters.b)
      let stops = variant == .bgNBD ? x : x + 1
      let purchases = Deterministic.logGamma(r + x) - Deterministic.logGamma(r)
      let survival = Deterministic.logBeta(a, b + stops) - Deterministic.logBeta(a, b)
      return purchases + r * Deterministic.log(parameters.alpha) + survival
    }

    /// The logarithm of the likelihood; `constant` is that of the customer's frequency.
    func logLikelihood(_ customer: Customer, constant: Double) -> Double {
      let active =
        -(parameters.r + customer.frequency) * Deterministic.log(parameters.alpha + customer.age)
      let odds = logOddsOfHavingStopped(customer)
      // ln(1 + e^odds) without overflow.
      let both = max(odds, 0) + Deterministic.log1p(Deterministic.exp(-odds.magnitude))
      return constant + active + both
    }

    /// The logarithm of the second summand over the first: the odds of having stopped at the last
    /// purchase against being active. Minus infinity where nobody can have stopped yet.
    func logOddsOfHavingStopped(_ customer: Customer) -> Double {
      let x = customer.frequency
      guard variant == .mbgNBD || x > 0 else { return -.infinity }
      let survivals = parameters.b + (variant == .bgNBD ? x - 1 : x)
      let idle = (customer.age - customer.recency) / (parameters.alpha + customer.recency)
      return Deterministic.log(parameters.a / survivals)
        + (parameters.r + x) * Deterministic.log1p(idle)
    }
  }
}
