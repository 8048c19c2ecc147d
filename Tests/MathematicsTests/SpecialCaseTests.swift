import Mathematics
import TestSupport
import Testing

/// An exact case of IEEE 754-2019 section 9.2.1; `nil` stands for NaN.
struct SpecialCase: Sendable, CustomTestStringConvertible {
  let function: String
  let arguments: [Double]
  let result: Double?

  init(_ function: String, _ arguments: [Double], _ result: Double?) {
    self.function = function
    self.arguments = arguments
    self.result = result
  }

  var testDescription: String { "\(function)\(arguments)" }
}

private let infinity = Double.infinity
private let nan = Double.nan
private let pi = Double.pi

private let oneArgument: [SpecialCase] = [
  .init("exp", [0], 1), .init("exp", [-0.0], 1), .init("exp", [infinity], infinity),
  .init("exp", [-infinity], 0), .init("exp", [nan], nil),
  .init("exp", [709.7827128933841], infinity),
  .init("exp", [1e308], infinity), .init("exp", [-1e308], 0), .init("exp", [-745.2], 0),
  .init("expm1", [0], 0), .init("expm1", [-0.0], -0.0), .init("expm1", [infinity], infinity),
  .init("expm1", [-infinity], -1), .init("expm1", [nan], nil), .init("expm1", [-1e300], -1),
  .init("log", [0], -infinity), .init("log", [-0.0], -infinity), .init("log", [1], 0),
  .init("log", [infinity], infinity), .init("log", [-infinity], nil), .init("log", [-1], nil),
  .init("log", [nan], nil), .init("log", [-0x1p-1074], nil),
  .init("log1p", [0], 0), .init("log1p", [-0.0], -0.0), .init("log1p", [-1], -infinity),
  .init("log1p", [-1.5], nil), .init("log1p", [infinity], infinity), .init("log1p", [nan], nil),
  .init("log1p", [-infinity], nil),
  .init("sin", [0], 0), .init("sin", [-0.0], -0.0), .init("sin", [infinity], nil),
  .init("sin", [-infinity], nil), .init("sin", [nan], nil),
  .init("cos", [0], 1), .init("cos", [-0.0], 1), .init("cos", [infinity], nil),
  .init("cos", [-infinity], nil), .init("cos", [nan], nil),
  .init("asin", [0], 0), .init("asin", [-0.0], -0.0), .init("asin", [1], pi / 2),
  .init("asin", [-1], -pi / 2), .init("asin", [1.0000000000000002], nil),
  .init("asin", [-infinity], nil), .init("asin", [nan], nil),
  .init("logistic", [0], 0.5), .init("logistic", [-0.0], 0.5), .init("logistic", [infinity], 1),
  .init("logistic", [-infinity], 0), .init("logistic", [1e300], 1), .init("logistic", [-1e300], 0),
  .init("logistic", [nan], nil),
  .init("logit", [0], -infinity), .init("logit", [-0.0], -infinity), .init("logit", [1], infinity),
  .init("logit", [0.5], 0), .init("logit", [-0.1], nil), .init("logit", [1.1], nil),
  .init("logit", [nan], nil), .init("logit", [infinity], nil),
  .init("logGamma", [0], infinity), .init("logGamma", [1], 0), .init("logGamma", [2], 0),
  .init("logGamma", [infinity], infinity), .init("logGamma", [-0.5], nil),
  .init("logGamma", [-infinity], nil), .init("logGamma", [nan], nil),
  .init("logGamma", [0x1.fffffffffffffp1023], infinity),
]

private let angles: [SpecialCase] = [
  .init("atan2", [0, 1], 0), .init("atan2", [-0.0, 1], -0.0), .init("atan2", [0, 0], 0),
  .init("atan2", [-0.0, 0], -0.0), .init("atan2", [0, -0.0], pi),
  .init("atan2", [-0.0, -0.0], -pi),
  .init("atan2", [0, -1], pi), .init("atan2", [-0.0, -1], -pi), .init("atan2", [1, 0], pi / 2),
  .init("atan2", [1, -0.0], pi / 2), .init("atan2", [-1, 0], -pi / 2),
  .init("atan2", [infinity, 1], pi / 2), .init("atan2", [-infinity, 1], -pi / 2),
  .init("atan2", [infinity, infinity], pi / 4), .init("atan2", [-infinity, infinity], -pi / 4),
  .init("atan2", [infinity, -infinity], 0x1.2d97c7f3321d2p1),
  .init("atan2", [-infinity, -infinity], -0x1.2d97c7f3321d2p1),
  .init("atan2", [1, infinity], 0), .init("atan2", [-1, infinity], -0.0),
  .init("atan2", [1, -infinity], pi), .init("atan2", [-1, -infinity], -pi),
  .init("atan2", [nan, 1], nil), .init("atan2", [1, nan], nil),
  .init("atan2", [nan, infinity], nil),
  .init("atan2", [0x1p-1074, 1e308], 0), .init("atan2", [-0x1p-1074, 1e308], -0.0),
]

