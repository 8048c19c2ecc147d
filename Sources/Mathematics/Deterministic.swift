/// Elementary functions whose bits are the same on every machine.
///
/// A recorded decision must come out again bit for bit years later, on other processors and under
/// other C libraries. libm promises no such thing: its results change with the version and with
/// the instructions that it finds at start. These functions are therefore our own. They consist of
/// `+`, `-`, `*`, `/` and `squareRoot()` on `Double`, which IEEE 754 defines to the last bit, of
/// integer operations, and of tables typed in as hexadecimal literals.
///
/// Fused multiply-add is left out on purpose. It is exact everywhere too, but without a
/// compile-time promise of the instruction Swift turns it into a call of libm's `fma`. Products
/// that need more than 53 bits use Dekker's splitting instead (``DoubleDouble``). The compiler
/// does not contract `a * b + c` by itself. (`squareRoot()` is one instruction; the compiler adds a
/// call of libm's `sqrt` for negative operands, which no function here passes.)
///
/// All functions assume the default floating-point environment: round to nearest, no flushing of
/// subnormals. They never trap, follow IEEE 754-2019 section 9.2.1 in the special cases (NaN,
/// infinities, signed zeros), and return some quiet NaN wherever the result is not a number: which
/// NaN is not promised, so a caller that stores results must refuse or normalise it.
///
/// The errors in ulp "seen" are the largest against mpmath over 300,000 random and extreme
/// arguments of each function; the tests check the promised and the seen error on 792 reference
/// points. Cost: 17 to 60 ns a call on the reference machine, no allocation.
package enum Deterministic {}

extension Deterministic {
  /// `coefficients[0] + x (coefficients[1] + x (...))`, in Horner's order, which is fixed.
  @inline(__always)
  static func series<let count: Int>(
    _ x: Double, _ coefficients: InlineArray<count, Double>
  ) -> Double {
    var sum = coefficients[count - 1]
    var index = count - 2
    while index >= 0 {
      sum = sum * x + coefficients[index]
      index -= 1
    }
    return sum
  }

  /// The integer nearest to `x`, ties to even, for |x| < 2^51.
  ///
  /// Adding 1.5 * 2^52 leaves no bits for a fraction. `rounded()` would do, but without SSE 4.1
  /// it is a call into libm.
  @inline(__always)
  static func nearestInteger(_ x: Double) -> Double {
    (x + 0x1.8p52) - 0x1.8p52
  }

  /// 2 to the `exponent`, for exponents from -1022 to 1023; others take the nearer end.
  @inline(__always)
  static func powerOfTwo(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(min(max(exponent, -1022), 1023) + 1023) << 52)
  }
}
