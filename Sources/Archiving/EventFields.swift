import CBOR
import CivilTime
import Ledger
import Proofs

/// The fields of an event's line, from which its record is made: where they lie, or their values.
struct EventFields {
  private var position: UInt64?
  private var kind: EventKind?
  private var type: Range<Int>?
  private var subject: Range<Int>?
  private var source: Range<Int>?
  private var id: Range<Int>?
  private var program: Range<Int>?
  private var recordedAt: Int64?
  private var occurredAt: Int64?
  private var cause: UInt64?
  private var root: UInt64?
  private var data: Range<Int>?
  private var eventID: EventID?
  private var flags: UInt16 = 0
  private var payload: [UInt8]?
  private var record: [UInt8]?

  /// The first field that is of the wrong form: it does not matter where the whole record is there.
  private var fault: ExportLineError?

  /// The names of the fields in the order of a CBOR map's keys, with what takes them.
  private static let fields: [(key: CBORKey, take: Field)] = [
    ("id", .id), ("data", .data), ("kind", .kind), ("root", .root), ("type", .type),
    ("cause", .cause), ("flags", .flags), ("record", .record), ("source", .source),
    ("eventId", .eventID), ("payload", .payload), ("program", .program), ("subject", .subject),
    ("position", .position), ("occurredAt", .occurredAt), ("recordedAt", .recordedAt),
  ]

  private enum Field: String {
    case id, data, kind, root, type, cause, flags, record, source
    case eventID = "eventId"
    case payload, program, subject, position, occurredAt, recordedAt
  }

  /// - Parameter line: A CBOR map.
  /// - Throws: ``ExportLineError`` for a field that is unknown.
  init(_ line: borrowing [UInt8]) throws(ExportLineError) {
    let bytes = line.rawSpan
    let count = CBORWalk.head(bytes, at: 0).count
    var offset = CBORWalk.head(bytes, at: 0).end
    var next = 0
    for _ in 0..<count {
      // Both lists are sorted, so that each is walked once.
      while next < Self.fields.count,
        !CBORWalk.matches(bytes, at: offset, Self.fields[next].key)
      {
        next += 1
      }
      guard next < Self.fields.count else {
        throw ExportLineError(
          "\(CBORCursor(bytes, at: offset).string ?? ""): no event has this field")
      }
      let field = Self.fields[next].take
      let value = CBORWalk.end(bytes, of: offset)
      offset = CBORWalk.end(bytes, of: value)
      do throws(ExportLineError) {
        guard try take(field, line, value, value..<offset) else {
          throw ExportLineError("\(field.rawValue): it is of another form")
        }
      } catch {
        fault = fault ?? error
      }
    }
  }

  /// - Returns: False where the field does not have such a value.
  private mutating func take(
    _ field: Field, _ line: borrowing [UInt8], _ offset: Int, _ item: Range<Int>
  ) throws(ExportLineError) -> Bool {
    let value = CBORCursor(line.rawSpan, at: offset)
    switch field {
    case .data: data = item
    case .type: return Self.set(&type, value.textBytesRange)
    case .subject: return Self.set(&subject, value.textBytesRange)
    case .source: return Self.set(&source, value.textBytesRange)
    case .id: return Self.set(&id, value.textBytesRange)
    case .program: return Self.set(&program, value.textBytesRange)
    case .position: return Self.set(&position, value.uint64)
    case .cause: return Self.set(&cause, value.uint64)
    case .root: return Self.set(&root, value.uint64)
    case .kind: return Self.set(&kind, value.string.flatMap { EventKind(name: $0) })
    case .recordedAt:
      return Self.set(&recordedAt, try Self.time(field, line, value.textBytesRange))
    case .occurredAt:
      return Self.set(&occurredAt, try Self.time(field, line, value.textBytesRange))
    case .eventID:
      guard let text = value.textBytesRange else { return false }
      return Self.set(&eventID, EventID(hex: line.rawSpan.extracting(text)))
    case .flags:
      guard let number = value.uint64, let bits = UInt16(exactly: number) else { return false }
      flags = bits
    case .payload: return Self.set(&payload, value.string.flatMap { Base64.decode($0) })
    case .record: return Self.set(&record, value.string.flatMap { Base64.decode($0) })
    }
    return true
  }

