/// Checks of proofs, which need nothing but the proof.
extension Merkle {
  /// Checks that `leaf` is the leaf `index` of the tree of `size` leaves with `root`, by the
  /// algorithm of RFC 9162, section 2.1.3.2.
  ///
  /// - Parameter path: From the leaf to the root, as `TileSource.inclusion` gives it.
  /// - Throws: `.indexPastSize`, `.pathLength` or `.rootDiffers`. Returning is the proof.
  /// - Cost: one node hash for each hash of the path.
  package static func verifyInclusion(
    leaf: MerkleHash, index: UInt64, size: UInt64, path: [MerkleHash], root: MerkleHash
  ) throws(ProofError) {
    guard index < size else { throw .indexPastSize(index: index, size: size) }
    let expected = inclusionLength(index: index, size: size)
    guard path.count == expected else {
      throw .pathLength(expected: expected, found: path.count)
    }
    var walk = EdgeWalk(node: index, last: size - 1)
    var computed = leaf
    for hash in path {
      computed = walk.climb() ? node(hash, computed) : node(computed, hash)
    }
    precondition(walk.last == 0, "a path of the right length ends at the root")
    guard computed == root else { throw .rootDiffers(claimed: root, computed: computed) }
  }

  /// Checks that the tree of `to` leaves with `toRoot` begins with the tree of `from` leaves with
  /// `fromRoot`, by the algorithm of RFC 9162, section 2.1.4.2.
  ///
  /// Two trees of one size must have one root, and the tree without leaves the root of nothing;
  /// the path is empty then, and every tree begins with no leaves.
  ///
  /// - Parameter path: As `TileSource.consistency` gives it.
  /// - Throws: `.sizesReversed`, `.pathLength`, `.fromRootDiffers` or `.toRootDiffers`. Returning
  ///   is the proof.
  /// - Cost: at most two node hashes for each hash of the path.
  package static func verifyConsistency(
    from: UInt64, to: UInt64, path: [MerkleHash], fromRoot: MerkleHash, toRoot: MerkleHash
  ) throws(ProofError) {
    guard from <= to else { throw .sizesReversed(from: from, to: to) }
    let expected = consistencyLength(from: from, to: to)
    guard path.count == expected else {
      throw .pathLength(expected: expected, found: path.count)
    }
    if from == 0 {
      guard fromRoot == emptyRoot else {
        throw .fromRootDiffers(claimed: fromRoot, computed: emptyRoot)
      }
      guard to > 0 || toRoot == emptyRoot else {
        throw .toRootDiffers(claimed: toRoot, computed: emptyRoot)
      }
      return
    }
    guard from < to else {
      guard fromRoot == toRoot else { throw .toRootDiffers(claimed: toRoot, computed: fromRoot) }
      return
    }
    // A whole power of two is itself a node of the newer tree: its root starts the path unsaid.
    var rest = path[...]
    let start = from.nonzeroBitCount == 1 ? fromRoot : rest.removeFirst()
    let complete = UInt64(from.trailingZeroBitCount)
    var walk = EdgeWalk(node: (from - 1) >> complete, last: (to - 1) >> complete)
    var older = start
    var newer = start
    for hash in rest {
      if walk.climb() {
        older = node(hash, older)
        newer = node(hash, newer)
      } else {
        newer = node(newer, hash)
      }
    }
    precondition(walk.last == 0, "a path of the right length ends at the root")
    guard older == fromRoot else { throw .fromRootDiffers(claimed: fromRoot, computed: older) }
    guard newer == toRoot else { throw .toRootDiffers(claimed: toRoot, computed: newer) }
  }

  /// How many hashes an inclusion path has. - Precondition: `index < size`.
  package static func inclusionLength(index: UInt64, size: UInt64) -> Int {
    // Below the point where the leaf's way parts from that of the last leaf each level has a
    // sibling; above it only those levels where the way comes from the right.
    let inner = 64 - (index ^ (size - 1)).leadingZeroBitCount
    return inner + (index >> UInt64(inner)).nonzeroBitCount
  }

  /// How many hashes a consistency path has. - Precondition: `from <= to`.
  package static func consistencyLength(from: UInt64, to: UInt64) -> Int {
    guard from > 0, from < to else { return 0 }
    // The way starts at the last complete subtree of the older tree, which is itself said first
    // unless it is the whole older tree.
    let complete = UInt64(from.trailingZeroBitCount)
    let way = inclusionLength(index: (from - 1) >> complete, size: ((to - 1) >> complete) + 1)
    return way + (from.nonzeroBitCount == 1 ? 0 : 1)
  }
}

/// The way from a node up to the root beside the way from the last leaf: the numbers fn and sn of
/// RFC 9162.
private struct EdgeWalk {
  var node: UInt64
  var last: UInt64

  /// Goes up by one hash of the path; true where that hash stands to the left.
  mutating func climb() -> Bool {
    let fromLeft = node & 1 == 1 || node == last
    if fromLeft {
      // The node is its level's last and has no sibling there: it rises until it has one.
      while node & 1 == 0, node != 0 { up() }
    }
    up()
    return fromLeft
  }

  private mutating func up() {
    node >>= 1
    last >>= 1
  }
}
