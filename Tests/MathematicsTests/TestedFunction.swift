import Mathematics
import Testing

/// One function under test, with its references, the error that it promises and a range for
/// random arguments.
struct TestedFunction: Sendable, CustomTestStringConvertible {
  let name: String
  let references: String
  /// In ulp; what the function's documentation says.
  let promisedError: Double
  /// The error seen, rounded up: the test guards it so that a change for the worse shows.
  let seenError: Double
  let range: ClosedRange<Double>
  let value: @Sendable ([Double]) -> Double

  var testDescription: String { name }

  init(
    _ name: String, _ references: String, promised: Double, seen: Double,
    range: ClosedRange<Double>, _ value: @escaping @Sendable ([Double]) -> Double
  ) {
    self.name = name
    self.references = references
    promisedError = promised
    seenError = seen
    self.range = range
    self.value = value
  }

  static let all: [TestedFunction] = [
    .init("exp", References.exp, promised: 1, seen: 0.501, range: -750...715) {
      Deterministic.exp($0[0])
    },
    .init("expm1", References.expm1, promised: 1, seen: 0.51, range: -40...40) {
      Deterministic.expm1($0[0])
    },
    .init("log", References.log, promised: 1, seen: 0.501, range: 0...1e3) {
      Deterministic.log($0[0])
    },
    .init("log1p", References.log1p, promised: 1, seen: 0.501, range: -1...3) {
      Deterministic.log1p($0[0])
    },
    .init("sin", References.sin, promised: 1, seen: 0.75, range: -1e6...1e6) {
      Deterministic.sin($0[0])
    },
    .init("cos", References.cos, promised: 1, seen: 0.75, range: -1e6...1e6) {
      Deterministic.cos($0[0])
    },
    .init("asin", References.asin, promised: 1, seen: 0.501, range: -1...1) {
      Deterministic.asin($0[0])
    },
    .init("atan2", References.atan2, promised: 1, seen: 0.501, range: -10...10) {
      Deterministic.atan2($0[0], $0[1])
    },
    .init("pow", References.pow, promised: 1, seen: 0.55, range: 0...20) {
      Deterministic.pow($0[0], $0[1])
    },
    .init("logistic", References.logistic, promised: 1, seen: 0.501, range: -50...50) {
      Deterministic.logistic($0[0])
    },
    .init("logit", References.logit, promised: 1, seen: 0.501, range: 0...1) {
      Deterministic.logit($0[0])
    },
    .init("logGamma", References.logGamma, promised: 4, seen: 2.25, range: 0...40) {
      Deterministic.logGamma($0[0])
    },
  ]

  static func named(_ name: String) -> TestedFunction {
    all.first { $0.name == name }!
  }
}
