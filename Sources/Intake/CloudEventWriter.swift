import CBOR
import CivilTime
package import Engine
package import JSON
package import Ledger

/// Events as CloudEvents 1.0 in JSON, one object each, for samples, exports and sinks.
///
/// What ``CloudEventReader`` took comes back as it was, except for attributes that it does not
/// keep, the order of keys, and time, which is in UTC with microseconds.
package enum CloudEventWriter {
  /// Writes an input; it has no `time` where the producer gave none.
  package static func write(_ input: Input, to writer: inout JSONWriter) {
    writer.object { writer in
      begin(&writer, id: input.externalID.rawSpan, source: input.source.rawSpan, type: input.type)
      writer.key("subject")
      writer.string(utf8: input.subject.rawSpan)
      if let time = input.occurredAt {
        writer.field("time", RFC3339.string(microseconds: time))
      }
      end(&writer, CBORView(storage: input.payload))
    }
  }

  /// Writes an event of the ledger. One that came from no producer has the id in hex and the
  /// source `recount:ledger`.
  /// - Parameters:
  ///   - type: The name of the event's type.
  ///   - writeAttributes: Writes attributes of its own, by the naming rules of CloudEvents.
  package static func write(
    _ event: Event, type: String, to writer: inout JSONWriter,
    attributes writeAttributes: (inout JSONWriter) -> Void = { _ in }
  ) {
    let bytes = event.record.rawSpan
    writer.object { writer in
      if event.externalIDRange.isEmpty {
        let id = Array(event.header.id.hex.utf8)
        begin(&writer, id: id.rawSpan, source: Self.ledger.rawSpan, type: type)
      } else {
        begin(
          &writer, id: bytes.extracting(event.externalIDRange),
          source: bytes.extracting(event.sourceRange), type: type)
      }
      if !event.subjectRange.isEmpty {
        writer.key("subject")
        writer.string(utf8: bytes.extracting(event.subjectRange))
      }
      writer.field("time", RFC3339.string(microseconds: event.header.occurredAt))
      writeAttributes(&writer)
      end(&writer, event.payload)
    }
  }

  private static let ledger = Array("recount:ledger".utf8)

  private static func begin(
    _ writer: inout JSONWriter, id: RawSpan, source: RawSpan, type: String
  ) {
    writer.field("specversion", "1.0")
    writer.key("id")
    writer.string(utf8: id)
    writer.key("source")
    writer.string(utf8: source)
    writer.field("type", type)
  }

  private static func end(_ writer: inout JSONWriter, _ data: borrowing CBORView) {
    writer.field("datacontenttype", "application/json")
    writer.field("data", data)
  }
}
