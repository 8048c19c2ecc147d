/// log, log1p and the kernel under them.
///
/// Method: x = 2^k z with z from 0.6875 to 1.375; a table gives a short c close to 1/z, so that
/// r = z c - 1 is exact in two parts and |r| <= 2^-6; then log x = k ln2 - log c + log(1 + r). The
/// entries around z = 1 are c = 1, so that nothing cancels there.
extension Deterministic {
  /// The natural logarithm.
  ///
  /// Error at most 1 ulp (seen: 0.501). log(0) is minus infinity for either zero, negative
  /// arguments give NaN.
  package static func log(_ x: Double) -> Double {
    if x > 0 && x < .infinity { return logarithm(x).rounded }
    if x == 0 { return -.infinity }
    return x > 0 ? x : .nan
  }

  /// The natural logarithm of 1 + `x`, without loss near 0.
  ///
  /// Error at most 1 ulp (seen: 0.501). Keeps the sign of zero; -1 gives minus infinity, less NaN.
  package static func log1p(_ x: Double) -> Double {
    if x == 0 { return x }
    if x > -1 && x < .infinity {
      let sum = DoubleDouble.sum(1, x)
      return logarithm(sum.high, low: sum.low).rounded
    }
    if x == -1 { return -.infinity }
    return x > 0 ? x : .nan
  }

  /// log(value + low) to a relative 2^-64, for finite positive values and |low| at most half an
  /// ulp of it.
  static func logarithm(_ value: Double, low: Double = 0) -> DoubleDouble {
    var bits = value.bitPattern
    var k = 0
    if value < .leastNormalMagnitude {
      bits = (value * 0x1p52).bitPattern
      k = -52
    }
    // 1. Split off the power of two and choose one of 64 intervals of z.
    let offset = bits &- 0x3fe6_0000_0000_0000
    k += Int(truncatingIfNeeded: Int64(bitPattern: offset) >> 52)
    let z = Double(bitPattern: bits &- (offset & 0xfff0_0000_0000_0000))
    let entry = reciprocals[Int(truncatingIfNeeded: (offset >> 46) & 63)]
    // 2. r = z c - 1. The product's high part lies so near 1 that subtracting 1 is exact.
    let product = DoubleDouble.product(z, entry.reciprocal)
    let r = DoubleDouble.sum(
      product.high - 1, product.low + low * powerOfTwo(-k) * entry.reciprocal)
    // 3. log(1 + r) = r - r^2/2 + r^3 (...): r and its square in two parts, the rest in one.
    let square = DoubleDouble.product(r.high, r.high)
    let cubic = square.high * r.high * series(r.high, cubicTail)
    // 4. ln2 and log c are cut to multiples of 2^-42, so that their sum is exact.
    let count = Double(k)
    let base = DoubleDouble.sum(count * 0x1.62e42fefa38p-1 + entry.logHigh, r.high)
    let second = DoubleDouble.sum(base.high, -0.5 * square.high)
    let small = (r.low - r.high * r.low) + (cubic - 0.5 * square.low)
    let rest = second.low + (base.low + (small + (count * 0x1.ef35793c7673p-45 + entry.logLow)))
    return DoubleDouble.normal(second.high, rest)
  }

  /// (log(1 + r) - r + r^2/2) / r^3 = 1/3 - r/4 + r^2/5 - ..., enough for |r| <= 2^-6.
  @inline(__always)
  private static var cubicTail: InlineArray<9, Double> {
    [
      1.0 / 3, -1.0 / 4, 1.0 / 5, -1.0 / 6, 1.0 / 7, -1.0 / 8, 1.0 / 9, -1.0 / 10, 1.0 / 11,
    ]
  }

  private typealias Entry = (reciprocal: Double, logHigh: Double, logLow: Double)

