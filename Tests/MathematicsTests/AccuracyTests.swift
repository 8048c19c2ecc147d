import Mathematics
import TestSupport
import Testing

@Suite("Accuracy")
struct AccuracyTests {
  @Test(
    "Every reference point is within the promised and the seen error", arguments: TestedFunction.all
  )
  func referencePoints(function: TestedFunction) {
    let points = References.points(function.references)
    #expect(points.count >= 60)
    var worst = 0.0
    for point in points {
      let value = function.value(point.arguments)
      let error = point.error(of: value)
      #expect(
        error <= function.promisedError,
        "\(function.name)\(point.arguments) gave \(value), not \(point.rounded)")
      // An exact zero keeps its sign in the odd functions.
      if point.rounded == 0 { #expect(value == 0) }
      worst = max(worst, error)
    }
    #expect(worst <= function.seenError)
  }

  @Test("The error measure sees a wrong last bit")
  func measureCanFail() {
    for point in References.points(References.exp) where point.rounded.isFinite {
      #expect(point.error(of: point.rounded.nextUp.nextUp) > 1)
    }
  }

  @Test("exp and log undo each other", arguments: 0..<8 as Range<UInt64>)
  func inverses(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<5_000 {
      let x = random.signedUnit() * 700
      // The rounding of exp alone moves the logarithm by half an ulp of 1.
      #expect((Deterministic.log(Deterministic.exp(x)) - x).magnitude <= 0x1p-52 + x.ulp)
      let small = random.signedUnit() * 0x1p-20
      let back = Deterministic.log1p(Deterministic.expm1(small))
      #expect((back - small).magnitude <= 2 * small.ulp)
      let angle = random.signedUnit() * 1.5
      let sine = Deterministic.sin(angle)
      let cosine = Deterministic.cos(angle)
      #expect((sine * sine + cosine * cosine - 1).magnitude <= 0x1p-51)
      #expect((Deterministic.atan2(sine, cosine) - angle).magnitude <= 0x1p-51)
    }
  }

  @Test(
    "logistic grows with its argument, also between neighbours", arguments: 0..<8 as Range<UInt64>)
  func logisticIsMonotone(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<2_000 {
      var x = random.signedUnit() * 60
      var last = Deterministic.logistic(x)
      for _ in 0..<8 {
        x = x.nextUp
        let next = Deterministic.logistic(x)
        #expect(next >= last, "at \(x)")
        last = next
      }
      let wide = Deterministic.logistic(x + 0x1p-40)
      #expect(wide >= last)
    }
  }

  @Test("logistic and logit are mirror images", arguments: 0..<8 as Range<UInt64>)
  func logisticMirror(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<5_000 {
      let x = random.signedUnit() * 40
      let sum = Deterministic.logistic(x) + Deterministic.logistic(-x)
      #expect((sum - 1).magnitude <= 0x1p-52)
      let p = Deterministic.logistic(-x.magnitude)
      #expect((Deterministic.logit(p) + x.magnitude).magnitude <= 2 * x.ulp + 0x1p-51)
    }
  }
}
