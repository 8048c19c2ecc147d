/// Conversions between binary64 and the narrower floats of CBOR, in integer arithmetic, so that
/// every machine gives the same bits.
public enum CBORFloat {
  /// The one NaN of the deterministic encoding, as binary16.
  public static let nanHalf: UInt16 = 0x7e00

  /// The narrowest float that keeps a value, as bits (RFC 8949 section 4.2.1).
  @frozen
  public enum Shortest: Equatable {
    /// Binary16.
    case half(UInt16)
    /// Binary32.
    case single(UInt32)
    /// Binary64.
    case double(UInt64)
  }

  /// The narrowest form of `value` that gives it back bit for bit; any NaN becomes `nanHalf`.
  @inlinable
  public static func shortest(_ value: Double) -> Shortest {
    if value.isNaN { return .half(0x7e00) }
    let single = Float(value)
    // The sign of zero survives the conversion, so comparing values is enough for it as well.
    guard Double(single) == value else { return .double(value.bitPattern) }
    if let half = half(single.bitPattern) { return .half(half) }
    return .single(single.bitPattern)
  }

  /// The binary16 bits of a binary32 that is not NaN, or nil where bits would be lost.
  @inlinable
  public static func half(_ single: UInt32) -> UInt16? {
    let sign = UInt16(truncatingIfNeeded: single >> 16) & 0x8000
    let exponent = Int((single >> 23) & 0xff) - 127
    let fraction = single & 0x7f_ffff
    if exponent == 128 { return sign | 0x7c00 }
    if exponent == -127 { return fraction == 0 ? sign : nil }
    if exponent > 15 || exponent < -24 { return nil }
    if exponent >= -14 {
      guard fraction & 0x1fff == 0 else { return nil }
      return sign | UInt16(exponent + 15) << 10 | UInt16(fraction >> 13)
    }
    // A subnormal half counts in units of 2^-24: (2^23 + fraction) * 2^(exponent - 23 + 24).
    let significand = 0x80_0000 | fraction
    let shift = UInt32(-1 - exponent)
    guard significand & ((1 << shift) - 1) == 0 else { return nil }
    return sign | UInt16(significand >> shift)
  }

  /// The value of binary16 bits, exactly; NaN keeps its sign and payload.
  @inlinable
  public static func value(half: UInt16) -> Double {
    let sign = UInt64(half & 0x8000) << 48
    let exponent = UInt64(half >> 10) & 0x1f
    let fraction = UInt64(half & 0x3ff)
    switch exponent {
    case 0:
      // Units of 2^-24: both factors are exact, and so is their product.
      let magnitude = Double(fraction) * 0x1p-24
      return sign == 0 ? magnitude : -magnitude
    case 31:
      return Double(bitPattern: sign | 0x7ff << 52 | fraction << 42)
    default:
      return Double(bitPattern: sign | (exponent + 1008) << 52 | fraction << 42)
    }
  }
}
