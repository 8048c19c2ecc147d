extension Deterministic {
  /// 1 / (1 + e^-x): the probability whose log-odds are `x`, from 0 to 1.
  ///
  /// Accurate in both tails: for negative x it is e^x / (1 + e^x), so that small probabilities keep
  /// all their digits down to the subnormal ones. Error at most 1 ulp (seen: 0.501).
  package static func logistic(_ x: Double) -> Double {
    if x.isNaN { return .nan }
    if x > 40 { return 1 }
    if x < -746 { return 0 }
    // 1 adds nothing to the denominator below this, and the quotient is the power itself.
    if x < -46 { return exponential(x).rounded }
    let power = exponential(-x.magnitude)
    let scale = powerOfTwo(power.exponent)
    let odds = DoubleDouble(power.parts.high * scale, power.parts.low * scale)
    let sum = DoubleDouble.sum(1, odds.high)
    let whole = DoubleDouble.normal(sum.high, sum.low + odds.low)
    return DoubleDouble.quotient(x < 0 ? odds : DoubleDouble(1, 0), whole).rounded
  }

  /// log(p / (1 - p)): the log-odds of a probability.
  ///
  /// 0 and 1 give minus and plus infinity, what is outside gives NaN. Error at most 1 ulp (seen:
  /// 0.501), also around 0.5, where the result passes through 0.
  package static func logit(_ p: Double) -> Double {
    guard p > 0 && p < 1 else {
      return p == 0 ? -.infinity : p == 1 ? .infinity : .nan
    }
    let rest = DoubleDouble.sum(1, -p)
    if p >= 0.25 && p <= 0.75 {
      // The odds are 1 + (2p - 1) / (1 - p); the numerator is exact here.
      let excess = DoubleDouble.quotient(DoubleDouble(2 * p - 1, 0), rest)
      let odds = DoubleDouble.sum(1, excess.high)
      return logarithm(odds.high, low: odds.low + excess.low).rounded
    }
    let odds = DoubleDouble.quotient(DoubleDouble(p, 0), rest)
    return logarithm(odds.high, low: odds.low).rounded
  }
}
