/// atan2, asin and the kernel under them.
///
/// Method: the ratio of the smaller to the larger side is t <= 1; with c = j/16 next to t,
/// atan t = atan c + atan((y - c x) / (x + c y)); the first from a table, the second, below 1/31,
/// from its series. All of it is carried in two parts, so the result is rounded once.
extension Deterministic {
  /// The angle of the point (x, y) in radians, from -pi to pi, with atan2's order of arguments.
  ///
  /// Error at most 1 ulp (seen: 0.501). Zeros and infinities as in IEEE 754: the signs of zeros
  /// tell the sides of the cut along the negative x axis.
  package static func atan2(_ y: Double, _ x: Double) -> Double {
    if x.isNaN || y.isNaN { return .nan }
    let angle = positiveAngle(y.magnitude, x)
    return y.sign == .minus ? -angle : angle
  }

  /// The angle from -pi/2 to pi/2 whose sine is `x`; NaN beyond 1.
  ///
  /// Error at most 1 ulp (seen: 0.501). Keeps the sign of zero.
  package static func asin(_ x: Double) -> Double {
    if x.magnitude < 0x1p-28 { return x }
    guard x.magnitude <= 1 else { return .nan }
    let square = DoubleDouble.product(x, x)
    let rest = DoubleDouble.sum(1, -square.high)
    if rest.high == 0 { return x * halfPi.high }
    let cosine = DoubleDouble.squareRoot(DoubleDouble(rest.high, rest.low - square.low))
    let angle = quadrantAngle(DoubleDouble(x.magnitude, 0), cosine).rounded
    return x < 0 ? -angle : angle
  }

  /// pi/2 in two parts.
  static var halfPi: DoubleDouble { DoubleDouble(0x1.921fb54442d18p0, 0x1.1a62633145c07p-54) }

  /// atan2 for y >= 0.
  private static func positiveAngle(_ y: Double, _ x: Double) -> Double {
    let width = x.magnitude
    let isBehind = x.sign == .minus
    if y == 0 { return isBehind ? 2 * halfPi.high : 0 }
    if y == .infinity && width == .infinity {
      return isBehind ? 0x1.2d97c7f3321d2p1 : 0.5 * halfPi.high
    }
    if width == 0 || y == .infinity { return halfPi.high }
    if width == .infinity { return isBehind ? 2 * halfPi.high : 0 }
    // An angle below 2^-39 is its tangent: one rounded division tells it, even a subnormal one.
    if Int(y.exponent) - Int(width.exponent) > 40 {
      return difference(1, DoubleDouble(x / y, 0)).rounded
    }
    if Int(width.exponent) - Int(y.exponent) > 40 {
      return isBehind ? difference(2, DoubleDouble(y / width, 0)).rounded : y / width
    }
    // Bring the larger side near 1; the smaller is at least 2^-42 then, so both stay exact.
    let shift = -max(Int(y.exponent), Int(width.exponent))
    let angle = quadrantAngle(
      DoubleDouble(scaled(y, by: shift), 0), DoubleDouble(scaled(width, by: shift), 0))
    return isBehind ? difference(2, angle).rounded : angle.rounded
  }

  /// The angle from 0 to pi/2 of the point (x, y), both positive and between 2^-60 and 4.
  private static func quadrantAngle(_ y: DoubleDouble, _ x: DoubleDouble) -> DoubleDouble {
    y.high <= x.high ? octantAngle(y, x) : difference(1, octantAngle(x, y))
  }

  /// `quarters` times pi/2, less `angle`.
  private static func difference(_ quarters: Double, _ angle: DoubleDouble) -> DoubleDouble {
    let sum = DoubleDouble.sum(quarters * halfPi.high, -angle.high)
    return DoubleDouble.normal(sum.high, sum.low + (quarters * halfPi.low - angle.low))
  }

  /// The angle from 0 to pi/4 of the point (x, y), for y <= x.
  private static func octantAngle(_ y: DoubleDouble, _ x: DoubleDouble) -> DoubleDouble {
    let index = nearestInteger(16 * y.high / x.high)
    let c = index / 16
    let cx = DoubleDouble.product(c, x.high)
    let cy = DoubleDouble.product(c, y.high)
    let top = DoubleDouble.sum(y.high, -cx.high)
    let bottom = DoubleDouble.sum(x.high, cy.high)
    let tangent = DoubleDouble.quotient(
      DoubleDouble.normal(top.high, top.low + (y.low - cx.low - c * x.low)),
      DoubleDouble.normal(bottom.high, bottom.low + (cy.low + x.low + c * y.low)))
    let square = tangent.high * tangent.high
    let tail = tangent.high * square * series(square, arcTail)
    let entry = angles[Int(index)]
    let sum = DoubleDouble.sum(entry.high, tangent.high)
    return DoubleDouble.normal(sum.high, sum.low + (entry.low + (tangent.low + tail)))
  }

  /// value * 2^shift where the result is normal, in two steps so that no factor overflows.
  private static func scaled(_ value: Double, by shift: Int) -> Double {
    let half = shift / 2
    return value * powerOfTwo(half) * powerOfTwo(shift - half)
  }

  /// (atan u - u) / u^3 in powers of u^2: -1/3 + u^2/5 - ..., enough for |u| <= 1/31.
  @inline(__always)
  private static var arcTail: InlineArray<6, Double> {
    [-1.0 / 3, 1.0 / 5, -1.0 / 7, 1.0 / 9, -1.0 / 11, 1.0 / 13]
  }

  /// atan(j/16) for j = 0 to 16, in two parts.
  private static let angles: InlineArray<17, (high: Double, low: Double)> = [
    (0x0p0, 0x0p0),
    (0x1.ff55bb72cfdeap-5, -0x1.c934d86d23f1dp-60),
    (0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59),
    (0x1.7b97b4bce5b02p-3, 0x1.347b0b4f881cap-58),
    (0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57),
    (0x1.362773707ebccp-2, -0x1.963a544b672d8p-57),
    (0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56),
    (0x1.a64eec3cc23fdp-2, -0x1.24dec1b50b7ffp-56),
    (0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56),
    (0x1.0657e94db30dp-1, -0x1.d5b495f6349e6p-56),
    (0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58),
    (0x1.345f01cce37bbp-1, 0x1.1021137c71102p-55),
    (0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56),
    (0x1.5d58987169b18p-1, 0x1.0028e4bc5e7cap-57),
    (0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56),
    (0x1.819d0b7158a4dp-1, -0x1.bf76229d3b917p-56),
    (0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55),
  ]
}
