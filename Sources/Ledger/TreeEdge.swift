import Proofs

/// The tiles of the tree that are not full, one a level from level 1 up.
struct TreeEdge: Sendable, TileSource {
  /// The hashes of each level's open tile; the first is level 1's.
  private var open: [[MerkleHash]]

  /// - Parameter open: The hashes of the open tiles, from level 1 up.
  init(open: [[MerkleHash]]) {
    self.open = open
  }

  /// Takes in a complete block.
  /// - Returns: The hashes that tiles gain.
  mutating func grow(block: UInt64, leaves: [MerkleHash]) -> [TileGrowth] {
    let growths: [TileGrowth]
    do {
      growths = try TileGrowth.completing(block: block, leaves: leaves, in: self)
    } catch {
      preconditionFailure("the tree's edge does not fit block \(block): \(error)")
    }
    for growth in growths {
      while open.count < growth.level { open.append([]) }
      if growth.offset == 0 { open[growth.level - 1] = [] }
      open[growth.level - 1].append(growth.hash)
    }
    return growths
  }

  func hashes(level: Int, tile: UInt64, width: Int) -> [MerkleHash] {
    Array(open[level - 1].prefix(width))
  }
}
