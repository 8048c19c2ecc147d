import Proofs
import TestSupport
import Testing

/// Roots and proofs against the recursive definition, and against each other.
@Suite("Trees of every size")
struct TreeTests {
  static let small = ReferenceTree.counting(to: 300)
  static let smallTiles = TileArray(small)
  static let medium = TileArray(ReferenceTree.counting(to: 2_001))
  /// Wide enough for three levels of tiles.
  static let large = TileArray(ReferenceTree.counting(to: 3 * 65_536 + 700))

  @Test("Root, paths and consistency are those of the definition", arguments: 0..<64)
  func definition(part: Int) throws {
    for size in stride(from: part, through: 300, by: 64) {
      let root = Self.small.root(0, size)
      #expect(try Self.smallTiles.root(size: UInt64(size)).bytes == root)
      for index in stride(from: size % 23, to: size, by: 23) {
        let path = try Self.smallTiles.inclusion(index: UInt64(index), size: UInt64(size))
        #expect(path == hashes(Self.small.path(index, 0, size)))
      }
      for from in stride(from: size % 23, through: size, by: 23) {
        let path = try Self.smallTiles.consistency(from: UInt64(from), to: UInt64(size))
        #expect(path == hashes(Self.small.consistency(from, size)))
      }
    }
  }

  @Test("A frontier has the root of the tiles at every size up to 2,000")
  func frontier() throws {
    var frontier = MerkleFrontier()
    for size in 0...2_000 as ClosedRange<UInt64> {
      #expect(frontier.size == size)
      #expect(frontier.root == (try Self.medium.root(size: size)))
      #expect(frontier == (try Self.medium.frontier(size: size)))
      frontier.push(Self.medium.levels[0][Int(size)])
    }
  }

  @Test("Every proof of a tree of up to 2,000 leaves is accepted", arguments: 0..<16)
  func accepted(part: Int) throws {
    var random = SplitMix64(seed: UInt64(part))
    for size in stride(from: UInt64(part + 1), through: 2_000, by: 16) {
      try checkProofs(of: Self.medium, size: size, samples: 12, using: &random)
    }
  }

  @Test(
    "Proofs hold around the powers of 256, where tiles begin and end",
    arguments: [
      255, 256, 257, 511, 512, 513, 65_279, 65_280, 65_535, 65_536, 65_537, 65_791, 65_792, 65_793,
      131_071, 131_072, 131_073, 196_608, 197_308,
    ])
  func aroundTiles(size: UInt64) throws {
    var random = SplitMix64(seed: size)
    try checkProofs(of: Self.large, size: size, samples: 24, using: &random)
  }

  @Test("A proof reads each tile that its plan names once, and no other")
  func fewTiles() throws {
    for (index, size) in [(0, 197_308), (70_000, 197_308), (197_307, 197_308), (3, 65_536)] {
      let tiles = WatchedTiles(Self.large)
      _ = try tiles.inclusion(index: UInt64(index), size: UInt64(size))
      let plan = try ProofPlan.inclusion(index: UInt64(index), size: UInt64(size))
      #expect(tiles.reads.count == plan.tiles.count)
      #expect(Set(tiles.reads) == Set(plan.tiles))
      #expect(plan.tiles.count <= 6)
    }
    let plan = try ProofPlan.consistency(from: 70_001, to: 197_308)
    #expect(plan.tiles.count <= 6)
  }

  @Test("A frontier takes whole subtrees where they fit")
  func subtrees() throws {
    var frontier = MerkleFrontier()
    frontier.push(try Self.medium.root(size: 1_024), height: 10)
    frontier.push(Merkle.root(Array(Self.medium.levels[0][1_024..<1_280])), height: 8)
    frontier.push(Self.medium.levels[0][1_280])
    #expect(frontier == (try Self.medium.frontier(size: 1_281)))
  }

  @Test("A frontier is remade from its size and subtrees, and from no other number of them")
  func remade() throws {
    let frontier = try Self.medium.frontier(size: 1_281)
    #expect(MerkleFrontier(size: 1_281, subtrees: frontier.subtrees) == frontier)
    #expect(MerkleFrontier(size: 1_280, subtrees: frontier.subtrees) == nil)
  }

  private func checkProofs(
    of tiles: TileArray, size: UInt64, samples: Int, using random: inout SplitMix64
  ) throws {
    let root = try tiles.root(size: size)
    for sample in 0..<samples {
      let edges = [0, size - 1, size / 2]
      let index = sample < edges.count ? edges[sample] : random.next() % size
      try Merkle.verifyInclusion(
        leaf: tiles.levels[0][Int(index)], index: index, size: size,
        path: tiles.inclusion(index: index, size: size), root: root)
      try Merkle.verifyConsistency(
        from: index, to: size, path: tiles.consistency(from: index, to: size),
        fromRoot: tiles.root(size: index), toRoot: root)
    }
    try Merkle.verifyConsistency(from: size, to: size, path: [], fromRoot: root, toRoot: root)
  }
}
