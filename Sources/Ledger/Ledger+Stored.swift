package import Proofs

/// The stored bytes themselves, for checking them.
extension Ledger {
  /// The records of a sealed segment, past every cache. Any thread's, with a decoder of its own.
  /// Cost: 50 µs.
  /// - Throws: ``LedgerError/damaged(position:_:)`` where it is not there or not whole.
  package func segment(
    _ index: UInt64, _ decoder: inout SegmentDecoder
  ) throws(LedgerError) -> RecordBlock {
    try records.readSegment(index, &decoder)
  }

  /// The hashes of a tile as they are stored, none where nothing of it is. Levels begin at 1.
  package func storedTile(level: Int, tile: UInt64) throws(LedgerError) -> [MerkleHash] {
    try records.storedTile(level: level, tile: tile)
  }
}
