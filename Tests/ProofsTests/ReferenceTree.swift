import Crypto
import Proofs

/// RFC 6962, section 2.1, written down as it stands there: slow, recursive, and without a line in
/// common with what it judges.
struct ReferenceTree {
  let records: [[UInt8]]

  /// Records that are all different: the numbers below `count`, in decimal.
  static func counting(to count: Int) -> ReferenceTree {
    ReferenceTree(records: (0..<count).map { Array("\($0)".utf8) })
  }

  func leaf(_ index: Int) -> [UInt8] { Self.sha256([0] + records[index]) }

  /// MTH(D[first:end]).
  func root(_ first: Int, _ end: Int) -> [UInt8] {
    if first == end { return Self.sha256([]) }
    if end - first == 1 { return leaf(first) }
    let split = first + Self.split(end - first)
    return Self.sha256([1] + root(first, split) + root(split, end))
  }

  /// PATH(m, D[first:end]), with m counted from `first`.
  func path(_ m: Int, _ first: Int, _ end: Int) -> [[UInt8]] {
    if end - first <= 1 { return [] }
    let k = Self.split(end - first)
    if m < k { return path(m, first, first + k) + [root(first + k, end)] }
    return path(m - k, first + k, end) + [root(first, first + k)]
  }

  /// PROOF(m, D[0:n]).
  func consistency(_ m: Int, _ n: Int) -> [[UInt8]] {
    m == 0 || m == n ? [] : subproof(m, 0, n, true)
  }

  private func subproof(_ m: Int, _ first: Int, _ end: Int, _ known: Bool) -> [[UInt8]] {
    if m == end - first { return known ? [] : [root(first, end)] }
    let k = Self.split(end - first)
    if m <= k { return subproof(m, first, first + k, known) + [root(first + k, end)] }
    return subproof(m - k, first + k, end, false) + [root(first, first + k)]
  }

  /// On which side each hash of an inclusion path stands, from the root to the leaf.
  static func sides(_ index: UInt64, _ size: UInt64) -> [Bool]? {
    guard index < size else { return nil }
    guard size > 1 else { return [] }
    let k = UInt64(split(Int(size)))
    return index < k
      ? [false] + sides(index, k)! : [true] + sides(index - k, size - k)!
  }

  /// The largest power of two below `count`.
  private static func split(_ count: Int) -> Int {
    var k = 1
    while k * 2 < count { k *= 2 }
    return k
  }

  static func sha256(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
}

/// All tiles of a tree, made level by level from its leaf hashes.
struct TileArray: TileSource, Sendable {
  let levels: [[MerkleHash]]

  init(leaves: [MerkleHash]) {
    var levels = [leaves]
    while let below = levels.last, below.count >= 256 {
      let full = 0..<below.count / 256
      levels.append(full.map { Merkle.root(Array(below[$0 * 256..<$0 * 256 + 256])) })
    }
    self.levels = levels
  }

  init(_ tree: ReferenceTree) {
    self.init(leaves: tree.records.indices.map { MerkleHash(bytes: tree.leaf($0))! })
  }

  func hashes(level: Int, tile: UInt64, width: Int) throws -> [MerkleHash] {
    let first = Int(tile) * 256
    return Array(levels[level][first..<first + width])
  }
}

/// Remembers which tiles were read.
final class WatchedTiles: TileSource {
  let tiles: TileArray
  var reads: [Tile] = []

  init(_ tiles: TileArray) {
    self.tiles = tiles
  }

  func hashes(level: Int, tile: UInt64, width: Int) throws -> [MerkleHash] {
    reads.append(Tile(level: level, index: tile, width: width))
    return try tiles.hashes(level: level, tile: tile, width: width)
  }
}

func hashes(_ bytes: [[UInt8]]) -> [MerkleHash] { bytes.map { MerkleHash(bytes: $0)! } }