  /// c and -log c, by the six bits that follow the exponent of z / 0.6875: steps of 1/128 below
  /// 1, of 1/64 above. c is a multiple of 1/256.
  private static let reciprocals: InlineArray<64, Entry> = [
    (0x1.72p0, -0x1.792a55fdd4p-2, -0x1.e89f057691feap-44),
    (0x1.6ep0, -0x1.6e08eaa2bap-2, -0x1.e38c139318d71p-46),
    (0x1.6ap0, -0x1.62c82f2b9cp-2, -0x1.e54bdbd7c8a98p-44),
    (0x1.66p0, -0x1.5767717456p-2, 0x1.64ead9524d7cap-44),
    (0x1.62p0, -0x1.4be5f95778p-2, 0x1.d7c92cd9ad824p-44),
    (0x1.5ep0, -0x1.404308686ap-2, -0x1.f8ef43049f7d3p-44),
    (0x1.5bp0, -0x1.3772662bfep-2, 0x1.e9436ac53b023p-44),
    (0x1.57p0, -0x1.2b9303ab8ap-2, 0x1.6db12d6bfb0a5p-45),
    (0x1.54p0, -0x1.22941fbcf8p-2, 0x1.a6976f5eb0963p-44),
    (0x1.5p0, -0x1.1675cababap-2, -0x1.8380e731f55c4p-44),
    (0x1.4dp0, -0x1.0d46b579abp-2, -0x1.d2c81f640e1e6p-44),
    (0x1.49p0, -0x1.00e6c45ad5p-2, -0x1.cc68d52e01203p-50),
    (0x1.46p0, -0x1.ef0adcbdc6p-3, 0x1.b26b79c86af24p-45),
    (0x1.43p0, -0x1.dc1bca0abep-3, -0x1.8fac1a628ccc6p-44),
    (0x1.4p0, -0x1.c8ff7c79aap-3, 0x1.7794f689f8434p-45),
    (0x1.3dp0, -0x1.b5b519e8fcp-3, 0x1.4b722ec011f31p-44),
    (0x1.3ap0, -0x1.a23bc1fe2cp-3, 0x1.539cd91dc9f0bp-44),
    (0x1.37p0, -0x1.8e928de886p-3, -0x1.a8154b13d72d5p-44),
    (0x1.34p0, -0x1.7ab890210ep-3, 0x1.bdb9072534a58p-45),
    (0x1.31p0, -0x1.66acd4272ap-3, -0x1.aa1bdbfc6c785p-44),
    (0x1.2ep0, -0x1.526e5e3a1cp-3, 0x1.790ba37fc5238p-44),
    (0x1.2bp0, -0x1.3dfc2b0eccp-3, -0x1.8a72a62b8c13fp-45),
    (0x1.29p0, -0x1.303d718e48p-3, 0x1.680b5ce3ecb05p-50),
    (0x1.26p0, -0x1.1b72ad52f6p-3, -0x1.e80a41811a396p-45),
    (0x1.23p0, -0x1.0671512ca6p-3, 0x1.a47579cdc0a3dp-45),
    (0x1.21p0, -0x1.f0a30c0118p-4, 0x1.d599e83368e91p-44),
    (0x1.1ep0, -0x1.c5e548f5bcp-4, -0x1.d0c57585fbe06p-46),
    (0x1.1cp0, -0x1.a926d3a4acp-4, -0x1.563650bd22a9cp-44),
    (0x1.19p0, -0x1.7da766d7bp-4, -0x1.2cc844480c89bp-44),
    (0x1.17p0, -0x1.60658a9374p-4, -0x1.0c3b1dee9c4f8p-44),
    (0x1.15p0, -0x1.42edcbea64p-4, -0x1.bc0eeea7c9acdp-46),
    (0x1.12p0, -0x1.16536eea38p-4, 0x1.47c5e768fa309p-46),
    (0x1.1p0, -0x1.f0a30c0118p-5, 0x1.d599e83368e91p-45),
    (0x1.0ep0, -0x1.b42dd71198p-5, 0x1.c827ae5d6704cp-46),
    (0x1.0bp0, -0x1.58a5bafc9p-5, 0x1.b2b739570ad39p-45),
    (0x1.09p0, -0x1.1b0d98924p-5, 0x1.3401e9ae889bbp-44),
    (0x1.07p0, -0x1.b9fc027bp-6, 0x1.b9a010ae6922ap-44),
    (0x1.05p0, -0x1.3cea44347p-6, 0x1.6a2c432d6a40bp-44),
    (0x1.03p0, -0x1.7dc475f82p-7, 0x1.eb1245b5da1f5p-44),
    (0x1p0, 0x0p0, 0x0p0),
    (0x1p0, 0x0p0, 0x0p0),
    (0x1.f4p-1, 0x1.8492528c9p-6, -0x1.aa0ba325a0c34p-45),
    (0x1.ecp-1, 0x1.466aed42ep-5, -0x1.c167375bdfd28p-45),
    (0x1.e6p-1, 0x1.aaef2d0fbp-5, 0x1.0fc1a353bb42ep-45),
    (0x1.dep-1, 0x1.1973bd1464p-4, 0x1.566d154f930b3p-44),
    (0x1.d8p-1, 0x1.4d3115d208p-4, -0x1.53a2582f4e1efp-48),
    (0x1.dp-1, 0x1.9335e5d594p-4, 0x1.3115c3abd47dap-45),
    (0x1.cap-1, 0x1.c885801bc4p-4, 0x1.646d1c65aacd3p-45),
    (0x1.c4p-1, 0x1.fe89139dbcp-4, 0x1.56594d82f7a82p-44),
    (0x1.bep-1, 0x1.1aa2b7e24p-3, -0x1.1ac38dde3b366p-44),
    (0x1.b8p-1, 0x1.365fcb015ap-3, -0x1.fd3a0afb9691bp-44),
    (0x1.b2p-1, 0x1.527e5e4a1cp-3, -0x1.4e60b8d4b411dp-44),
    (0x1.acp-1, 0x1.6f0128b756p-3, 0x1.577390d31ef0fp-44),
    (0x1.a6p-1, 0x1.8beafeb39p-3, -0x1.73d54aae92cd1p-47),
    (0x1.a2p-1, 0x1.9f6c40708ap-3, -0x1.337d94bcd3f43p-44),
    (0x1.9cp-1, 0x1.bd087383bep-3, -0x1.d4bc4595412b6p-45),
    (0x1.98p-1, 0x1.d1037f2656p-3, -0x1.84a7e75b6f6e4p-47),
    (0x1.92p-1, 0x1.ef5ade4ddp-3, -0x1.a211565bb8e11p-51),
    (0x1.8ep-1, 0x1.01eae5626cp-2, 0x1.a43dcfade85aep-44),
    (0x1.88p-1, 0x1.1178e8227ep-2, 0x1.1ef78ce2d07f2p-44),
    (0x1.84p-1, 0x1.1bf99635a7p-2, -0x1.1ac89575c2125p-44),
    (0x1.8p-1, 0x1.269621134ep-2, -0x1.1b61f10522625p-44),
    (0x1.7ap-1, 0x1.36b6776be1p-2, 0x1.16ecdb0f177c8p-46),
    (0x1.76p-1, 0x1.419b423d5fp-2, -0x1.ce379226de3ecp-44),
  ]
}
