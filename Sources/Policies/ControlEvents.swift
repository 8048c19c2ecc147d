import CBOR
package import Engine
import Ledger
package import Programs

extension ScoringModel {
  /// The control event that registers this model. Its id follows from the hash and from how many
  /// registrations there were before, so that an earlier model can come into force again.
  package func registration(_ body: ModelBody, count: Int) -> Input {
    let payload: CBORValue = [
      "model": .text(id), "hash": .text(hash), "kind": .text(kind.rawValue),
      "features": .array(featureNames.map { .text($0) }),
    ]
    return Input(
      kind: .control, type: EventType.modelRegistered, subject: [],
      source: Array(OwnSource.control.utf8), externalID: Array("\(id)/\(hash)/\(count)".utf8),
      occurredAt: nil, payload: payload.encoded(), blob: body.encoded())
  }
}
