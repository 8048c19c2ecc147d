/// The bounds of everything that enters the product, in one place.
///
/// They are checked at the edge, where bytes come in; behind it the code relies on them.
package enum Limits {
  /// Bytes of deterministic CBOR in one event's payload.
  package static let payloadBytes = 64 * 1024
  /// Bytes of UTF-8 in a subject, a source and an external id, each.
  package static let identifierBytes = 256
  /// Bytes of UTF-8 in an event type.
  package static let typeBytes = 128
  /// How deep arrays and maps may nest in a payload, the payload's own map included.
  package static let nesting = 32
  /// How many times a policy may react to what policies emitted.
  package static let cascadeDepth = 16
  /// Items of a population that one slice of a batch looks at.
  package static let sliceItems = 256
  /// Items of a population that one slice of a batch decides in full.
  package static let sliceDecisions = 16
  /// Inputs in one batch.
  package static let batchEvents = 10_000
  /// Bytes of JSON in one batch.
  package static let batchBytes = 16 * 1024 * 1024
  /// Records that one stored block may hold.
  package static let blockRecords = 256
  /// Bytes of records after which a stored block is closed.
  package static let blockBytes = 256 * 1024
}
