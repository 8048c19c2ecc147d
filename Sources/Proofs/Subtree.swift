/// A complete subtree: the leaves [index · 2^height, (index + 1) · 2^height).
package struct Subtree: Hashable, Sendable {
  /// 0 for a leaf, below 64.
  package let height: Int
  /// Its place among the subtrees of its height, from 0.
  package let index: UInt64

  /// - Precondition: `0 <= height < 64`.
  package init(height: Int, index: UInt64) {
    precondition(0...63 ~= height, "a subtree's height is 0 to 63")
    self.height = height
    self.index = index
  }
}

/// The complete subtrees that together cover a stretch of leaves, from left to right.
///
/// The hash of the stretch follows from theirs, folded from the right (RFC 6962, section 2.1).
struct SubtreeCover: Sendable {
  let subtrees: [Subtree]

  /// The leaves [first, end), where `first` is a multiple of the largest power of two that is at
  /// most `end - first`: as every node of a Merkle tree is.
  init(first: UInt64, end: UInt64) {
    var subtrees: [Subtree] = []
    var start = first
    while start < end {
      let height = 63 - (end - start).leadingZeroBitCount
      subtrees.append(Subtree(height: height, index: start >> UInt64(height)))
      start += 1 << UInt64(height)
    }
    self.subtrees = subtrees
  }
}

extension Subtree {
  /// Where the subtree's leaves stand: the tile with the nearest level at or below its height,
  /// and which of that tile's hashes it is the root of.
  ///
  /// - Precondition: The subtree is complete in a tree of `size` leaves.
  func place(size: UInt64) -> (tile: Tile, hashes: Range<Int>) {
    let level = height / Tile.height
    let span: UInt64 = 1 << UInt64(height % Tile.height)
    let first = index * span
    let width = UInt64(Tile.fullWidth)
    guard let tile = Tile(level: level, index: first / width, size: size) else {
      preconditionFailure("a subtree is not in its tree")
    }
    let offset = Int(first % width)
    return (tile, offset..<offset + Int(span))
  }
}
