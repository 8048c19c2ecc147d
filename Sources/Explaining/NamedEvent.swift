package import CBOR
package import Ledger

/// An event with the names that its header gives by number.
package struct NamedEvent: Sendable {
  package let event: Event
  package let type: String
  /// The program concerned; empty: none.
  package let program: String

  init(_ event: Event, _ names: Names) {
    self.event = event
    type = names.name(.type, event.type) ?? "type \(event.type)"
    program = names.name(.program, event.header.program) ?? ""
  }

  package var position: UInt64 { event.position }
  package var recordedAt: Int64 { event.recordedAt }
  package var cause: UInt64 { event.header.cause }
  package var data: CBORView { event.payload }

  /// The text under `key`; empty where there is none.
  func text(_ key: CBORKey) -> String {
    data.view(forKey: key)?.string ?? ""
  }

  /// The id by which outcomes name this effect, or by which this outcome names its effect.
  var effectID: String? {
    (data.view(forKey: Field.deliveryId) ?? data.view(forKey: Field.actionId))?.string
  }

  /// The id of the run that the event is about; nil: it is about none.
  var runID: String? {
    data.view(forKey: Field.runId)?.string
  }

  /// `decision 119 decision.made about c-1`, as messages name an event.
  var title: String {
    let subject = event.subject.isEmpty ? "" : " about \(Printable.text(event.subject))"
    let owner = program.isEmpty ? "" : " of \(program)"
    return "the \(event.kind.name) \(type)\(owner)\(subject)"
  }
}
