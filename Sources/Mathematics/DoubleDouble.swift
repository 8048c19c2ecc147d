/// An unevaluated sum `high + low` of about 106 significant bits, where |low| is at most half an
/// ulp of `high` once normalised.
///
/// The error-free transformations are those of Dekker (1971) and Knuth (TAOCP 2, 4.2.2); names
/// follow Muller et al., Handbook of Floating-Point Arithmetic, chapter 4. Results are exact
/// unless an operand exceeds 2^995 or a product's low part falls below 2^-1074.
struct DoubleDouble {
  var high: Double
  var low: Double

  @inline(__always)
  init(_ high: Double, _ low: Double) {
    self.high = high
    self.low = low
  }

  /// The two parts as one `Double`: the only rounding that a caller sees.
  @inline(__always)
  var rounded: Double { high + low }

  /// `a + b` exactly, whatever their order of size (Knuth's TwoSum).
  @inline(__always)
  static func sum(_ a: Double, _ b: Double) -> DoubleDouble {
    let high = a + b
    let second = high - a
    return DoubleDouble(high, (a - (high - second)) + (b - second))
  }

  /// `high + low` made normal again, for |high| >= |low| or high = 0 (Dekker's FastTwoSum).
  @inline(__always)
  static func normal(_ high: Double, _ low: Double) -> DoubleDouble {
    let sum = high + low
    return DoubleDouble(sum, low - (sum - high))
  }

  /// `a * b` exactly (Dekker's product).
  @inline(__always)
  static func product(_ a: Double, _ b: Double) -> DoubleDouble {
    let high = a * b
    let x = halves(a)
    let y = halves(b)
    let low = ((x.high * y.high - high) + x.high * y.low + x.low * y.high) + x.low * y.low
    return DoubleDouble(high, low)
  }

  /// `numerator / denominator` to about 2^-102.
  @inline(__always)
  static func quotient(_ numerator: DoubleDouble, _ denominator: DoubleDouble) -> DoubleDouble {
    let first = numerator.high / denominator.high
    let back = product(first, denominator.high)
    // The first difference is exact, for `back.high` is within an ulp or two of the numerator.
    let rest = ((numerator.high - back.high) - back.low) + numerator.low
    return normal(first, (rest - first * denominator.low) / denominator.high)
  }

  /// The root of a positive value to about 2^-102.
  @inline(__always)
  static func squareRoot(_ value: DoubleDouble) -> DoubleDouble {
    let first = value.high.squareRoot()
    let back = product(first, first)
    let rest = ((value.high - back.high) - back.low) + value.low
    return normal(first, rest / (2 * first))
  }

  /// Splits 53 bits into 26 and 26 and a sign (Veltkamp), so that products of halves are exact.
  @inline(__always)
  private static func halves(_ a: Double) -> DoubleDouble {
    let wide = 0x1.0000002p27 * a
    let high = wide - (wide - a)
    return DoubleDouble(high, a - high)
  }
}
