/// sin and cos, after the reduction of the angle to a quarter turn around 0 (``QuarterTurn``).
extension Deterministic {
  /// The sine of `x` radians, for every finite x.
  ///
  /// Error at most 1 ulp (seen: 0.75). Infinities give NaN; keeps the sign of zero.
  package static func sin(_ x: Double) -> Double {
    if x.magnitude < 0x1p-28 { return x }
    guard x.isFinite else { return .nan }
    let turn = QuarterTurn(reducing: x)
    let value =
      turn.quadrant & 1 == 0 ? sineSeries(turn.remainder) : cosineSeries(turn.remainder)
    return turn.quadrant & 2 == 0 ? value : -value
  }

  /// The cosine of `x` radians, for every finite x.
  ///
  /// Error at most 1 ulp (seen: 0.75). Infinities give NaN.
  package static func cos(_ x: Double) -> Double {
    guard x.isFinite else { return .nan }
    let turn = QuarterTurn(reducing: x)
    let value =
      turn.quadrant & 1 == 0 ? cosineSeries(turn.remainder) : sineSeries(turn.remainder)
    return (turn.quadrant + 1) & 2 == 0 ? value : -value
  }

  /// sin(y) = y - y^3/3! + ... for |y| <= pi/4; the low part enters by the derivative.
  private static func sineSeries(_ y: DoubleDouble) -> Double {
    let square = y.high * y.high
    let tail: InlineArray<8, Double> = [
      -1.0 / 6, 1.0 / 120, -1.0 / 5_040, 1.0 / 362_880, -1.0 / 39_916_800, 1.0 / 6_227_020_800,
      -1.0 / 1_307_674_368_000, 1.0 / 355_687_428_096_000,
    ]
    let cubic = y.high * square * series(square, tail)
    return y.high + (cubic + y.low * (1 - 0.5 * square))
  }

  /// cos(y) = 1 - y^2/2! + y^4/4! - ... for |y| <= pi/4.
  private static func cosineSeries(_ y: DoubleDouble) -> Double {
    let square = DoubleDouble.product(y.high, y.high)
    let tail: InlineArray<8, Double> = [
      1.0 / 24, -1.0 / 720, 1.0 / 40_320, -1.0 / 3_628_800, 1.0 / 479_001_600,
      -1.0 / 87_178_291_200, 1.0 / 20_922_789_888_000, -1.0 / 6_402_373_705_728_000,
    ]
    let quartic = square.high * square.high * series(square.high, tail)
    let start = DoubleDouble.sum(1, -0.5 * square.high)
    return start.high + (start.low + (quartic - 0.5 * square.low - y.high * y.low))
  }
}

/// An angle as `quadrant` quarter turns and a remainder from -pi/4 to pi/4 in two parts.
struct QuarterTurn {
  /// Whole quarter turns, modulo 4.
  let quadrant: Int
  /// What is left, to a relative error of about 2^-70, however large the angle was.
  let remainder: DoubleDouble

