package import Ledger
package import Proofs

/// Walks a ledger in its order and recomputes what can be recomputed from the records alone.
///
/// Checked are: every block's and segment's checksums, dense positions, the records' structure,
/// texts and payloads, ledger time, causes and roots of chains, names given before their use,
/// event ids, leaf hashes and every stored hash of the tree, and the root. Whoever rewrites a
/// ledger as a whole makes one that is whole: against that a checkpoint helps that was kept
/// elsewhere.
///
/// Decisions are not derived anew here.
package struct LedgerAudit {
  private let ledger: Ledger
  private let checkpoint: Checkpoint?

  /// - Parameter checkpoint: One that the ledger must continue; its signature was checked.
  package init(_ ledger: Ledger, continuing checkpoint: Checkpoint? = nil) {
    self.ledger = ledger
    self.checkpoint = checkpoint
  }

  /// Walks through to where the ledger ended when it was opened.
  ///
  /// It stops early where records cannot be read: that is a difference, and there is no root then.
  /// - Parameter progress: Told the position reached, every 256.
  /// - Throws: ``LedgerError/store(_:)`` where the store refuses.
  /// - Cost: all cores; 1 µs of one of them an event, to be divided by their number. 24 MiB.
  package func run(progress: (UInt64) -> Void = { _ in }) throws(LedgerError) -> AuditReport {
    let end = ledger.end.position
    let width = UInt64(Segment.recordCount)
    let sealedBlocks = min(try ledger.sealedThrough, end) / width
    var report = AuditReport(size: end)
    let ledger = ledger
    let pipeline = BlockPipeline(count: (end + width - 1) / width) {
      BlockInspector(ledger, end: end, sealedBlocks: sealedBlocks)
    }
    defer { pipeline.cancel() }
    var inspector = BlockInspector(ledger, end: end, sealedBlocks: sealedBlocks)
    var chain = Chain(ledger)
    var tree = TreeCheck(ledger, sealedBlocks: sealedBlocks)
    if let checkpoint, checkpoint.size == 0 || checkpoint.size > end {
      checkSize(checkpoint, end, &report)
    }
    while let findings = pipeline.next(&inspector) {
      for difference in findings.differences { report.add(difference) }
      do throws(LedgerError) {
        try chain.follow(findings, &report)
        report.events += UInt64(findings.headers.count)
        if let failure = findings.failure { throw failure }
        checkRoot(tree, findings, &report)
        try tree.take(findings, &report)
      } catch {
        guard case .damaged(let position, let cause) = error else { throw error }
        report.add(Difference(unreadable: cause, at: position))
        return report
      }
      progress(min(end, findings.first + width - 1))
    }
    chain.compare(with: try ledger.names(isTrusting: true), end: end, &report)
    report.root = tree.frontier.root
    return report
  }

  private func checkSize(_ checkpoint: Checkpoint, _ end: UInt64, _ report: inout AuditReport) {
    guard checkpoint.size > end else { return }
    report.add(
      Difference(
        end, "the checkpoint", is: "one of \(checkpoint.size) records",
        but: "the ledger has \(end): later ones were cut off, or it is another ledger"))
  }

  private func checkRoot(
    _ tree: borrowing TreeCheck, _ findings: BlockFindings, _ report: inout AuditReport
  ) {
    let block = findings.first...findings.first + UInt64(findings.headers.count) - 1
    guard let checkpoint, block.contains(checkpoint.size) else { return }
    let root = tree.root(size: checkpoint.size, in: findings)
    guard root != checkpoint.root else { return }
    report.add(
      Difference(
        checkpoint.size, "the checkpoint's root", is: checkpoint.root.hex,
        but: "the first \(checkpoint.size) records give \(root.hex): one of them was changed, or "
          + "it is another ledger"))
  }
}
