extension Deterministic {
  /// `base` to the `exponent`, with the special cases of IEEE 754-2019 section 9.2.1.
  ///
  /// Error at most 1 ulp (seen: 0.55). A negative base wants a whole exponent, otherwise the
  /// result is NaN; anything to the 0 and 1 to anything are 1.
  package static func pow(_ base: Double, _ exponent: Double) -> Double {
    if exponent == 0 || base == 1 { return 1 }
    if base.isNaN || exponent.isNaN { return .nan }
    let parity = Parity(of: exponent)
    let isNegative = base.sign == .minus && parity == .odd
    let size = base.magnitude
    if size == 0 || size == .infinity {
      let value: Double = (size == 0) == (exponent > 0) ? 0 : .infinity
      return isNegative ? -value : value
    }
    if exponent.magnitude == .infinity {
      if size == 1 { return 1 }
      return (size > 1) == (exponent > 0) ? .infinity : 0
    }
    if base < 0 && parity == .fractional { return .nan }
    let value = positivePower(size, exponent)
    return isNegative ? -value : value
  }

  /// e^(exponent log size), the product in two parts.
  private static func positivePower(_ size: Double, _ exponent: Double) -> Double {
    let log = logarithm(size)
    let estimate = exponent * log.high
    // Decided here, for the exact product of a huge exponent would overflow.
    if estimate > 710 { return .infinity }
    if estimate < -746 { return 0 }
    let product = DoubleDouble.product(exponent, log.high)
    return exponential(product.high, low: product.low + exponent * log.low).rounded
  }

  private enum Parity {
    case fractional, odd, even

    init(of value: Double) {
      // Every double from 2^53 on is an even integer.
      if value.magnitude >= 0x1p53 {
        self = .even
      } else {
        let whole = Int64(value)
        self = Double(whole) != value ? .fractional : whole & 1 == 0 ? .even : .odd
      }
    }
  }
}