private let powers: [SpecialCase] = [
  .init("pow", [nan, 0], 1), .init("pow", [infinity, -0.0], 1), .init("pow", [1, nan], 1),
  .init("pow", [1, infinity], 1), .init("pow", [nan, 1], nil), .init("pow", [2, nan], nil),
  .init("pow", [0, 3], 0), .init("pow", [-0.0, 3], -0.0), .init("pow", [-0.0, 2], 0),
  .init("pow", [0, -3], infinity), .init("pow", [-0.0, -3], -infinity),
  .init("pow", [-0.0, -2], infinity), .init("pow", [-0.0, 0.5], 0),
  .init("pow", [0, infinity], 0), .init("pow", [0, -infinity], infinity),
  .init("pow", [-1, infinity], 1), .init("pow", [-1, -infinity], 1),
  .init("pow", [2, infinity], infinity), .init("pow", [2, -infinity], 0),
  .init("pow", [0.5, infinity], 0), .init("pow", [0.5, -infinity], infinity),
  .init("pow", [infinity, 0.5], infinity), .init("pow", [infinity, -2], 0),
  .init("pow", [-infinity, 3], -infinity), .init("pow", [-infinity, 2], infinity),
  .init("pow", [-infinity, -3], -0.0), .init("pow", [-infinity, -2], 0),
  .init("pow", [-infinity, 0.5], infinity),
  .init("pow", [-8, 1.0 / 3], nil), .init("pow", [-2, 2], 4), .init("pow", [-2, 3], -8),
  .init("pow", [-1, 9_007_199_254_740_992], 1), .init("pow", [-1, 4_503_599_627_370_497], -1),
  .init("pow", [10, 309], infinity), .init("pow", [-10, 309], -infinity),
  .init("pow", [10, -330], 0), .init("pow", [-10, -331], -0.0),
  .init("pow", [2, 1e308], infinity), .init("pow", [0.5, 1e308], 0),
  .init("pow", [1.0000000000000002, 1e300], infinity), .init("pow", [3, 0x1p-1060], 1),
]

@Suite("Special cases")
struct SpecialCaseTests {
  @Test("IEEE 754's exact cases hold to the sign of zero", arguments: oneArgument + angles + powers)
  func exactCase(_ special: SpecialCase) {
    let value = TestedFunction.named(special.function).value(special.arguments)
    if let result = special.result {
      #expect(value.bitPattern == result.bitPattern, "\(value)")
    } else {
      #expect(value.isNaN)
    }
  }

  @Test(
    "Any bit pattern gives a value in range or NaN, and never traps",
    arguments: 0..<4 as Range<UInt64>)
  func anyBits(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<20_000 {
      let x = Double(bitPattern: random.next())
      let y = Double(bitPattern: random.next())
      #expect((-1...1).contains(Deterministic.sin(x)) || !x.isFinite)
      #expect((-1...1).contains(Deterministic.cos(x)) || !x.isFinite)
      #expect((0...1).contains(Deterministic.logistic(x)) || x.isNaN)
      #expect((-pi...pi).contains(Deterministic.atan2(x, y)) || x.isNaN || y.isNaN)
      #expect(Deterministic.exp(x) >= 0 || x.isNaN)
      #expect(Deterministic.expm1(x) >= -1 || x.isNaN)
      #expect(Deterministic.log(x).isNaN == (x.isNaN || x < 0))
      #expect(Deterministic.log1p(x).isNaN == (x.isNaN || x < -1))
      #expect(Deterministic.asin(x).isNaN == !(x.magnitude <= 1))
      #expect(Deterministic.pow(x.magnitude, y) >= 0 || x.isNaN || y.isNaN)
      _ = Deterministic.pow(x, y)
      _ = Deterministic.logit(x)
    }
  }
}
