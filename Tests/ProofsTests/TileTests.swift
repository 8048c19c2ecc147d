import Proofs
import TestSupport
import Testing

@Suite("Tiles")
struct TileTests {
  @Test(
    "A tile's path is spelt in elements of three digits",
    arguments: [
      (0, 0, 256, "tile/0/000"), (0, 67, 256, "tile/0/067"), (0, 1_067, 256, "tile/0/x001/067"),
      (0, 1_234_067, 256, "tile/0/x001/x234/067"), (1, 1_000, 3, "tile/1/x001/000.p/3"),
      (63, 999, 255, "tile/63/999.p/255"),
      (7, UInt64.max, 1, "tile/7/x018/x446/x744/x073/x709/x551/615.p/1"),
    ])
  func path(level: Int, index: UInt64, width: Int, path: String) {
    let tile = Tile(level: level, index: index, width: width)
    #expect(tile.path == path)
    #expect(Tile(path: path) == tile)
  }

  @Test("The records of a tile have a path of their own")
  func entriesPath() {
    #expect(Tile(level: 0, index: 1_067).entriesPath == "tile/entries/x001/067")
    #expect(Tile(level: 0, index: 3, width: 9).entriesPath == "tile/entries/003.p/9")
  }

  @Test(
    "Any other spelling names no tile",
    arguments: [
      "", "tile", "tile/0", "tile/0/", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/+1/000",
      "tile/0/67", "tile/0/0067", "tile/0/x067", "tile/0/x000/067", "tile/0/001/067",
      "tile/0/x01/067", "tile/0/x001/x067", "tile/0/067.p", "tile/0/067.p/", "tile/0/067.p/0",
      "tile/0/067.p/256", "tile/0/067.p/01", "tile/0/067.p/-1", "tile/0/.p/1", "tile/0/067/.p/1",
      "/tile/0/067", "tile/0/067/", "tile//067", "tile/0/06٧", "tile/0/067.p/1/1", "data/0/067",
      "tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/0 7", "tile/x/067", "tile/0/x001.p/067",
    ])
  func malformedPath(path: String) {
    #expect(Tile(path: path) == nil)
  }

  @Test("Random paths name a tile only in its own spelling", arguments: 0..<8 as Range<UInt64>)
  func fuzzedPaths(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let letters = Array("tile/0123456789xp..//".utf8)
    for _ in 0..<4_000 {
      var path = Array(
        Tile(level: 1, index: random.next() >> (random.next() % 64), width: 7).path.utf8)
      for _ in 0..<random.next() % 3 {
        path[Int(random.next() % UInt64(path.count))] =
          letters[Int(random.next() % UInt64(letters.count))]
      }
      let text = String(decoding: path, as: UTF8.self)
      if let tile = Tile(path: text) { #expect(tile.path == text) }
    }
  }

  @Test(
    "The tiles of a tree of 70,000 leaves are those of the specification's example",
    arguments: [
      (0, 272, 256), (0, 273, 112), (0, 274, nil), (1, 0, 256), (1, 1, 17), (1, 2, nil),
      (2, 0, 1), (2, 1, nil), (3, 0, nil), (8, 0, nil), (63, 0, nil), (64, 0, nil), (-1, 0, nil),
      (0, UInt64.max, nil),
    ] as [(Int, UInt64, Int?)])
  func widths(level: Int, index: UInt64, width: Int?) {
    #expect(Tile(level: level, index: index, size: 70_000)?.width == width)
  }

  @Test("A tree of 256 leaves has a full tile and one hash above it")
  func fullTile() {
    #expect(Tile(level: 0, index: 0, size: 256)?.isFull == true)
    #expect(Tile(level: 1, index: 0, size: 256)?.width == 1)
    #expect(Tile(level: 7, index: 0, size: UInt64.max)?.width == 255)
  }

  @Test("Blocks appended one by one make the tiles that a whole tree has")
  func growth() throws {
    let whole = TreeTests.large
    let blocks = whole.levels[0].count / 256
    let grown = GrowingTiles()
    for block in 0..<blocks {
      let leaves = Array(whole.levels[0][block * 256..<block * 256 + 256])
      let growths = try TileGrowth.completing(block: UInt64(block), leaves: leaves, in: grown)
      #expect(growths.count == 1 + (block + 1).trailingZeroBitCount / 8)
      growths.forEach(grown.append)
    }
    for level in 1..<whole.levels.count { #expect(grown.levels[level] == whole.levels[level]) }
    #expect(grown.reads == 3)
  }

  @Test("A stored tile with too few hashes is named")
  func shortTile() throws {
    let leaves = Array(TreeTests.large.levels[0][..<256])
    let error = ProofError.tileWidth(tile: "tile/1/000.p/255", expected: 255, found: 0)
    #expect(throws: error) {
      try TileGrowth.completing(block: 255, leaves: leaves, in: GrowingTiles())
    }
    #expect(throws: ProofError.tileWidth(tile: "tile/1/000.p/1", expected: 1, found: 0)) {
      try GrowingTiles().root(size: 256)
    }
  }
}

/// Tiles of level 1 and above as a writer keeps them.
private final class GrowingTiles: TileSource {
  var levels: [[MerkleHash]] = [[], [], [], []]
  var reads = 0

  func append(_ growth: TileGrowth) {
    #expect(levels[growth.level].count == Int(growth.tile) * 256 + growth.offset)
    levels[growth.level].append(growth.hash)
  }

  func hashes(level: Int, tile: UInt64, width: Int) throws -> [MerkleHash] {
    reads += 1
    return Array(levels[level].dropFirst(Int(tile) * 256).prefix(width))
  }
}
