import CBOR
import CivilTime
import Crypto
import JSON
import Ledger
import Proofs

/// Writes the lines of an export; see ``ExportFormat``.
///
/// Each event's line is read back before it is given out, so that what cannot be said in JSON is
/// said in base 64 and nothing is lost.
struct ExportLineWriter {
  private let names: Names
  private let reader = ExportLineReader()
  private var line = JSONWriter()
  /// Whole lines.
  private(set) var bytes: [UInt8] = []

  /// - Parameter names: All names of the ledger.
  init(names: Names) {
    self.names = names
  }

  /// Forgets the lines that were taken.
  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  mutating func write(_ header: ExportHeader) {
    line.object { object in
      object.field("export", ExportFormat.name)
      object.field("version", ExportFormat.version)
      object.field("origin", header.origin)
      object.field("from", header.from)
      object.field("to", header.to)
    }
    endLine()
  }

  mutating func write(_ end: ExportEnd) {
    line.object { object in
      object.key("end")
      object.object { object in
        object.field("events", end.events)
        object.field("blobs", end.blobs)
        object.field("size", end.size)
        object.field("root", end.root.hex)
      }
    }
    endLine()
  }

  mutating func write(_ blob: Blob) {
    var offset = 0
    repeat {
      let end = min(offset + ExportFormat.blobPartBytes, blob.bytes.count)
      line.object { object in
        object.key("blob")
        object.object { object in
          object.field("position", blob.position)
          object.field("offset", offset)
          object.field("bytes", Base64.encode(blob.bytes[offset..<end]))
          if end == blob.bytes.count {
            object.field("size", end)
            object.field("sha256", SHA256.hex(of: blob.bytes))
          }
        }
      }
      endLine()
      offset = end
    } while offset < blob.bytes.count
  }

  /// Writes an event. Cost: about 4 µs, half of it the reading back.
  mutating func write(_ event: Event) {
    for form in Form.all {
      line.removeAll()
      write(event, form)
      if isExact(event) { return endLine() }
    }
    preconditionFailure("base 64 gives back every record")
  }

  /// What of an event is said beside its fields.
  private struct Form {
    /// Whether JSON has the payload. Where it is read back as another one, or not at all, base 64
    /// has it.
    let hasData: Bool
    let base64: Base64Part

    enum Base64Part {
      case none
      case payload
      case record
    }

    /// The most readable first.
    static let all = [
      Form(hasData: true, base64: .none), Form(hasData: true, base64: .payload),
      Form(hasData: false, base64: .payload), Form(hasData: true, base64: .record),
      Form(hasData: false, base64: .record),
    ]
  }

  private mutating func write(_ event: Event, _ form: Form) {
    let header = event.header
    let record = event.record.rawSpan
    let flags = record.littleEndian(at: 2, as: UInt16.self)
    let hasData =
      form.hasData
      && (try? CBORScanner.validate(record.extracting(event.payloadRange))) != nil
    line.object { object in
      object.field("position", event.position)
      object.field("kind", event.kind.name)
      object.field("type", names.name(.type, event.type) ?? "")
      Self.field("subject", record.extracting(event.subjectRange), &object)
      Self.field("source", record.extracting(event.sourceRange), &object)
      let id = header.id.hex
      if event.externalIDRange.isEmpty {
        object.field("id", id)
      } else {
        Self.field("id", record.extracting(event.externalIDRange), &object)
      }
      object.field("program", names.name(.program, header.program) ?? "")
      object.field("recordedAt", RFC3339.string(microseconds: header.recordedAt))
      object.field("occurredAt", RFC3339.string(microseconds: header.occurredAt))
      object.field("cause", header.cause)
      object.field("root", header.root)
      object.key("data")
      if hasData { object.item(event.payload) } else { object.null() }
      object.field("eventId", id)
      if flags != 0 { object.field("flags", UInt64(flags)) }
      switch form.base64 {
      case .none: break
      case .payload: object.field("payload", Base64.encode(event.payloadBytes))
      case .record: object.field("record", Base64.encode(event.record))
      }
    }
  }

  /// Texts are UTF-8; the bytes of one that is not are left out, and the record has them.
  private static func field(_ name: String, _ text: RawSpan, _ object: inout JSONWriter) {
    object.key(name)
    if text.isUTF8 { object.string(utf8: text) } else { object.string("") }
  }

  private func isExact(_ event: Event) -> Bool {
    guard case .event(let position, let record)? = try? reader.read(line.bytes, names: names)
    else { return false }
    return position == event.position && record == event.record
  }

  private mutating func endLine() {
    line.newline()
    bytes += line.bytes
    line.removeAll()
  }
}

extension RawSpan {
  fileprivate var isUTF8: Bool {
    // SAFETY: the buffer is used within the closure alone.
    unsafe withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) } != nil
  }
}
