import CBOR
import LMDB
import Proofs

/// The key of a tile in `tree`: its level u8, its place in the level u64 big-endian.
private func tileKey(level: Int, tile: UInt64) -> [UInt8] {
  [UInt8(level)] + BigEndian.bytes(tile)
}

extension RecordStore {
  /// The stored hashes of a tile, in the order of its leaves; none where nothing of it is stored.
  func storedTile(level: Int, tile: UInt64) throws(LedgerError) -> [MerkleHash] {
    try environment.read { (txn) throws(LedgerError) -> [MerkleHash] in
      do throws(LMDBError) {
        guard let bytes = try txn.value(for: tileKey(level: level, tile: tile).span, in: tree)
        else { return [] }
        let span = bytes.rawSpan
        return (0..<span.byteCount / MerkleHash.sizeBytes).map {
          MerkleHash(span, at: $0 * MerkleHash.sizeBytes)
        }
      } catch {
        throw .store(error)
      }
    }
  }

  /// The tiles that are not full.
  /// - Throws: ``LedgerError/damaged(position:_:)`` where the tree does not fit the segments.
  func treeEdge() throws(LedgerError) -> TreeEdge {
    let blocks = try sealedThrough() / UInt64(Segment.recordCount)
    var open: [[MerkleHash]] = []
    var full = blocks
    var level = 1
    while full > 0 {
      let width = Int(full % UInt64(Tile.fullWidth))
      full /= UInt64(Tile.fullWidth)
      let hashes = width == 0 ? [] : try storedTile(level: level, tile: full)
      guard hashes.count == width else {
        throw .damaged(
          position: blocks * UInt64(Segment.recordCount),
          RecordError("the tree's tile \(full) of level \(level) has \(hashes.count) of \(width)"))
      }
      open.append(hashes)
      level += 1
    }
    return TreeEdge(open: open)
  }

  /// Writes the hashes that tiles gain.
  func grow(_ growths: [TileGrowth], _ txn: inout WriteTransaction) throws(LMDBError) {
    var rest = growths[...]
    while let first = rest.first {
      let key = tileKey(level: first.level, tile: first.tile)
      var value: [UInt8] = []
      if let stored = try txn.value(for: key.span, in: tree) {
        // A repeated attempt at the same commit has written nothing, so that this fits.
        value = stored.rawSpan.array(0..<min(stored.count, first.offset * MerkleHash.sizeBytes))
      }
      while let growth = rest.first, growth.level == first.level, growth.tile == first.tile {
        growth.hash.append(to: &value)
        rest.removeFirst()
      }
      try txn.put(value.span, for: key.span, in: tree)
    }
  }
}
