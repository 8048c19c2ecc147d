package import CBOR

/// One event of the ledger: its position and its record, with the header decoded.
///
/// The record's bytes are kept as one array; subject, source, external id and payload are ranges
/// of it. Copying an event retains that array and allocates nothing.
package struct Event: Equatable, Sendable {
  /// The place in the ledger: 1, 2, 3, … without gaps.
  package let position: UInt64
  package let header: EventHeader
  /// The record exactly as it is stored.
  package let record: [UInt8]
  @usableFromInline let subjectEnd: Int
  @usableFromInline let sourceEnd: Int
  @usableFromInline let externalIDEnd: Int

  /// Encodes a record. Lengths must be within ``Limits``, which the edge has checked.
  /// Cost: one allocation.
  package init(
    position: UInt64, header: EventHeader, subject: [UInt8], source: [UInt8] = [],
    externalID: [UInt8] = [], payload: [UInt8]
  ) {
    precondition(
      subject.count <= Limits.identifierBytes && source.count <= Limits.identifierBytes
        && externalID.count <= 2 * Limits.identifierBytes && payload.count <= Int(UInt32.max),
      "an event beyond the limits reached the ledger")
    self.position = position
    self.header = header
    subjectEnd = EventHeader.byteCount + subject.count
    sourceEnd = subjectEnd + source.count
    externalIDEnd = sourceEnd + externalID.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(externalIDEnd + payload.count)
    bytes.append(EventHeader.version)
    bytes.append(header.kind.rawValue)
    bytes.append(littleEndian: UInt16(0))
    bytes.append(littleEndian: header.type)
    bytes.append(littleEndian: header.recordedAt)
    bytes.append(littleEndian: header.occurredAt)
    bytes.append(littleEndian: header.cause)
    bytes.append(littleEndian: header.root)
    bytes.append(littleEndian: header.id.high.byteSwapped)
    bytes.append(littleEndian: header.id.low.byteSwapped)
    bytes.append(littleEndian: header.program)
    bytes.append(littleEndian: UInt16(subject.count))
    bytes.append(littleEndian: UInt16(source.count))
    bytes.append(littleEndian: UInt16(externalID.count))
    bytes.append(littleEndian: UInt16(0))
    bytes.append(littleEndian: UInt32(payload.count))
    bytes += subject
    bytes += source
    bytes += externalID
    bytes += payload
    record = bytes
  }

  /// Takes a stored record.
  /// - Throws: ``RecordError`` where version, kind or lengths do not fit.
  package init(position: UInt64, record: [UInt8]) throws(RecordError) {
    let bytes = record.rawSpan
    self.position = position
    header = try EventHeader(reading: bytes)
    let subjectLength = Int(bytes.littleEndian(at: 60, as: UInt16.self))
    let sourceLength = Int(bytes.littleEndian(at: 62, as: UInt16.self))
    let externalIDLength = Int(bytes.littleEndian(at: 64, as: UInt16.self))
    subjectEnd = EventHeader.byteCount + subjectLength
    sourceEnd = subjectEnd + sourceLength
    externalIDEnd = sourceEnd + externalIDLength
    let payloadLength = Int(bytes.littleEndian(at: 68, as: UInt32.self))
    guard externalIDEnd + payloadLength == bytes.byteCount else {
      throw RecordError(
        "the header counts \(externalIDEnd + payloadLength) bytes, the record has \(bytes.byteCount)"
      )
    }
    self.record = record
  }

  @inlinable package var kind: EventKind { header.kind }
  @inlinable package var type: UInt32 { header.type }
  @inlinable package var recordedAt: Int64 { header.recordedAt }

  /// Whom the event concerns, as text.
  package var subject: String { record.rawSpan.string(subjectRange) }
  /// The producer, as text; empty for what policies emitted.
  package var source: String { record.rawSpan.string(subjectEnd..<sourceEnd) }
  /// The producer's id, as text; empty for what policies emitted.
  package var externalID: String { record.rawSpan.string(sourceEnd..<externalIDEnd) }

  @inlinable package var subjectRange: Range<Int> { EventHeader.byteCount..<subjectEnd }
  @inlinable package var sourceRange: Range<Int> { subjectEnd..<sourceEnd }
  @inlinable package var externalIDRange: Range<Int> { sourceEnd..<externalIDEnd }
  @inlinable package var payloadRange: Range<Int> { externalIDEnd..<record.count }

  /// The payload's root item, in place.
  @inlinable package var payload: CBORView { CBORView(storage: record, offset: externalIDEnd) }

  /// The payload's bytes, copied.
  package var payloadBytes: [UInt8] { Array(record[payloadRange]) }
}

extension [UInt8] {
  /// Appends an integer's bytes, the least significant first.
  @inlinable
  package mutating func append<T: FixedWidthInteger>(littleEndian value: T) {
    var rest = value
    for _ in 0..<(T.bitWidth / 8) {
      append(UInt8(truncatingIfNeeded: rest))
      rest = T.bitWidth > 8 ? rest >> 8 : 0
    }
  }
}
