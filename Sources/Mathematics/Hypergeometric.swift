/// Hypergeometric functions of a real argument from 0 to 1, by their power series.
///
/// The series needs about 37 / -ln z terms, the more the nearer `z` comes to 1; the functions give
/// NaN where more than 2^17 would be needed (z beyond 0.9997 or so). All terms are summed in order
/// from the first.
extension Deterministic {
  /// Gauss's 2F1(`a`, `b`; `c`; `z`), for 0 <= z < 1 and a `c` that is no integer below 1.
  ///
  /// Error below 2^-42 of the largest term (DLMF 15.2.1): relative to the result where all terms
  /// are positive, worse as they cancel, which negative `a` or `b` make them do. Overflow gives
  /// infinity: see ``logHypergeometric2F1(_:_:_:_:)``.
  package static func hypergeometric2F1(
    _ a: Double, _ b: Double, _ c: Double, _ z: Double
  ) -> Double {
    hypergeometric3F2((a, b, 1), (c, 1), z)
  }

  /// 3F2 of three upper and two lower parameters, for 0 <= z < 1 and lower parameters that are no
  /// integers below 1 (DLMF 16.2.1). Errors as for 2F1.
  package static func hypergeometric3F2(
    _ upper: (Double, Double, Double), _ lower: (Double, Double), _ z: Double
  ) -> Double {
    guard z >= 0 && z < 1 else { return .nan }
    var term = 1.0
    var sum = 1.0
    for n in 0..<termLimit {
      let n = Double(n)
      let ratio =
        (upper.0 + n) * (upper.1 + n) / ((lower.0 + n) * (lower.1 + n))
        * ((upper.2 + n) / (n + 1)) * z
      term *= ratio
      sum += term
      if isNegligible(term, ratio, z, of: sum) { return sum }
    }
    return .nan
  }

  /// The natural logarithm of 2F1(`a`, `b`; `c`; `z`), for a, b >= 0, c > 0 and 0 <= z < 1, also
  /// where 2F1 itself is more than a Double holds. Error below 2^-42 of the result, or of 1 where
  /// the result is smaller.
  package static func logHypergeometric2F1(
    _ a: Double, _ b: Double, _ c: Double, _ z: Double
  ) -> Double {
    guard z >= 0 && z < 1 && a >= 0 && b >= 0 && c > 0 else { return .nan }
    var term = 1.0
    var sum = 1.0
    var scalings = 0.0
    for n in 0..<termLimit {
      let n = Double(n)
      let ratio = (a + n) / (c + n) * ((b + n) / (n + 1)) * z
      term *= ratio
      sum += term
      if sum > 0x1p500 {
        sum *= 0x1p-500
        term *= 0x1p-500
        scalings += 1
      }
      if isNegligible(term, ratio, z, of: sum) { return log(sum) + scalings * 500 * log(2) }
    }
    return .nan
  }

  private static var termLimit: Int { 1 << 17 }

  /// Whether all terms behind this one together are below an ulp's eighth. The ratios tend to z;
  /// while the terms still grow, none is negligible.
  @inline(__always)
  private static func isNegligible(
    _ term: Double, _ ratio: Double, _ z: Double, of sum: Double
  ) -> Bool {
    let bound = max(ratio.magnitude, z)
    let isSmall = term.magnitude * bound <= 0x1p-56 * sum.magnitude * (1 - bound)
    return bound < 1 && isSmall || !term.isFinite
  }
}
