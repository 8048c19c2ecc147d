import Crypto

/// The hashes of a Merkle tree (RFC 6962, section 2.1; RFC 9162, section 2.1.1).
///
/// A leaf and a node are hashed with different first bytes, so that no record can pass for a pair
/// of hashes.
package enum Merkle {
  /// The root of the tree without leaves: SHA-256 of nothing.
  package static let emptyRoot = MerkleHash(
    0xe3b0_c442_98fc_1c14, 0x9afb_f4c8_996f_b924, 0x27ae_41e4_649b_934c, 0xa495_991b_7852_b855)

  /// SHA-256(0x00 ‖ record). Cost: that of the hash, with one allocation, the hasher's own.
  package static func leaf(_ record: RawSpan) -> MerkleHash {
    var hasher = SHA256()
    hasher.update(prefix: 0x00)
    hasher.update(record)
    return hasher.merkleHash
  }

  /// SHA-256(0x01 ‖ left ‖ right). Cost: two blocks of the hash, with one allocation, the hasher's.
  package static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
    var hasher = SHA256()
    hasher.update(prefix: 0x01)
    let pair: InlineArray<8, UInt64> = [
      left.words.0.bigEndian, left.words.1.bigEndian, left.words.2.bigEndian,
      left.words.3.bigEndian, right.words.0.bigEndian, right.words.1.bigEndian,
      right.words.2.bigEndian, right.words.3.bigEndian,
    ]
    // SAFETY: words have no padding.
    unsafe hasher.update(pair.span.bytes)
    return hasher.merkleHash
  }

  /// The root of the tree over `leaves`, which are leaf hashes, not records.
  ///
  /// Cost: one node hash a leaf; no allocation but the frontier's. No leaves: `emptyRoot`.
  package static func root(_ leaves: [MerkleHash]) -> MerkleHash {
    var frontier = MerkleFrontier()
    for leaf in leaves { frontier.push(leaf) }
    return frontier.root
  }
}

extension SHA256 {
  fileprivate mutating func update(prefix: UInt8) {
    // SAFETY: the pointer spans the one byte, which outlives the closure.
    unsafe withUnsafeBytes(of: prefix) { unsafe update(bufferPointer: $0) }
  }

  fileprivate mutating func update(_ bytes: RawSpan) {
    // SAFETY: the pointer spans the bytes, which are borrowed for the whole call, and does not
    // leave the closure.
    unsafe bytes.withUnsafeBytes { unsafe update(bufferPointer: $0) }
  }

  fileprivate var merkleHash: MerkleHash {
    // SAFETY: the digest's 32 bytes outlive the closure, and the span stays inside it.
    unsafe finalize().withUnsafeBytes { unsafe MerkleHash($0.bytes) }
  }
}
