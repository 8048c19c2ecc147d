/// The right edge of a growing Merkle tree: the roots of its complete subtrees, the largest first,
/// one for each bit that is set in the size. From it follow the root and all that is yet to come.
///
/// ```
/// size 7 = 111 binary:   [ 0…3 ]  [ 4 5 ]  [ 6 ]     three hashes
/// ```
package struct MerkleFrontier: Equatable, Sendable {
  /// How many leaves the tree has.
  package private(set) var size: UInt64 = 0
  /// The roots of the complete subtrees, from left to right.
  package private(set) var subtrees: [MerkleHash] = []

  /// The edge of the tree without leaves.
  package init() {
    subtrees.reserveCapacity(64)
  }

  /// The edge of a tree of `size` leaves, from the roots of its complete subtrees, left to right.
  ///
  /// Returns nil where `subtrees` are not as many as `size` has bits that are set.
  package init?(size: UInt64, subtrees: [MerkleHash]) {
    guard subtrees.count == size.nonzeroBitCount else { return nil }
    self.size = size
    self.subtrees = subtrees
  }

  /// Appends a leaf hash. Cost: one node hash a leaf on average, 64 at worst.
  package mutating func push(_ leaf: MerkleHash) {
    push(leaf, height: 0)
  }

  /// Appends a complete subtree of 2^height leaves by its root.
  ///
  /// - Precondition: The size is a multiple of 2^height (a subtree lies only where it can be a
  ///   node of the tree), `0 <= height < 64`, and the new size is below 2^64.
  package mutating func push(_ subtree: MerkleHash, height: Int) {
    precondition(height >= 0 && height < 64, "a subtree's height is 0 to 63")
    let count: UInt64 = 1 << UInt64(height)
    precondition(size & (count - 1) == 0, "a subtree starts at a multiple of its leaves")
    // A binary counter: what is added to carries into the next bit for as long as bits are set.
    var carried = subtree
    var bit = count
    while size & bit != 0 {
      carried = Merkle.node(subtrees.removeLast(), carried)
      bit <<= 1
    }
    subtrees.append(carried)
    size += count
  }

  /// The tree's root. Cost: at most 63 node hashes.
  package var root: MerkleHash {
    guard var root = subtrees.last else { return Merkle.emptyRoot }
    for subtree in subtrees.dropLast().reversed() { root = Merkle.node(subtree, root) }
    return root
  }
}
