/// exp, expm1 and the kernel under them.
///
/// Method (after Tang, ACM TOMS 15, 1989): x = k ln2/32 + r with |r| <= ln2/64, so that
/// e^x = 2^(k/32) e^r; the first factor comes from a table, the second from its Taylor series. The
/// leading product and sums are carried in two parts.
extension Deterministic {
  /// e to the `x`.
  ///
  /// Error at most 1 ulp (seen: 0.501). Above 709.78 the result is infinity, below -745.14
  /// it is 0; results in between are subnormal where they must be, rounded once.
  package static func exp(_ x: Double) -> Double {
    if x > 710 { return .infinity }
    if x < -746 { return 0 }
    if x.isNaN { return .nan }
    return exponential(x).rounded
  }

  /// e to the `x`, less 1, without cancellation near 0.
  ///
  /// Error at most 1 ulp (seen: 0.51). Keeps the sign of zero.
  package static func expm1(_ x: Double) -> Double {
    if x.isNaN { return .nan }
    if x.magnitude < 0x1p-54 { return x }
    if x > 710 { return .infinity }
    if x < -50 { return -1 }
    if x.magnitude < 0x1.6p-7 {
      // No table value stands before the series here, so that nothing cancels.
      return x + x * x * series(x, smallTail)
    }
    let power = exponential(x)
    if power.exponent > 64 { return power.rounded }
    let scale = powerOfTwo(power.exponent)
    let difference = DoubleDouble.sum(power.parts.high * scale, -1)
    return difference.high + (difference.low + power.parts.low * scale)
  }

  /// 2^`exponent` (parts.high + parts.low), with parts.high from 0.98 to 2.03.
  struct ScaledPower {
    var exponent: Int
    var parts: DoubleDouble

    /// The value rounded once, also where it is subnormal.
    var rounded: Double {
      let sum = parts.high + parts.low
      if exponent >= 1023 { return sum * 0x1p1022 * powerOfTwo(exponent - 1022) }
      if exponent >= -1021 { return sum * powerOfTwo(exponent) }
      // Work 2^1022 higher. A result that will be subnormal is then below 1: adding 1 rounds it to
      // a multiple of 2^-52, just where the subnormal's last bit is, and the scaling back is exact.
      let scale = powerOfTwo(exponent + 1022)
      let raised = sum * scale
      if raised >= 1 { return raised * 0x1p-1022 }
      let one = DoubleDouble.sum(1, parts.high * scale)
      return ((one.high + (one.low + parts.low * scale)) - 1) * 0x1p-1022
    }
  }

  /// e^(x + low) to a relative 2^-65, for x from -746 to 710 and |low| at most an ulp of x.
  static func exponential(_ x: Double, low: Double = 0) -> ScaledPower {
    let count = nearestInteger(x * 0x1.71547652b82fep5)
    let k = Int(count)
    // 1. r = x - k ln2/32. The step's first two parts have 36 and 34 bits and k has 16, so both
    //    products are exact, and the sums lose nothing.
    let first = DoubleDouble.sum(x, -(count * 0x1.62e42fefap-6))
    var r = DoubleDouble.sum(first.high, -(count * 0x1.cf79abcap-45))
    r.low += first.low + (low - count * -0x1.c4c67fc0d0951p-81)
    // 2. e^r = 1 + r.high + tail, where the tail is below 2^-13 and needs 53 bits only.
    let tail = r.low + r.high * r.low + r.high * r.high * series(r.high, smallTail)
    // 3. Times the table's 2^(j/32).
    let root = roots[k & 31]
    let linear = DoubleDouble.product(root.high, r.high)
    let sum = DoubleDouble.sum(root.high, linear.high)
    let rest = (sum.low + linear.low) + (root.high * tail + root.low * (1 + r.high))
    return ScaledPower(exponent: k >> 5, parts: DoubleDouble.normal(sum.high, rest))
  }

  /// (e^r - 1 - r) / r^2 = 1/2! + r/3! + ..., enough for |r| <= ln2/64.
  @inline(__always)
  private static var smallTail: InlineArray<9, Double> {
    [
      1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5_040, 1.0 / 40_320,
      1.0 / 362_880, 1.0 / 3_628_800,
    ]
  }

  /// 2^(j/32) for j = 0 to 31, in two parts.
  private static let roots: InlineArray<32, (high: Double, low: Double)> = [
    (0x1p0, 0x0p0),
    (0x1.059b0d3158574p0, 0x1.d73e2a475b465p-55),
    (0x1.0b5586cf9890fp0, 0x1.8a62e4adc610bp-54),
    (0x1.11301d0125b51p0, -0x1.6c51039449b3ap-54),
    (0x1.172b83c7d517bp0, -0x1.19041b9d78a76p-55),
    (0x1.1d4873168b9aap0, 0x1.e016e00a2643cp-54),
    (0x1.2387a6e756238p0, 0x1.9b07eb6c70573p-54),
    (0x1.29e9df51fdee1p0, 0x1.612e8afad1255p-55),
    (0x1.306fe0a31b715p0, 0x1.6f46ad23182e4p-55),
    (0x1.371a7373aa9cbp0, -0x1.63aeabf42eae2p-54),
    (0x1.3dea64c123422p0, 0x1.ada0911f09ebcp-55),
    (0x1.44e086061892dp0, 0x1.89b7a04ef80dp-59),
    (0x1.4bfdad5362a27p0, 0x1.d4397afec42e2p-56),
    (0x1.5342b569d4f82p0, -0x1.07abe1db13cadp-55),
    (0x1.5ab07dd485429p0, 0x1.6324c054647adp-54),
    (0x1.6247eb03a5585p0, -0x1.383c17e40b497p-54),
    (0x1.6a09e667f3bcdp0, -0x1.bdd3413b26456p-54),
    (0x1.71f75e8ec5f74p0, -0x1.16e4786887a99p-55),
    (0x1.7a11473eb0187p0, -0x1.41577ee04992fp-55),
    (0x1.82589994cce13p0, -0x1.d4c1dd41532d8p-54),
    (0x1.8ace5422aa0dbp0, 0x1.6e9f156864b27p-54),
    (0x1.93737b0cdc5e5p0, -0x1.75fc781b57ebcp-57),
    (0x1.9c49182a3f09p0, 0x1.c7c46b071f2bep-56),
    (0x1.a5503b23e255dp0, -0x1.d2f6edb8d41e1p-54),
    (0x1.ae89f995ad3adp0, 0x1.7a1cd345dcc81p-54),
    (0x1.b7f76f2fb5e47p0, -0x1.5584f7e54ac3bp-56),
    (0x1.c199bdd85529cp0, 0x1.11065895048ddp-55),
    (0x1.cb720dcef9069p0, 0x1.503cbd1e949dbp-56),
    (0x1.d5818dcfba487p0, 0x1.2ed02d75b3707p-55),
    (0x1.dfc97337b9b5fp0, -0x1.1a5cd4f184b5cp-54),
    (0x1.ea4afa2a490dap0, -0x1.e9c23179c2893p-54),
    (0x1.f50765b6e454p0, 0x1.9d3e12dd8a18bp-54),
  ]
}
