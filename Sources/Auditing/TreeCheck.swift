import Ledger
import Proofs

/// Grows the tree from the records' hashes and compares it with the stored tiles.
struct TreeCheck: ~Copyable {
  private let ledger: Ledger
  /// Blocks below this one must have their hashes stored.
  private let sealedBlocks: UInt64
  private(set) var frontier = MerkleFrontier()
  /// The hashes of each level's open tile, from level 1 up.
  private var open: [[MerkleHash]] = []
  /// The same as they are stored.
  private var stored: [[MerkleHash]] = []

  init(_ ledger: Ledger, sealedBlocks: UInt64) {
    self.ledger = ledger
    self.sealedBlocks = sealedBlocks
  }

  /// Takes in the next block: a whole one, or the last.
  mutating func take(
    _ findings: BlockFindings, _ report: inout AuditReport
  ) throws(LedgerError) {
    guard let root = findings.root else {
      for leaf in findings.leaves { frontier.push(leaf) }
      return
    }
    frontier.push(root, height: Tile.height)
    try append(root, level: 1, index: (findings.first - 1) / UInt64(Tile.fullWidth), &report)
  }

  /// The root of the tree that ends inside the next block, or at its end.
  func root(size: UInt64, in findings: BlockFindings) -> MerkleHash {
    var edge = frontier
    for leaf in findings.leaves.prefix(Int(size - edge.size)) { edge.push(leaf) }
    return edge.root
  }

  /// - Parameter index: The hash's place in its level.
  private mutating func append(
    _ hash: MerkleHash, level: Int, index: UInt64, _ report: inout AuditReport
  ) throws(LedgerError) {
    let width = UInt64(Tile.fullWidth)
    while open.count < level {
      open.append([])
      stored.append([])
    }
    if index % width == 0 {
      open[level - 1] = []
      stored[level - 1] = try ledger.storedTile(level: level, tile: index / width)
      try checkWidth(level: level, tile: index / width, &report)
    }
    open[level - 1].append(hash)
    compare(hash, level: level, index: index, &report)
    if index % width == width - 1 {
      try append(
        Merkle.root(open[level - 1]), level: level + 1, index: index / width, &report)
    }
  }

  private func compare(
    _ hash: MerkleHash, level: Int, index: UInt64, _ report: inout AuditReport
  ) {
    let offset = Int(index % UInt64(Tile.fullWidth))
    let span: UInt64 = 1 << UInt64(level * Tile.height)
    let stored = offset < stored[level - 1].count ? stored[level - 1][offset] : nil
    // What was sealed meanwhile may be stored already, and need not.
    let mustBeThere = (index + 1) * span <= sealedBlocks * UInt64(Tile.fullWidth)
    guard stored != hash, stored != nil || mustBeThere else { return }
    report.add(
      Difference(
        index * span + 1,
        "the tree's hash of positions \(index * span + 1) to \((index + 1) * span)",
        is: stored?.hex ?? "missing", but: "the records give \(hash.hex)"))
  }

  /// A tile has no more hashes than there are sealed records below it.
  private func checkWidth(
    level: Int, tile: UInt64, _ report: inout AuditReport
  ) throws(LedgerError) {
    let sealed = try ledger.sealedThrough
    let most = Tile(level: level, index: tile, size: sealed)?.width ?? 0
    let width = stored[level - 1].count
    guard width > most else { return }
    report.add(
      Difference(
        sealed, "the tree's tile \(tile) of level \(level)", is: "\(width) hashes wide",
        but: "the sealed records give \(most)"))
  }
}
