import CBOR
package import Engine
import Ledger

/// What became of an effect.
package enum EffectOutcome: Equatable, Sendable {
  /// The message was handed over, or the action was done.
  case done
  /// It cannot be carried out, now or later; the reason says why.
  case failed(reason: String)

  /// The outcome as an event for the ledger.
  ///
  /// Its id names the effect, the state and the attempt, and its time is the effect's own, so that
  /// an effect that is carried out again after a crash gives the same event. The attempt is 1: no
  /// sink has answered before, as an effect with an outcome is not carried out again.
  package func input(for effect: Effect) -> Input {
    let isDelivery = effect.kind == .delivery
    let (type, state, reason): (String, String, String?) =
      switch (self, isDelivery) {
      case (.done, true): (EventType.deliverySent, "sent", nil)
      case (.done, false): (EventType.actionCompleted, "completed", nil)
      case (.failed(let reason), true): (EventType.deliveryFailed, "failed", reason)
      case (.failed(let reason), false): (EventType.actionFailed, "failed", reason)
      }
    let attempt: UInt64 = 1
    var fields: [(String, CBORValue)] = [
      (isDelivery ? "deliveryId" : "actionId", .text(effect.id)),
      (isDelivery ? "channel" : "action", .text(effect.target)),
      ("program", .text(effect.program)), ("run", .text(effect.run)),
      ("step", .text(effect.step)), ("attempt", .unsigned(attempt)),
    ]
    if let reason { fields.append(("reason", .text(reason))) }
    return Input(
      kind: .outcome, type: type,
      subject: Array(effect.event.record[effect.event.subjectRange]),
      source: Array(OwnSource.outcome.utf8),
      externalID: Array("\(effect.id)/\(state)/\(attempt)".utf8),
      occurredAt: effect.event.recordedAt, program: effect.program,
      payload: CBORValue.object(fields).encoded())
  }
}
