import Mathematics

extension BuyTillYouDie {
  /// The expected purchases of a customer who is active now.
  ///
  /// With A = r + x, B = b + x (BG/NBD) or b + x + 1 (MBG/NBD), C = a + B - 1, h the horizon and
  /// z = h / (alpha + T + h) it is
  ///
  ///     C / (a - 1) · (1 - (1 - z)^A 2F1(A, B; C; z))
  ///
  /// which as written fails at a = 1 and at C = 0, and loses digits near them. Both forms below
  /// are the same number without these faults.
  struct ExpectedPurchases {
    private let variant: Variant
    private let parameters: Parameters

    init(_ variant: Variant, _ parameters: Parameters) {
      self.variant = variant
      self.parameters = parameters
    }

    /// NaN where the series would need too many terms.
    func purchasesIfActive(_ customer: Customer, horizon: Double) -> Double {
      guard horizon > 0 else { return 0 }
      let now = parameters.alpha + customer.age
      let z = horizon / (now + horizon)
      // ln(1 - z), also where z is tiny.
      let decay = -Deterministic.log1p(horizon / now)
      let successes = parameters.b + customer.frequency + (variant == .bgNBD ? 0 : 1)
      let difference = parameters.a + successes - 1 - (parameters.r + customer.frequency)
      if difference >= -8 {
        return transformed(a: parameters.a, successes, difference, z, decay)
      }
      let shape = parameters.r + customer.frequency
      let distance = parameters.a - 1
      if distance.magnitude < Self.step {
        // Midway between two neighbours where the division is safe.
        return 0.5
          * (direct(a: 1 - Self.step, shape, successes, z, decay)
            + direct(a: 1 + Self.step, shape, successes, z, decay))
      }
      return direct(a: parameters.a, shape, successes, z, decay)
    }

    private static let step = 0x1p-20

    /// After Euler's transformation (DLMF 15.8.1), with d = a - 1 and k = C - A, the bracket is
    /// 1 - (1 - z)^d 2F1(k, d; C; z). Its first term by itself gives the difference of powers;
    /// from the others d and C cancel.
    private func transformed(
      a: Double, _ successes: Double, _ difference: Double, _ z: Double, _ decay: Double
    ) -> Double {
      let d = a - 1
      let c = d + successes
      let powers = d == 0 ? -decay : -Deterministic.expm1(d * decay) / d
      let series = Deterministic.hypergeometric3F2(
        (difference + 1, d + 1, 1), (c + 1, 2), z)
      return c * powers - Deterministic.exp(d * decay) * difference * z * series
    }

    /// The formula itself, for k far below 0, where the transformed series alternates and cancels.
    /// C 2F1(A, B; C; z) = C 2F1(A, B; C + 1; z) + A B z / (C + 1) 2F1(A + 1, B + 1; C + 2; z)
    /// keeps C = 0 out of the denominator.
    private func direct(
      a: Double, _ shape: Double, _ successes: Double, _ z: Double, _ decay: Double
    ) -> Double {
      let d = a - 1
      let c = d + successes
      let first = Deterministic.exp(
        shape * decay + Deterministic.logHypergeometric2F1(shape, successes, c + 1, z))
      let second = Deterministic.exp(
        shape * decay
          + Deterministic.logHypergeometric2F1(shape + 1, successes + 1, c + 2, z))
      return (c - (c * first + shape * successes * z / (c + 1) * second)) / d
    }
  }
}
