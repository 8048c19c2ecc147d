import CivilTime

/// Sums and differences of timestamps and durations, and the ranges of both.
enum TimeArithmetic {
  private static let nanosPerSecond: Int64 = 1_000_000_000

  static func apply(
    _ left: Value, _ right: Value, isSubtraction: Bool
  ) throws(EvaluationError) -> Value {
    switch (left, right) {
    case (.duration(let first, let nanos), .duration(let second, let otherNanos)):
      let sign: Int64 = isSubtraction ? -1 : 1
      return try duration(
        seconds: first + sign * second, nanos: Int64(nanos) + sign * Int64(otherNanos))
    case (.timestamp(let first, let nanos), .duration(let second, let otherNanos)):
      let sign: Int64 = isSubtraction ? -1 : 1
      return try timestamp(
        seconds: first + sign * second, nanos: Int64(nanos) + sign * Int64(otherNanos))
    case (.duration, .timestamp) where !isSubtraction:
      return try apply(right, left, isSubtraction: false)
    case (.timestamp(let first, let nanos), .timestamp(let second, let otherNanos))
    where isSubtraction:
      return try duration(seconds: first - second, nanos: Int64(nanos) - Int64(otherNanos))
    default: throw noOverload(isSubtraction ? "-" : "+", left, right)
    }
  }

  /// The timestamp with these parts; `nanos` may have either sign and carries over.
  ///
  /// - Throws: `.outOfRange` beyond the years 1…9999.
  static func timestamp(seconds: Int64, nanos: Int64) throws(EvaluationError) -> Value {
    let carry = CivilTime.floorDivide(nanos, nanosPerSecond)
    let whole = seconds + carry
    guard whole >= CivilTime.firstSecond, whole <= CivilTime.lastSecond else {
      throw EvaluationError(.outOfRange, "a timestamp lies in the years 1 to 9999")
    }
    return .timestamp(seconds: whole, nanos: Int32(nanos - carry * nanosPerSecond))
  }

  /// The duration with these parts, which may have different signs.
  ///
  /// - Throws: `.outOfRange` beyond `Int64` nanoseconds, about 292 years.
  static func duration(seconds: Int64, nanos: Int64) throws(EvaluationError) -> Value {
    let (scaled, tooLong) = seconds.multipliedReportingOverflow(by: nanosPerSecond)
    let (total, tooLongInAll) = scaled.addingReportingOverflow(nanos)
    guard !tooLong, !tooLongInAll else {
      throw EvaluationError(.outOfRange, "a duration is at most 292 years long")
    }
    return duration(nanos: total)
  }

  /// The duration of `nanos` nanoseconds.
  static func duration(nanos: Int64) -> Value {
    .duration(seconds: nanos / nanosPerSecond, nanos: Int32(nanos % nanosPerSecond))
  }

  static func noOverload(_ sign: String, _ left: Value, _ right: Value) -> EvaluationError {
    EvaluationError(
      .noSuchOverload, "'\(sign)' does not take \(left.type.name) and \(right.type.name)")
  }
}
