import Expressions
import Foundation
import TestSupport
import Testing

private func formatted(_ pattern: String, _ value: Value) throws -> Value {
  try evaluated("p.format([x])", ["p": .string(pattern), "x": value])
}

@Suite("Formatting")
struct TextFormatTests {
  @Test("Fixed and scientific digits are those of C", arguments: 0..<16 as Range<UInt64>)
  func agreesWithC(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<40 {
      let bits = Double(bitPattern: random.next())
      let scaled = Double(Int64.random(in: -100_000...100_000, using: &random)) / 64
      let number = Bool.random(using: &random) ? bits : scaled
      guard number.isFinite else { continue }
      let precision = Int.random(in: 0...20, using: &random)
      for verb in ["f", "e"] {
        let pattern = "%.\(precision)\(verb)"
        let wanted = String(format: pattern, number)
        #expect(try formatted(pattern, .double(number)) == .string(wanted), "\(number)")
      }
    }
  }

  @Test(
    "Edges of rounding",
    arguments: [
      ("%.0f", 0.5, "0"), ("%.0f", 1.5, "2"), ("%.1f", 0.25, "0.2"), ("%.1f", 9.95, "9.9"),
      ("%.0f", 99.5, "100"), ("%.2f", 0.005, "0.01"), ("%.2f", 0.001, "0.00"),
      ("%f", 0, "0.000000"),
      ("%.3f", -0.0, "-0.000"), ("%.0e", 9.5, "1e+01"), ("%e", 0, "0.000000e+00"),
      ("%.1e", 9.96e99, "1.0e+100"), ("%.2f", 1e22, "10000000000000000000000.00"),
      ("%.0f", .leastNonzeroMagnitude, "0"), ("%.3e", .leastNonzeroMagnitude, "4.941e-324"),
    ] as [(String, Double, String)])
  func rounding(pattern: String, number: Double, text: String) throws {
    #expect(try formatted(pattern, .double(number)) == .string(text))
  }

  @Test(
    "A double's own text is its shortest",
    arguments: [
      (0, "0"), (-0.0, "-0"), (1, "1"), (1.5, "1.5"), (0.1, "0.1"), (-4.5e-3, "-0.0045"),
      (123_456_789, "123456789"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
      (1.5e300, "1.5e+300"), (1e-6, "0.000001"), (1e-7, "1e-07"),
      (.leastNonzeroMagnitude, "5e-324"),
      (0.1 + 0.2, "0.30000000000000004"), (.infinity, "Infinity"), (-.infinity, "-Infinity"),
      (.nan, "NaN"),
    ] as [(Double, String)])
  func shortest(number: Double, text: String) throws {
    #expect(try evaluated("string(x)", ["x": .double(number)]) == .string(text))
    if number.isFinite {
      #expect(try evaluated("double(string(x)) == x", ["x": .double(number)]) == .bool(true))
    }
  }

  @Test(
    "A format that does not fit is refused",
    arguments: ["'%'", "'%d'", "'%q'.format([1])", "'%.d'", "'%.1001f'", "'%d'.format(['a'])"])
  func refuses(source: String) {
    let call = source.contains("format") ? source : source + ".format([])"
    #expect(throws: EvaluationError.self) { try evaluated(call) }
  }
}
