import Proofs
import TestSupport
import Testing

/// Whatever is changed in a proof, it proves nothing any more.
@Suite("Refused proofs")
struct RefusedProofTests {
  static let tiles = TileArray(ReferenceTree.counting(to: 700))
  static let sizes: [UInt64] = [1, 2, 3, 7, 8, 64, 255, 256, 257, 699]

  @Test("Every flipped bit of leaf, root or path is refused", arguments: sizes)
  func inclusionBits(size: UInt64) throws {
    let root = try Self.tiles.root(size: size)
    for index in Set([0, size / 2, size - 1]) {
      let leaf = Self.tiles.levels[0][Int(index)]
      let path = try Self.tiles.inclusion(index: index, size: size)
      func refused(_ leaf: MerkleHash, _ path: [MerkleHash], _ root: MerkleHash) {
        expectRefused {
          try Merkle.verifyInclusion(leaf: leaf, index: index, size: size, path: path, root: root)
        }
      }
      for bit in 0..<256 {
        refused(leaf.flipping(bit), path, root)
        refused(leaf, path, root.flipping(bit))
        for step in path.indices {
          var changed = path
          changed[step] = changed[step].flipping(bit)
          refused(leaf, changed, root)
        }
      }
    }
  }

  @Test("Every other index and nearly every other size is refused", arguments: sizes)
  func inclusionNumbers(size: UInt64) throws {
    let root = try Self.tiles.root(size: size)
    let index = size / 2
    let leaf = Self.tiles.levels[0][Int(index)]
    let path = try Self.tiles.inclusion(index: index, size: size)
    for other in 0...size + 2 where other != index {
      #expect(throws: ProofError.self, "index \(other)") {
        try Merkle.verifyInclusion(leaf: leaf, index: other, size: size, path: path, root: root)
      }
    }
    // A path says nothing of the size beyond its own shape: the same hashes lead to the same root
    // wherever the way up is the same. What binds the size is the checkpoint's signature.
    for other in 0...(2 * size + 2) where other != size {
      guard ReferenceTree.sides(index, other) != ReferenceTree.sides(index, size) else { continue }
      #expect(throws: ProofError.self, "size \(other)") {
        try Merkle.verifyInclusion(leaf: leaf, index: index, size: other, path: path, root: root)
      }
    }
  }

  @Test("A path with a hash more or less is refused by its length", arguments: sizes)
  func inclusionLength(size: UInt64) throws {
    let root = try Self.tiles.root(size: size)
    let index = size / 2
    let leaf = Self.tiles.levels[0][Int(index)]
    let path = try Self.tiles.inclusion(index: index, size: size)
    for changed in [path + [root], [leaf] + path, Array(path.dropLast()), Array(path.dropFirst())]
    where changed.count != path.count {
      #expect(throws: ProofError.pathLength(expected: path.count, found: changed.count)) {
        try Merkle.verifyInclusion(
          leaf: leaf, index: index, size: size, path: changed, root: root)
      }
    }
  }

  @Test(
    "An index outside the tree is refused, also at the far end of the numbers",
    arguments: [(0, 0), (1, 1), (5, 5), (UInt64.max, 7), (UInt64.max, UInt64.max)]
      as [(UInt64, UInt64)])
  func outside(index: UInt64, size: UInt64) {
    let error = ProofError.indexPastSize(index: index, size: size)
    #expect(throws: error) {
      try Merkle.verifyInclusion(
        leaf: Merkle.emptyRoot, index: index, size: size, path: [], root: Merkle.emptyRoot)
    }
    #expect(throws: error) { try Self.tiles.inclusion(index: index, size: size) }
  }

  @Test("Every flipped bit of a consistency proof is refused", arguments: sizes.dropFirst())
  func consistencyBits(to: UInt64) throws {
    let toRoot = try Self.tiles.root(size: to)
    for from in Set([1, to / 2, to - 1]) {
      let fromRoot = try Self.tiles.root(size: from)
      let path = try Self.tiles.consistency(from: from, to: to)
      func refused(_ path: [MerkleHash], _ fromRoot: MerkleHash, _ toRoot: MerkleHash) {
        expectRefused {
          try Merkle.verifyConsistency(
            from: from, to: to, path: path, fromRoot: fromRoot, toRoot: toRoot)
        }
      }
      refused(path + [toRoot], fromRoot, toRoot)
      refused(Array(path.dropLast()), fromRoot, toRoot)
      refused(path, toRoot, fromRoot)
      for bit in 0..<256 {
        refused(path, fromRoot.flipping(bit), toRoot)
        refused(path, fromRoot, toRoot.flipping(bit))
        for step in path.indices {
          var changed = path
          changed[step] = changed[step].flipping(bit)
          refused(changed, fromRoot, toRoot)
        }
      }
    }
  }

  @Test("Another older size is refused", arguments: sizes.dropFirst())
  func consistencyNumbers(to: UInt64) throws {
    let toRoot = try Self.tiles.root(size: to)
    let from = to / 2
    let fromRoot = try Self.tiles.root(size: from)
    let path = try Self.tiles.consistency(from: from, to: to)
    for other in 0...to + 2 where other != from {
      #expect(throws: ProofError.self, "from \(other)") {
        try Merkle.verifyConsistency(
          from: other, to: to, path: path, fromRoot: fromRoot, toRoot: toRoot)
      }
    }
  }

  @Test("Trees of one size need one root, and a tree without leaves the root of nothing")
  func borders() throws {
    let root = try Self.tiles.root(size: 5)
    let other = try Self.tiles.root(size: 6)
    #expect(throws: ProofError.toRootDiffers(claimed: other, computed: root)) {
      try Merkle.verifyConsistency(from: 5, to: 5, path: [], fromRoot: root, toRoot: other)
    }
    #expect(throws: ProofError.fromRootDiffers(claimed: root, computed: Merkle.emptyRoot)) {
      try Merkle.verifyConsistency(from: 0, to: 5, path: [], fromRoot: root, toRoot: other)
    }
    #expect(throws: ProofError.toRootDiffers(claimed: root, computed: Merkle.emptyRoot)) {
      try Merkle.verifyConsistency(
        from: 0, to: 0, path: [], fromRoot: Merkle.emptyRoot, toRoot: root)
    }
    #expect(throws: ProofError.sizesReversed(from: 6, to: 5)) {
      try Merkle.verifyConsistency(from: 6, to: 5, path: [], fromRoot: other, toRoot: root)
    }
    #expect(throws: ProofError.sizesReversed(from: 6, to: 5)) {
      try Self.tiles.consistency(from: 6, to: 5)
    }
  }

  @Test("Random numbers and paths are refused and never trap", arguments: 0..<8 as Range<UInt64>)
  func fuzz(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<2_000 {
      let shift = random.next() % 64
      let first = random.next() >> shift
      let second = random.next() >> (random.next() % 64)
      let count = Int(random.next() % 66)
      let path = (0..<count).map { _ in MerkleHash(random.next(), 0, 0, random.next()) }
      let root = MerkleHash(random.next(), 1, 2, 3)
      expectRefused {
        try Merkle.verifyInclusion(
          leaf: root, index: first, size: second, path: path, root: root.flipping(3))
      }
      expectRefused {
        try Merkle.verifyConsistency(
          from: first, to: second, path: path, fromRoot: root, toRoot: root.flipping(5))
      }
    }
  }
}

/// As `#expect(throws:)`, which is slow a hundred thousand times.
private func expectRefused(
  sourceLocation: SourceLocation = #_sourceLocation, _ check: () throws -> Void
) {
  do {
    try check()
    Issue.record("the proof was accepted", sourceLocation: sourceLocation)
  } catch is ProofError {
    return
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}

extension MerkleHash {
  func flipping(_ bit: Int) -> MerkleHash {
    var bytes = bytes
    bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    return MerkleHash(bytes: bytes)!
  }
}
