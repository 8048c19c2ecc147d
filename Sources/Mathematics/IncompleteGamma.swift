/// The regularised incomplete gamma function.
///
/// Method: below a + 1 the power series of P(a, x), above the continued fraction of Q(a, x) by
/// Lentz's algorithm (Abramowitz and Stegun 6.5.29 and 6.5.31).
extension Deterministic {
  private static let terms = 10_000

  /// Q(`a`, `x`): the upper tail of a gamma distribution of shape `a` beyond `x`, for a > 0, x ≥ 0.
  ///
  /// Error about 1e-13, relative where the tail is above 1e-300. NaN for other arguments.
  package static func upperGamma(_ a: Double, _ x: Double) -> Double {
    guard a > 0, a < .infinity, x >= 0 else { return .nan }
    if x == 0 { return 1 }
    if x == .infinity { return 0 }
    let scale = exp(a * log(x) - x - logGamma(a))
    return x < a + 1 ? 1 - scale * series(a, x) : scale * fraction(a, x)
  }

  /// P(a, x) over its scale.
  private static func series(_ a: Double, _ x: Double) -> Double {
    var term = 1 / a
    var sum = term
    for step in 1...terms {
      term *= x / (a + Double(step))
      sum += term
      if term < sum * 0x1p-54 { break }
    }
    return sum
  }

  /// Q(a, x) over its scale.
  private static func fraction(_ a: Double, _ x: Double) -> Double {
    let tiny = 0x1p-900
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var result = d
    for step in 1...terms {
      let number = Double(step)
      let factor = -number * (number - a)
      b += 2
      d = factor * d + b
      if d.magnitude < tiny { d = tiny }
      c = b + factor / c
      if c.magnitude < tiny { c = tiny }
      d = 1 / d
      let change = d * c
      result *= change
      if (change - 1).magnitude < 0x1p-52 { break }
    }
    return result
  }
}
