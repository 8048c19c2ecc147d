import CBOR

/// The fixed part of a record: 72 bytes, little-endian.
///
/// ```
///  0  version u8 = 1 │ kind u8 │ flags u16 │ type u32
///  8  recordedAt i64 µs          16  occurredAt i64 µs
/// 24  cause u64 (0: none)        32  root u64 (own position: first of a chain)
/// 40  id, 16 bytes
/// 56  program u32 (0: none)
/// 60  subject length u16         62  source length u16
/// 64  external id length u16     66  reserved u16
/// 68  payload length u32
/// 72  subject, source, external id (UTF-8), payload (deterministic CBOR)
/// ```
package struct EventHeader: Equatable, Sendable {
  /// The only format version so far.
  package static let version: UInt8 = 1
  /// Bytes before the subject.
  package static let byteCount = 72

  package let kind: EventKind
  /// The interned number of the event's type, from 1.
  package let type: UInt32
  /// Ledger time in microseconds since 1970 UTC: when the engine took the event.
  package let recordedAt: Int64
  /// The producer's time in microseconds since 1970 UTC; ``recordedAt`` where there is no producer.
  package let occurredAt: Int64
  /// Position of the event that led to this one; 0: none.
  package let cause: UInt64
  /// Position of the first event of the chain; its own position for a first one.
  package let root: UInt64
  package let id: EventID
  /// The interned number of the program concerned; 0: none.
  package let program: UInt32

  package init(
    kind: EventKind, type: UInt32, recordedAt: Int64, occurredAt: Int64, cause: UInt64,
    root: UInt64, id: EventID, program: UInt32
  ) {
    self.kind = kind
    self.type = type
    self.recordedAt = recordedAt
    self.occurredAt = occurredAt
    self.cause = cause
    self.root = root
    self.id = id
    self.program = program
  }

  /// The header of a stored record.
  /// - Throws: ``RecordError`` where it is cut short or version or kind are not known.
  package init(reading record: RawSpan) throws(RecordError) {
    guard record.byteCount >= Self.byteCount else {
      throw RecordError("a record of \(record.byteCount) bytes is shorter than its header")
    }
    guard record.byte(at: 0) == Self.version else {
      throw RecordError("record version \(record.byte(at: 0)) is not known; this binary reads 1")
    }
    guard let kind = EventKind(rawValue: record.byte(at: 1)) else {
      throw RecordError("byte 1: there is no event kind \(record.byte(at: 1))")
    }
    self.init(
      kind: kind,
      type: record.littleEndian(at: 4, as: UInt32.self),
      recordedAt: record.littleEndian(at: 8, as: Int64.self),
      occurredAt: record.littleEndian(at: 16, as: Int64.self),
      cause: record.littleEndian(at: 24, as: UInt64.self),
      root: record.littleEndian(at: 32, as: UInt64.self),
      id: EventID(
        high: record.bigEndian(at: 40, as: UInt64.self),
        low: record.bigEndian(at: 48, as: UInt64.self)),
      program: record.littleEndian(at: 56, as: UInt32.self))
  }
}

/// Why bytes are no record.
package struct RecordError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, with the offset in the record.
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
