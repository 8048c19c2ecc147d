import Binding
package import Expressions

/// What expressions may read of a run: one that is active, or one that is about to start.
package struct RunFacts: Sendable {
  package var key: String
  package var isActive: Bool
  package var program: String
  /// nil: the run has not started.
  package var startedAt: Int64?
  package var state: String?
  package var enteredAt: Int64?
  /// The run's variables; a variable that was never set is absent.
  package var variables: [String: Value]
  /// Deliveries requested so far, by channel.
  package var sent: [String: Int]

  /// A run that has not started.
  package init(key: String, program: String) {
    self.key = key
    self.program = program
    isActive = false
    variables = [:]
    sent = [:]
  }
}

/// A score, as expressions read it.
package struct ScoreFacts: Sendable {
  package var value: Double
  package var margin: Double
  package var level: String

  package init(value: Double, margin: Double, level: String) {
    self.value = value
    self.margin = margin
    self.level = level
  }
}
