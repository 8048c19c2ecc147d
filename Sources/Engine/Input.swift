package import Ledger

/// An event from outside, checked at the edge and not yet in the ledger.
package struct Input: Sendable {
  /// `.input`, `.outcome` or `.control`.
  package var kind: EventKind
  package var type: String
  package var subject: [UInt8]
  package var source: [UInt8]
  package var externalID: [UInt8]
  /// The producer's time in microseconds since 1970 UTC; nil: the ledger's time.
  package var occurredAt: Int64?
  /// The program concerned; empty: none.
  package var program: String
  /// Deterministic CBOR: a map.
  package var payload: [UInt8]
  /// The body that the event stands for, if any.
  package var blob: [UInt8]?

  package init(
    kind: EventKind = .input, type: String, subject: [UInt8], source: [UInt8],
    externalID: [UInt8], occurredAt: Int64?, program: String = "", payload: [UInt8],
    blob: [UInt8]? = nil
  ) {
    self.kind = kind
    self.type = type
    self.subject = subject
    self.source = source
    self.externalID = externalID
    self.occurredAt = occurredAt
    self.program = program
    self.payload = payload
    self.blob = blob
  }
}

/// What became of one input.
package enum Receipt: Sendable {
  /// In the ledger, with the decisions that it caused at once.
  case appended(position: UInt64, decisions: [Event])
  /// The same event was there already.
  case duplicate(position: UInt64)
  /// Another event with the same source and id was there already; nothing was appended.
  case conflict(position: UInt64, field: String)
}

/// Where ledger time comes from in a turn.
package enum TurnClock: Sendable, Equatable {
  /// From the machine's clock: microseconds since 1970 UTC, read once for the turn.
  case wall(now: Int64)
  /// From the events: each one's own time, with the timers that are due in between.
  case event
}
