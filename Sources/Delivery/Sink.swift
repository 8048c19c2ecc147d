/// A way out: carries effects out, one after another.
package protocol Sink {
  /// Carries `effect` out. Called again with the same effect, it must do no more than once was
  /// asked for: the effect's id is the key.
  /// - Parameter message: The text of a delivery; nil for an action.
  /// - Returns: What became of it, for good.
  /// - Throws: Where the sink itself does not work. The effect then waits, and so do those after
  ///   it, until somebody mends the sink.
  mutating func carryOut(
    _ effect: Effect, message: Message?
  ) throws(SinkError) -> EffectOutcome

  /// Sees to it that what was carried out survives a crash of the machine. Outcomes are given out
  /// only after it.
  mutating func settle() throws(SinkError)
}

/// Why a sink does not work: nothing is wrong with the effect.
package struct SinkError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The directory, file or address that does not work.
  package let place: String
  /// What was tried, what the system said, and what mends it.
  package let problem: String

  /// Creates an error.
  package init(place: String, problem: String) {
    self.place = place
    self.problem = problem
  }

  package var description: String { "\(place): \(problem)" }
}
