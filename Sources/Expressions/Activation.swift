/// Where an expression gets its values from, for one evaluation.
///
/// Both calls must be pure for the time of an evaluation: the same slot gives the same value.
/// Slots are positions in `CompiledExpression.attributes` and `.hostCalls`.
package protocol Activation: AnyObject {
  /// The value of an attribute.
  ///
  /// - Returns: nil if the field does not exist. That is an error of evaluation, except within
  ///   `has()` and optional selection.
  func attribute(_ slot: Int) throws(EvaluationError) -> Value?

  /// The result of a host function; for a member function the receiver comes first.
  func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value
}

/// The rules of named time zones, for `timestamp.getHours("America/New_York")` and the like.
package protocol TimeZoneRules: Sendable {
  /// The seconds that clocks in `zone` are ahead of UTC at a Unix second; nil for an unknown zone.
  func offsetSeconds(zone: String, atUnixSeconds: Int64) -> Int32?
}

/// What one evaluation needs.
struct Frame {
  let activation: any Activation
  /// The local variables; nil for a binding that was not read yet.
  var locals: [Value?]
  var budget: WorkBudget
  /// nil also if the expression asks for no time zone.
  let timeZones: TimeZoneBox?
}

/// Holds a host's time-zone rules, so that a frame is cheap to make and to let go.
final class TimeZoneBox: Sendable {
  let rules: any TimeZoneRules

  init(_ rules: any TimeZoneRules) {
    self.rules = rules
  }
}