  /// Reduces a finite angle. Payne and Hanek's method (ACM SIGNUM 18, 1983) in integers: of the
  /// product x * 2/pi only the bits that decide modulo 4 and the 190 behind them are formed, so
  /// that a huge angle costs no more than a small one.
  init(reducing x: Double) {
    if x.magnitude <= 0x1.921fb54442d18p-1 {
      quadrant = 0
      remainder = DoubleDouble(x, 0)
      return
    }
    // 1. |x| = mantissa * 2^e with a 53-bit integer, e >= -53. The first bit of 2/pi that matters
    //    is the one of weight 2^(1 - e); the table begins with 64 zero bits.
    let mantissa = (x.significandBitPattern | 1 << 52)
    let window = TwoOverPi.bits(from: Int(x.exponent) - 52 + 62)
    // 2. The product modulo 2^192 is x * 2/pi modulo 4, in units of 2^-190.
    let third = mantissa.multipliedFullWidth(by: window.2)
    let second = mantissa.multipliedFullWidth(by: window.1)
    let (middle, carry) = second.low.addingReportingOverflow(third.high)
    let top = (mantissa &* window.0) &+ second.high &+ (carry ? 1 : 0)
    // 3. Two bits of quadrant; the others a fraction of a quarter turn, made signed by rounding.
    var turns = Int(top >> 62)
    var fraction = (
      top << 2 | middle >> 62, middle << 2 | third.low >> 62, third.low << 2
    )
    let isPastHalf = fraction.0 >> 63 == 1
    if isPastHalf {
      turns += 1
      let low = ~fraction.2 &+ 1
      let mid = ~fraction.1 &+ (low == 0 ? 1 : 0)
      fraction = (~fraction.0 &+ (low == 0 && mid == 0 ? 1 : 0), mid, low)
    }
    // 4. Into floating point, times pi/2. No double comes nearer than 2^-62 to a whole number of
    //    quarter turns, so that 106 bits remain.
    let part = Self.scaledFraction(fraction)
    let product = DoubleDouble.product(part.high, Deterministic.halfPi.high)
    let rest =
      product.low + (part.high * Deterministic.halfPi.low + part.low * Deterministic.halfPi.high)
    let angle = DoubleDouble.normal(product.high, rest)
    let isNegative = (x < 0) != isPastHalf
    quadrant = (x < 0 ? -turns : turns) & 3
    remainder = isNegative ? DoubleDouble(-angle.high, -angle.low) : angle
  }

  /// The 192-bit fraction's leading 106 bits as two doubles; not zero.
  private static func scaledFraction(_ words: (UInt64, UInt64, UInt64)) -> DoubleDouble {
    var (top, middle, low) = words
    var scale = 0
    if top == 0 {
      (top, middle, low) = (middle, low, 0)
      scale = 64
    }
    let zeros = top.leadingZeroBitCount
    if zeros > 0 {
      top = top << UInt64(zeros) | middle >> UInt64(64 - zeros)
      middle = middle << UInt64(zeros) | low >> UInt64(64 - zeros)
    }
    let exponent = -(scale + zeros)
    return DoubleDouble(
      Double(top >> 11) * Deterministic.powerOfTwo(exponent - 53),
      Double((top & 0x7ff) << 42 | middle >> 22) * Deterministic.powerOfTwo(exponent - 106))
  }
}

/// The binary digits of 2/pi behind 64 zeros: enough for the largest double.
private enum TwoOverPi {
  /// 192 bits from the bit with the given index, 0 to 1,087.
  static func bits(from index: Int) -> (UInt64, UInt64, UInt64) {
    let word = index >> 6
    return (shifted(word, index & 63), shifted(word + 1, index & 63), shifted(word + 2, index & 63))
  }

  private static func shifted(_ word: Int, _ shift: Int) -> UInt64 {
    // A shift by 64 is meant to leave nothing: Swift's `>>` does so.
    words[word] << UInt64(shift) | words[word + 1] >> UInt64(64 - shift)
  }

  private static let words: InlineArray<20, UInt64> = [
    0x0000_0000_0000_0000, 0xa2f9_836e_4e44_1529, 0xfc27_57d1_f534_ddc0, 0xdb62_9599_3c43_9041,
    0xfe51_63ab_debb_c561, 0xb724_6e3a_424d_d2e0, 0x0649_2eea_09d1_921c, 0xfe1d_eb1c_b129_a73e,
    0xe882_35f5_2ebb_4484, 0xe99c_7026_b45f_7e41, 0x3991_d639_8353_39f4, 0x9c84_5f8b_bdf9_283b,
    0x1ff8_97ff_de05_980f, 0xef2f_118b_5a0a_6d1f, 0x6d36_7ecf_27cb_09b7, 0x4f46_3f66_9e5f_ea2d,
    0x7527_bac7_ebe5_f17b, 0x3d07_39f7_8a52_92ea, 0x6bfb_5fb1_1f8d_5d08, 0x5603_3046_fc7b_6bab,
  ]
}
