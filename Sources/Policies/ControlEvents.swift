import CBOR
package import Engine
import Ledger
package import Programs

extension ReferenceTable {
  /// The control event that loads this table. Its id follows from the hash and from how many
  /// loadings there were before, so that an earlier table can come into force again.
  package func loading(name: String, _ body: [UInt8], fields: [String], count: Int) -> Input {
    let hash = ReferenceTable.hash(of: body)
    let payload: CBORValue = [
      "reference": .text(name), "hash": .text(hash), "keys": .text(keys.rawValue),
      "rows": .unsigned(UInt64(self.count)), "fields": .array(fields.map { .text($0) }),
    ]
    return Input(
      kind: .control, type: EventType.referenceLoaded, subject: [],
      source: Array(OwnSource.control.utf8), externalID: Array("\(name)/\(hash)/\(count)".utf8),
      occurredAt: nil, payload: payload.encoded(), blob: body)
  }
}

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
