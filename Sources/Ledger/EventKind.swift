/// What sort of fact an event is; the number is stored in the record.
package enum EventKind: UInt8, Sendable, CaseIterable {
  /// Sent by a producer.
  case input = 1
  /// Emitted by a policy: what it decided, a move of a run, a candidate, a derived event.
  case decision = 2
  /// A timer that became due.
  case timer = 3
  /// A request to the outside world: a delivery or an account action.
  case effect = 4
  /// What came back from the outside world.
  case outcome = 5
  /// The product's own bookkeeping: names, programs, models.
  case control = 6

  /// The name that output shows.
  package var name: String {
    switch self {
    case .input: "input"
    case .decision: "decision"
    case .timer: "timer"
    case .effect: "effect"
    case .outcome: "outcome"
    case .control: "control"
    }
  }

  /// The kind with this name, or nil.
  package init?(name: some StringProtocol) {
    guard let kind = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}
