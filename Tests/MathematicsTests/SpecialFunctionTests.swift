import Mathematics
import TestSupport
import Testing

@Suite("Special functions")
struct SpecialFunctionTests {
  /// A function whose error is promised relative to the result, or to 1 where that is larger.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let references: String
    let bound: Double
    let isRelative: Bool
    let value: @Sendable ([Double]) -> Double

    var testDescription: String { name }
  }

  private static let cases = [
    Case(name: "logBeta", references: References.logBeta, bound: 0x1p-49, isRelative: false) {
      Deterministic.logBeta($0[0], $0[1])
    },
    Case(
      name: "hypergeometric2F1", references: References.hypergeometric, bound: 0x1p-42,
      isRelative: true
    ) { Deterministic.hypergeometric2F1($0[0], $0[1], $0[2], $0[3]) },
    Case(
      name: "logHypergeometric2F1", references: References.logHypergeometric, bound: 0x1p-42,
      isRelative: false
    ) { Deterministic.logHypergeometric2F1($0[0], $0[1], $0[2], $0[3]) },
  ]

  @Test("Every reference point is within the promised error", arguments: cases)
  func references(function: Case) {
    let points = References.points(function.references)
    #expect(points.count >= 60)
    for point in points {
      let value = function.value(point.arguments)
      let scale = function.isRelative ? point.rounded.magnitude : max(1, point.rounded.magnitude)
      let error = (value - point.rounded) - point.residual * point.rounded.ulp
      #expect(error.magnitude <= function.bound * scale, "\(point.arguments) gave \(value)")
    }
  }

  @Test("Recorded bits of special functions come out again")
  func golden() {
    let results: [(Double, UInt64)] = [
      (Deterministic.logBeta(0.793, 4.4258), 0xbff0_0a80_e55c_006f),
      (Deterministic.logBeta(12.5, 340), 0xc04b_2b0f_fee7_de47),
      (Deterministic.hypergeometric2F1(2.25, 4.5, 4.25, 0.5), 0x4015_1e4d_0107_043f),
      (Deterministic.hypergeometric3F2((-1.5, 1.25, 1), (3.5, 2), 0.75), 0x3fe9_fff0_7856_5399),
      (Deterministic.logHypergeometric2F1(900, 901, 899, 0.75), 0x4093_89c1_b8a0_9fd4),
    ]
    for (value, bits) in results {
      #expect(value.bitPattern == bits, "0x\(String(value.bitPattern, radix: 16))")
    }
  }

  @Test("Gamma's recurrence holds", arguments: 0..<8 as Range<UInt64>)
  func recurrence(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<5_000 {
      let x = Deterministic.exp(random.signedUnit() * 8)
      let difference = Deterministic.logGamma(x + 1) - Deterministic.logGamma(x)
      let scale = max(1, Deterministic.logGamma(x + 1).magnitude)
      #expect((difference - Deterministic.log(x)).magnitude <= 0x1p-50 * scale, "at \(x)")
    }
  }

  @Test("Factorials are exact to the last bits", arguments: 1...20)
  func factorials(n: Int) {
    let factorial = (1...n).reduce(1.0) { $0 * Double($1) }
    let value = Deterministic.logGamma(Double(n + 1))
    let expected = Deterministic.log(factorial)
    #expect((value - expected).magnitude <= 2 * expected.ulp)
  }

  @Test("Beta is symmetric and loses its first argument to the second", arguments: 0..<8)
  func beta(seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    for _ in 0..<2_000 {
      let a = Deterministic.exp(random.signedUnit() * 9)
      let b = Deterministic.exp(random.signedUnit() * 9)
      let value = Deterministic.logBeta(a, b)
      #expect(value == Deterministic.logBeta(b, a))
      // B(a + 1, b) = B(a, b) a / (a + b).
      let next = Deterministic.logBeta(a + 1, b)
      let expected = value + Deterministic.log(a / (a + b))
      #expect((next - expected).magnitude <= 0x1p-47 * max(1, value.magnitude))
    }
  }

  @Test("Closed forms of 2F1", arguments: [0.0, 0.125, 0.5, 0.875, 0.96875])
  func closedForms(z: Double) {
    // DLMF 15.4.1 and 15.4.6; a polynomial where a is a negative integer.
    let logarithm = z == 0 ? 1 : -Deterministic.log1p(-z) / z
    #expect((Deterministic.hypergeometric2F1(1, 1, 2, z) / logarithm - 1).magnitude < 0x1p-48)
    let power = Deterministic.pow(1 - z, -2.5)
    #expect((Deterministic.hypergeometric2F1(2.5, 3, 3, z) / power - 1).magnitude < 0x1p-46)
    #expect(Deterministic.hypergeometric2F1(-2, 1, 4, z) == 1 - 0.5 * z + 0.1 * z * z)
  }

  @Test("What is outside of the domains is NaN")
  func domains() {
    for z in [-0.5, 1, 1.5, .nan, 1 - 0x1p-40] {
      #expect(Deterministic.hypergeometric2F1(1, 1, 2, z).isNaN)
      #expect(Deterministic.logHypergeometric2F1(1, 1, 2, z).isNaN)
    }
    #expect(Deterministic.logHypergeometric2F1(-1, 1, 2, 0.5).isNaN)
    #expect(Deterministic.logHypergeometric2F1(1, 1, 0, 0.5).isNaN)
    for (a, b) in [(0.0, 1.0), (-1, 2), (1, .infinity), (.nan, 1)] {
      #expect(Deterministic.logBeta(a, b).isNaN && Deterministic.logBeta(b, a).isNaN)
    }
    #expect(Deterministic.hypergeometric2F1(2000.5, 2010, 1, 0.75) == .infinity)
  }
}
