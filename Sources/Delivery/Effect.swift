import CBOR
import Engine
package import Ledger

/// A request to the outside world that the ledger holds: a delivery or an account action.
package struct Effect: Sendable {
  /// What is asked for.
  package enum Kind: Sendable {
    /// A message on a channel: `delivery.requested`.
    case delivery
    /// Something to be done to an account: `action.requested`.
    case action
    /// A question to a remote scorer: `score.requested`. Its outcome is the answer, which comes
    /// from the scorer, not from who carries the question there.
    case score
  }

  package let kind: Kind
  /// The delivery's or action's id, which is also its idempotency key.
  package let id: String
  /// The channel of a delivery, the name of an action.
  package let target: String
  /// The event as it stands in the ledger.
  package let event: Event

  /// Reads an event of the ledger; nil where it asks for nothing that a sink carries out.
  /// - Parameter type: The name of the event's type.
  package init?(_ event: Event, type: String) {
    switch type {
    case EventType.deliveryRequested: kind = .delivery
    case EventType.actionRequested: kind = .action
    case EventType.scoreRequested: kind = .score
    default: return nil
    }
    let data = event.payload
    let (id, target) =
      switch kind {
      case .delivery: (data.text(Field.deliveryId), data.text(Field.channel))
      case .action: (data.text(Field.actionId), data.text(Field.action))
      case .score: (data.text(Field.scoreId), "score")
      }
    guard !id.isEmpty else { return nil }
    self.id = id
    self.target = target
    self.event = event
  }

  /// The effects among `events`, in order.
  /// - Parameter names: The names of the ledger that the events are of.
  package static func effects(
    in events: some Sequence<Event>, names: borrowing Names
  ) -> [Effect] {
    var effects: [Effect] = []
    for event in events where event.kind == .effect {
      guard let type = names.name(.type, event.type), let effect = Effect(event, type: type)
      else { continue }
      effects.append(effect)
    }
    return effects
  }

  /// The program that asks.
  package var program: String { text(Field.program) }
  /// The hash of the program's version.
  package var version: String { text(Field.version) }
  /// The id of a delivery's template.
  package var template: String { text(Field.template) }
  /// The key of the run that asks.
  package var run: String { text(Field.run) }
  /// The journey's step.
  package var step: String { text(Field.step) }

  /// The name of the effect's type.
  package var type: String {
    switch kind {
    case .delivery: EventType.deliveryRequested
    case .action: EventType.actionRequested
    case .score: EventType.scoreRequested
    }
  }

  private func text(_ key: borrowing CBORKey) -> String {
    event.payload.view(forKey: key)?.string ?? ""
  }
}
