/// Where a tree's tiles come from.
///
/// The tree's other hashes and all proofs are computed from tiles; what is stored where is the
/// source's affair.
package protocol TileSource {
  /// The first `width` hashes of the tile `tile` of `level`.
  ///
  /// Level 0 are leaf hashes; hash i of a higher level is the root of the full tile 256·tile + i
  /// below it.
  ///
  /// - Parameter width: 1 to 256. Asked for are only hashes of tiles that are full in the tree
  ///   whose size the caller named.
  /// - Returns: Exactly `width` hashes.
  func hashes(level: Int, tile: UInt64, width: Int) throws -> [MerkleHash]
}

extension TileSource {
  /// The root of the tree's first `size` leaves.
  ///
  /// Cost: one tile a level, of level 0 only where `size` is no multiple of 256.
  package func root(size: UInt64) throws -> MerkleHash {
    try frontier(size: size).root
  }

  /// The right edge of the tree's first `size` leaves, from which it can grow. Cost: as `root`.
  package func frontier(size: UInt64) throws -> MerkleFrontier {
    var reader = TileReader(source: self, size: size)
    var subtrees: [MerkleHash] = []
    for cover in ProofPlan.root(size: size).covers {
      for subtree in cover.subtrees { subtrees.append(try reader.hash(subtree)) }
    }
    guard let frontier = MerkleFrontier(size: size, subtrees: subtrees) else {
      preconditionFailure("a tree has one complete subtree for each bit of its size")
    }
    return frontier
  }

  /// The path that proves that leaf `index` is in the tree of the first `size` leaves
  /// (RFC 9162, section 2.1.3), from the leaf to the root.
  ///
  /// - Throws: `ProofError.indexPastSize`, or what the source throws.
  /// - Cost: at most two tiles a level.
  package func inclusion(index: UInt64, size: UInt64) throws -> [MerkleHash] {
    try hashes(ProofPlan.inclusion(index: index, size: size))
  }

  /// The path that proves that the tree of `to` leaves begins with the tree of `from` leaves
  /// (RFC 9162, section 2.1.4). Empty where both are equal and where `from` is 0.
  ///
  /// - Throws: `ProofError.sizesReversed`, or what the source throws.
  /// - Cost: at most two tiles a level.
  package func consistency(from: UInt64, to: UInt64) throws -> [MerkleHash] {
    try hashes(ProofPlan.consistency(from: from, to: to))
  }

  private func hashes(_ plan: ProofPlan) throws -> [MerkleHash] {
    var reader = TileReader(source: self, size: plan.size)
    return try plan.covers.map { try reader.hash($0) }
  }
}

/// Reads each tile once and hashes what lies between the levels of the tiles.
private struct TileReader<Source: TileSource> {
  let source: Source
  /// How many leaves the tree has.
  let size: UInt64
  /// What was read; a proof needs so few tiles that looking through them is quickest.
  var tiles: [(tile: Tile, hashes: [MerkleHash])] = []

  init(source: Source, size: UInt64) {
    self.source = source
    self.size = size
  }

  mutating func hash(_ cover: SubtreeCover) throws -> MerkleHash {
    var folded: MerkleHash?
    for subtree in cover.subtrees.reversed() {
      let left = try hash(subtree)
      folded = folded.map { Merkle.node(left, $0) } ?? left
    }
    return folded ?? Merkle.emptyRoot
  }

  mutating func hash(_ subtree: Subtree) throws -> MerkleHash {
    let (tile, range) = subtree.place(size: size)
    // A power of two of leaves: the frontier folds them into one.
    var frontier = MerkleFrontier()
    for hash in try hashes(tile)[range] { frontier.push(hash) }
    return frontier.root
  }

  private mutating func hashes(_ tile: Tile) throws -> [MerkleHash] {
    if let known = tiles.first(where: { $0.tile == tile }) { return known.hashes }
    let hashes = try source.hashes(level: tile.level, tile: tile.index, width: tile.width)
    guard hashes.count == tile.width else {
      throw ProofError.tileWidth(tile: tile.path, expected: tile.width, found: hashes.count)
    }
    tiles.append((tile, hashes))
    return hashes
  }
}
