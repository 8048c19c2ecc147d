import CBOR
import Ledger

/// Where the parts of a record lie behind its header.
struct RecordParts {
  let subject: Range<Int>
  let source: Range<Int>
  let externalID: Range<Int>
  let payload: Range<Int>

  /// - Throws: ``RecordError`` where the lengths do not add up to the record's.
  /// - Precondition: The record has its whole header.
  init(of record: RawSpan) throws(RecordError) {
    let base = EventHeader.byteCount
    subject = base..<base + Int(record.littleEndian(at: 60, as: UInt16.self))
    source =
      subject.upperBound..<subject.upperBound + Int(record.littleEndian(at: 62, as: UInt16.self))
    externalID =
      source.upperBound..<source.upperBound + Int(record.littleEndian(at: 64, as: UInt16.self))
    payload =
      externalID.upperBound..<externalID.upperBound
      + Int(record.littleEndian(at: 68, as: UInt32.self))
    guard payload.upperBound == record.byteCount else {
      throw RecordError(
        "the header counts \(payload.upperBound) bytes, the record has \(record.byteCount)")
    }
  }
}
