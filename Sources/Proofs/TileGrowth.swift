/// One hash that a tile of level 1 or above gains.
package struct TileGrowth: Hashable, Sendable {
  /// The tile's level, from 1.
  package let level: Int
  /// The tile's place in its level, from 0.
  package let tile: UInt64
  /// Which hash of the tile it becomes, 0 to 255. The tile has exactly so many before.
  package let offset: Int
  /// The hash, the root of one full tile below.
  package let hash: MerkleHash

  /// What the tiles above level 0 gain when block `block`, the leaves 256·block to
  /// 256·block + 255, is complete.
  ///
  /// The block's root is appended to its tile of level 1; where that tile becomes full, its root
  /// to a tile of level 2, and so on. In this order, lowest level first.
  ///
  /// - Parameters:
  ///   - leaves: The block's 256 leaf hashes.
  ///   - source: Asked for the first 255 hashes of a tile that this block fills: once in 256
  ///     blocks a level. It need not know this block yet.
  /// - Throws: `ProofError.tileWidth` where the source gives another number of hashes, or what it
  ///   throws. Cost: 255 node hashes a level that grows.
  /// - Precondition: `leaves.count == 256`.
  package static func completing(
    block: UInt64, leaves: [MerkleHash], in source: some TileSource
  ) throws -> [TileGrowth] {
    precondition(leaves.count == Tile.fullWidth, "a complete block has 256 leaves")
    let width = UInt64(Tile.fullWidth)
    var growths: [TileGrowth] = []
    var hash = Merkle.root(leaves)
    var index = block
    var level = 1
    while true {
      let growth = TileGrowth(
        level: level, tile: index / width, offset: Int(index % width), hash: hash)
      growths.append(growth)
      guard growth.offset == Tile.fullWidth - 1 else { return growths }
      let before = try source.hashes(level: level, tile: growth.tile, width: growth.offset)
      guard before.count == growth.offset else {
        let tile = Tile(level: level, index: growth.tile, width: growth.offset)
        throw ProofError.tileWidth(tile: tile.path, expected: growth.offset, found: before.count)
      }
      hash = Merkle.root(before + [hash])
      index /= width
      level += 1
    }
  }
}
