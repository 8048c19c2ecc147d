import CBOR
package import Engine
import JSON
import Ledger

/// CloudEvents 1.0 in JSON to inputs of the engine (CloudEvents JSON format, sections 2 and 3).
///
/// - `specversion` is "1.0"; `id`, `source`, `type` and `subject` are texts within ``Limits``,
///   without control characters; the subject is whom the event concerns.
/// - `time` is RFC 3339, between 1970 and 9999.
/// - `data` is an object; without it the event has an empty one. `datacontenttype`, where there is
///   one, names JSON.
/// - An attribute that is null counts as absent.
/// - Extension attributes are not kept: what the engine should know belongs into `data`.
/// - The types of the product's own events are refused, and so are its sources; its outcomes may
///   come from outside, as a provider reports them.
///
/// The whole document becomes deterministic CBOR in a buffer that is kept; the attributes are
/// found in it by one walk, and the bytes of `data`, canonical as they stand, are the payload.
/// One reader serves one thread at a time. Cost: an allocation each for subject, id and payload.
package struct CloudEventReader {
  /// The document may nest one deeper than the payload, which it contains.
  private let transcoder = JSONTranscoder(maximumDepth: Limits.nesting + 1)
  private var document: [UInt8] = []
  private var known = KnownNames()

  /// Creates a reader. Traps where memory for its first buffers, about 1 MB, is short.
  package init() {}

  /// Reads the event in `range` of `json`, or in all of it.
  ///
  /// Where the array goes on for 64 bytes after the range, the event is read in place.
  /// - Parameter requiresTime: Whether an event without `time` is refused, as the event clock
  ///   needs it.
  /// - Returns: The first fault in the order of the list above, or the input.
  package mutating func read(
    _ json: borrowing [UInt8], in range: Range<Int>? = nil, requiresTime: Bool
  ) -> Result<Input, Refusal> {
    document.removeAll(keepingCapacity: true)
    do {
      try transcoder.transcode(json, in: range, into: &document)
    } catch {
      return .failure(Refusal(error))
    }
    return Self.event(document, requiresTime: requiresTime, &known)
  }

  /// Reads an event that is deterministic CBOR already, as this reader makes it of JSON.
  package mutating func read(
    document: borrowing [UInt8], requiresTime: Bool
  ) -> Result<Input, Refusal> {
    Self.event(document, requiresTime: requiresTime, &known)
  }

  /// Reads a batch: a JSON array of events (CloudEvents JSON format, section 4).
  /// - Returns: A result for each element, in order; or why no element could be read.
  package mutating func readBatch(
    _ json: borrowing [UInt8], requiresTime: Bool
  ) -> Result<[Result<Input, Refusal>], Refusal> {
    guard json.count <= Limits.batchBytes else {
      return .failure(
        Refusal(
          field: "",
          reason: "is a batch of \(json.count) bytes; at most \(Limits.batchBytes) fit: split it"))
    }
    document.removeAll(keepingCapacity: true)
    do {
      try JSONTranscoder(maximumDepth: Limits.nesting + 2).transcode(json, into: &document)
    } catch {
      return .failure(Refusal(error))
    }
    return Self.events(document, requiresTime: requiresTime, &known)
  }

  private static func event(
    _ document: borrowing [UInt8], requiresTime: Bool, _ known: inout KnownNames
  ) -> Result<Input, Refusal> {
    do {
      return .success(
        try input(document.rawSpan, at: 0, requiresTime: requiresTime, &known))
    } catch {
      return .failure(error)
    }
  }

  private static func events(
    _ document: borrowing [UInt8], requiresTime: Bool, _ known: inout KnownNames
  ) -> Result<[Result<Input, Refusal>], Refusal> {
    let bytes = document.rawSpan
    let array = CBORWalk.head(bytes, at: 0)
    guard array.kind == .array, array.length <= Limits.batchEvents else {
      let reason =
        array.kind == .array
        ? "is a batch of \(array.length) events; at most \(Limits.batchEvents) fit: split it"
        : "is no batch; send a JSON array of events"
      return .failure(Refusal(field: "", reason: reason))
    }
    var results: [Result<Input, Refusal>] = []
    results.reserveCapacity(array.length)
    var position = array.end
    for _ in 0..<array.length {
      do {
        results.append(
          .success(try input(bytes, at: position, requiresTime: requiresTime, &known)))
      } catch {
        results.append(.failure(error))
      }
      position = CBORWalk.end(bytes, of: position)
    }
    return .success(results)
  }

  /// The event whose CBOR lies at `offset`.
  private static func input(
    _ bytes: RawSpan, at offset: Int, requiresTime: Bool, _ known: inout KnownNames
  ) throws(Refusal) -> Input {
    let event = try Envelope(bytes, at: offset)
    try event.checkVersion(bytes)
    let id = try event.text(bytes, .id)
    try bytes.checkControls(id, .id)
    let source = try known.source(bytes, try event.text(bytes, .source))
    let type = try known.type(bytes, try event.text(bytes, .type))
    try known.checkSource(of: type)
    let subject = try event.text(bytes, .subject)
    try bytes.checkControls(subject, .subject)
    let occurredAt = try event.moment(bytes, isRequired: requiresTime)
    let payload = try event.payload(bytes)
    return Input(
      kind: type.isOutcome ? .outcome : .input, type: type.text, subject: bytes.array(subject),
      source: source, externalID: bytes.array(id), occurredAt: occurredAt, payload: payload)
  }
}

@available(*, unavailable)
extension CloudEventReader: Sendable {}
