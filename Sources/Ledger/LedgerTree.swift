package import Proofs

/// The Merkle tree over a ledger's records (RFC 6962): leaf `index` is the record at position
/// `index` + 1, its hash SHA-256(0x00 ‖ record).
///
/// Leaf hashes follow from the records and are not stored; the roots of whole segments and the
/// levels above them are. What is not sealed yet is hashed when it is asked for, and kept as long
/// as this value. One thread's.
package final class LedgerTree: TileSource {
  private struct Place: Hashable {
    let level: Int
    let tile: UInt64
  }

  private let records: RecordStore
  private var known: [Place: [MerkleHash]] = [:]

  init(_ records: RecordStore) {
    self.records = records
  }

  /// Cost: of level 0, 256 records read and hashed, about 100 µs; above, one look-up where the
  /// segments below are sealed.
  /// - Throws: ``LedgerError``, also where the ledger has fewer records than asked for.
  package func hashes(
    level: Int, tile: UInt64, width: Int
  ) throws(LedgerError) -> [MerkleHash] {
    let place = Place(level: level, tile: tile)
    if let hashes = known[place], hashes.count >= width { return Array(hashes.prefix(width)) }
    let hashes = try level == 0 ? leaves(tile, width) : nodes(level, tile, width)
    known[place] = hashes
    return Array(hashes.prefix(width))
  }

  private func leaves(_ tile: UInt64, _ width: Int) throws(LedgerError) -> [MerkleHash] {
    let first = tile * UInt64(Tile.fullWidth) + 1
    var hashes: [MerkleHash] = []
    do {
      try records.forEachRecord(from: first, through: first + UInt64(width) - 1) { _, record in
        hashes.append(Merkle.leaf(record))
        return true
      }
    } catch {
      throw LedgerError(reading: error)
    }
    guard hashes.count == width else {
      throw .damaged(
        position: first + UInt64(hashes.count), RecordError("the tree has no such leaf"))
    }
    return hashes
  }

  private func nodes(
    _ level: Int, _ tile: UInt64, _ width: Int
  ) throws(LedgerError) -> [MerkleHash] {
    var nodes = try records.storedTile(level: level, tile: tile)
    while nodes.count < width {
      let child = tile * UInt64(Tile.fullWidth) + UInt64(nodes.count)
      nodes.append(Merkle.root(try hashes(level: level - 1, tile: child, width: Tile.fullWidth)))
    }
    return nodes
  }
}

extension Ledger {
  /// The tree over the records, for roots and proofs of any size up to the ledger's end.
  package var tree: LedgerTree { LedgerTree(records) }
}
