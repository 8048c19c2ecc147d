package import Ledger

/// Why a decision came out as it did, and what followed: all of it read from the ledger.
package struct DecisionExplanation: Sendable {
  /// The position that was asked about: the decision's own, or that of one of its consequences.
  package var asked: UInt64
  package var decision: DecisionFacts
  /// The event that was decided about; nil where the record names none.
  package var trigger: NamedEvent?
  /// What brought the trigger about, if the product derived it.
  package var silence: Silence?
  /// An earlier decision that explains this one: it used the dedupe key, or began the run.
  package var earlier: DecisionFacts?
  /// The run that began or was joined; nil: none.
  package var run: RunState?
  /// What followed, by what brought it about, in order.
  package var stages: [Stage] = []
  /// The ledger's end when it was read: what followed later is not in here.
  package var through: Ledger.Head

  /// A stretch of time in which nothing happened, which the product made an event of.
  package struct Silence: Sendable {
    /// The timer that ended it.
    package let timer: NamedEvent
    /// The event after which nothing came.
    package let last: NamedEvent?
    /// What was silent.
    package let key: String
    /// Since when and until when, in microseconds.
    package let since: Int64
    package let due: Int64
  }

  /// A run as it stands at the ledger's end.
  package struct RunState: Sendable {
    package var id: String
    package var key: String
    /// The present state, the last one after an exit.
    package var state = ""
    /// The exit taken; empty while the run is active.
    package var exit = ""
    package var timers: [Timer] = []

    /// A timer that is set.
    package struct Timer: Sendable {
      package let slot: UInt64
      package let step: String
      /// Ledger time in microseconds.
      package let due: Int64
    }
  }

  /// Everything that one event brought about.
  package struct Stage: Sendable {
    /// The trigger itself, a timer, an input or an outcome.
    package let cause: NamedEvent
    package var consequences: [Consequence] = []
  }

  /// An event that followed from the decision.
  package struct Consequence: Sendable {
    package let event: NamedEvent
    /// What came of a delivery or an action, in order.
    package var outcomes: [NamedEvent] = []
  }
}

/// Why nothing can be explained.
package struct ExplanationError: Error, Equatable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
