/// Which subtrees a proof is made of: layout alone, no hash and no I/O.
package struct ProofPlan: Sendable {
  /// How many leaves the tree has of whose tiles the proof is made.
  package let size: UInt64
  /// For each hash of the proof, the subtrees that it is folded from.
  let covers: [SubtreeCover]

  /// The root of a tree of `size` leaves; a tree without leaves needs nothing.
  package static func root(size: UInt64) -> ProofPlan {
    ProofPlan(size: size, covers: size == 0 ? [] : [SubtreeCover(first: 0, end: size)])
  }

  /// The path of leaf `index` in a tree of `size` leaves (RFC 6962, section 2.1.1), from the leaf
  /// to the root.
  package static func inclusion(
    index: UInt64, size: UInt64
  ) throws(ProofError) -> ProofPlan {
    guard index < size else { throw .indexPastSize(index: index, size: size) }
    var covers: [SubtreeCover] = []
    var first: UInt64 = 0
    var end = size
    // From the root down: the half without the leaf goes into the path, the other is descended.
    while end - first > 1 {
      let split = first + largestPowerOfTwo(below: end - first)
      if index < split {
        covers.append(SubtreeCover(first: split, end: end))
        end = split
      } else {
        covers.append(SubtreeCover(first: first, end: split))
        first = split
      }
    }
    covers.reverse()
    return ProofPlan(size: size, covers: covers)
  }

  /// The proof that the tree of `to` leaves begins with the tree of `from` leaves (RFC 6962,
  /// section 2.1.2). Empty where the two are the same, or where nothing is all that was there.
  package static func consistency(from: UInt64, to: UInt64) throws(ProofError) -> ProofPlan {
    guard from <= to else { throw .sizesReversed(from: from, to: to) }
    guard from > 0, from < to else { return ProofPlan(size: to, covers: []) }
    var covers: [SubtreeCover] = []
    var first: UInt64 = 0
    var end = to
    // From the root down to the node that the old tree has as its last: what the old tree has not
    // lies to the right, what it has whole to the left.
    while from < end {
      let split = first + largestPowerOfTwo(below: end - first)
      if from <= split {
        covers.append(SubtreeCover(first: split, end: end))
        end = split
      } else {
        covers.append(SubtreeCover(first: first, end: split))
        first = split
      }
    }
    // The verifier knows the old root; where this node is another, it must be told.
    if first > 0 { covers.append(SubtreeCover(first: first, end: end)) }
    covers.reverse()
    return ProofPlan(size: to, covers: covers)
  }

  /// The tiles that hold what the plan needs, each once, in order of first use.
  package var tiles: [Tile] {
    var tiles: [Tile] = []
    for cover in covers {
      for subtree in cover.subtrees {
        let tile = subtree.place(size: size).tile
        if !tiles.contains(tile) { tiles.append(tile) }
      }
    }
    return tiles
  }

  /// The largest power of two below `count`, which is at least 2.
  private static func largestPowerOfTwo(below count: UInt64) -> UInt64 {
    1 << UInt64(63 - (count - 1).leadingZeroBitCount)
  }
}
