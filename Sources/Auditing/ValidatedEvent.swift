import CBOR
package import Ledger

extension Event {
  /// Takes a record from outside, whose payload is checked before anything reads it.
  ///
  /// - Throws: ``RecordError`` where it is no record, or its payload no map in deterministic CBOR.
  package init(validating record: [UInt8], at position: UInt64) throws(RecordError) {
    try self.init(position: position, record: record)
    do throws(CBORError) {
      try CBORScanner.validate(record, in: payloadRange, maximumDepth: CBORScanner.depthCeiling)
    } catch {
      throw RecordError("its payload: \(error)")
    }
    guard payload.head.major == 5 else { throw RecordError("its payload is no map") }
  }
}