  private static func set<Value>(_ field: inout Value?, _ value: Value?) -> Bool {
    field = value
    return value != nil
  }

  private static func time(
    _ field: Field, _ line: borrowing [UInt8], _ text: Range<Int>?
  ) throws(ExportLineError) -> Int64? {
    guard let text else { return nil }
    do throws(RFC3339Error) {
      return try RFC3339.microseconds(parsing: line.span.extracting(text))
    } catch {
      throw ExportLineError("\(field.rawValue): \(error)")
    }
  }

  /// The record, byte for byte.
  /// - Parameter line: What the fields were taken from.
  /// - Throws: ``ExportLineError`` where a field is missing, of the wrong form or none of a
  ///   record.
  func record(
    _ line: borrowing [UInt8], _ names: Names
  ) throws(ExportLineError) -> (position: UInt64, record: [UInt8]) {
    let position = try Self.present(position, .position)
    if let record { return (position, record) }
    if let fault { throw fault }
    let subject = try Self.present(subject, .subject)
    let source = try Self.present(source, .source)
    let id = try Self.present(id, .id)
    let eventID = try Self.present(eventID, .eventID)
    let isOwnID = EventID(hex: line.rawSpan.extracting(id)) == eventID
    let externalID = isOwnID ? id.lowerBound..<id.lowerBound : id
    guard subject.count <= Limits.identifierBytes, source.count <= Limits.identifierBytes,
      externalID.count <= 2 * Limits.identifierBytes
    else {
      throw ExportLineError(
        "subject, source: more than \(Limits.identifierBytes) bytes, or id: more than twice that")
    }
    let event = Event(
      position: position, header: try header(line, names, eventID),
      subject: Array(line[subject]), source: Array(line[source]),
      externalID: Array(line[externalID]), payload: try payloadBytes(line))
    guard flags != 0 else { return (position, event.record) }
    var bytes = event.record
    bytes[2] = UInt8(truncatingIfNeeded: flags)
    bytes[3] = UInt8(truncatingIfNeeded: flags >> 8)
    return (position, bytes)
  }

  private func header(
    _ line: borrowing [UInt8], _ names: Names, _ eventID: EventID
  ) throws(ExportLineError) -> EventHeader {
    let type = line.rawSpan.string(try Self.present(type, .type))
    guard let typeNumber = names.number(.type, type) else {
      throw ExportLineError(
        "type: \"\(type)\" was given no number; a name.interned event comes before its first use")
    }
    let program = line.rawSpan.string(try Self.present(program, .program))
    guard let programNumber = program.isEmpty ? 0 : names.number(.program, program) else {
      throw ExportLineError(
        "program: \"\(program)\" was given no number; a name.interned event comes before its first "
          + "use")
    }
    return EventHeader(
      kind: try Self.present(kind, .kind), type: typeNumber,
      recordedAt: try Self.present(recordedAt, .recordedAt),
      occurredAt: try Self.present(occurredAt, .occurredAt),
      cause: try Self.present(cause, .cause), root: try Self.present(root, .root), id: eventID,
      program: programNumber)
  }

  private func payloadBytes(_ line: borrowing [UInt8]) throws(ExportLineError) -> [UInt8] {
    if let payload { return payload }
    return Array(line[try Self.present(data, .data)])
  }

  private static func present<Value>(
    _ value: Value?, _ field: Field
  ) throws(ExportLineError) -> Value {
    guard let value else { throw ExportLineError("\(field.rawValue): an event has it") }
    return value
  }
}

extension EventID {
  /// The id that 32 lower-case hex digits are, or nil.
  fileprivate init?(hex: RawSpan) {
    guard hex.byteCount == 32 else { return nil }
    var words: (high: UInt64, low: UInt64) = (0, 0)
    for index in 0..<32 {
      let digit: UInt8
      switch hex.byte(at: index) {
      case let byte where byte >= 0x30 && byte <= 0x39: digit = byte - 0x30
      case let byte where byte >= 0x61 && byte <= 0x66: digit = byte - 0x61 + 10
      default: return nil
      }
      if index < 16 {
        words.high = words.high << 4 | UInt64(digit)
      } else {
        words.low = words.low << 4 | UInt64(digit)
      }
    }
    self.init(high: words.high, low: words.low)
  }
}
