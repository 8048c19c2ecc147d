/// Why a proof cannot be made, or does not prove what it claims.
package enum ProofError: Error, Equatable {
  /// The leaf is not in a tree of this size.
  case indexPastSize(index: UInt64, size: UInt64)
  /// The older tree is larger than the newer one.
  case sizesReversed(from: UInt64, to: UInt64)
  /// The path has not as many hashes as the two numbers ask for.
  case pathLength(expected: Int, found: Int)
  /// The leaf and the path lead to another root.
  case rootDiffers(claimed: MerkleHash, computed: MerkleHash)
  /// The path leads to another root of the older tree.
  case fromRootDiffers(claimed: MerkleHash, computed: MerkleHash)
  /// The path leads to another root of the newer tree.
  case toRootDiffers(claimed: MerkleHash, computed: MerkleHash)
  /// A source of tiles gave another number of hashes than it was asked for.
  case tileWidth(tile: String, expected: Int, found: Int)
}

extension ProofError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .indexPastSize(let index, let size):
      "index \(index) is not in a tree of size \(size): name an index below the size"
    case .sizesReversed(let from, let to):
      "size \(from) is larger than size \(to): name the older, smaller tree first"
    case .pathLength(let expected, let found):
      "the path has \(found) hashes where these numbers need \(expected): "
        + "it was cut, padded, or made for another index or size"
    case .rootDiffers(let claimed, let computed):
      "leaf and path lead to the root \(computed), not to \(claimed): "
        + "the record, the path or the root was changed, or belongs to another tree"
    case .fromRootDiffers(let claimed, let computed):
      "the path leads to the older root \(computed), not to \(claimed): "
        + "the newer tree does not continue this older one"
    case .toRootDiffers(let claimed, let computed):
      "the path leads to the newer root \(computed), not to \(claimed): "
        + "the newer tree does not continue the older one"
    case .tileWidth(let tile, let expected, let found):
      "\(tile) has \(found) hashes where the tree needs \(expected): the stored tree is damaged"
    }
  }
}
