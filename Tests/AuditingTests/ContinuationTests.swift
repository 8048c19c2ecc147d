import Auditing
import Ledger
import Proofs
import TestSupport
import Testing

@Suite("A ledger and a checkpoint that was kept")
struct ContinuationTests {
  private static let history = History.random(seed: 21, count: 900)

  private func checkpoint(_ size: Int, of history: History = ContinuationTests.history)
    -> Checkpoint
  {
    let leaves = history.events.prefix(size).map { Merkle.leaf($0.record.span.rawSpan) }
    return Checkpoint(origin: "recount.local/test", size: UInt64(size), root: Merkle.root(leaves))
  }

  @Test(
    "A ledger continues its checkpoints of every size",
    arguments: [0, 1, 2, 255, 256, 257, 512, 700, 900])
  func continues(size: Int) throws {
    for hot in [nil, 0] as [UInt64?] {
      let stored = try StoredHistory(Self.history, hotRecords: hot)
      let report = try stored.read {
        try LedgerAudit($0, continuing: checkpoint(size)).run()
      }
      #expect(report.differences == [])
    }
  }

  @Test("A ledger rewritten as a whole is found by a checkpoint alone")
  func rewritten() throws {
    var other = Self.history
    // The subject is not in the id: all hashes and ids fit again.
    other.replace(300) { $0.with(subject: Array("c-someone-else".utf8)) }
    let stored = try StoredHistory(other, hotRecords: 0)
    #expect(try stored.read { try LedgerAudit($0).run() }.differences == [])
    #expect(
      try stored.read { try LedgerAudit($0, continuing: checkpoint(299)).run() }.differences == [])
    for size in [300, 512, 900] {
      let report = try stored.read { try LedgerAudit($0, continuing: checkpoint(size)).run() }
      #expect(report.differences.map(\.what) == ["the checkpoint's root"])
      #expect(report.differences.first?.position == UInt64(size))
      #expect(report.differences.first?.stored == checkpoint(size).root.hex)
    }
  }

  @Test("A ledger that lost its end is found by a checkpoint alone")
  func cutOff() throws {
    let stored = try StoredHistory(Self.history)
    let longer = History.random(seed: 21, count: 1_000)
    let report = try stored.read {
      try LedgerAudit($0, continuing: checkpoint(1_000, of: longer)).run()
    }
    #expect(report.differences.map(\.what) == ["the checkpoint"])
    #expect(report.differences.first?.position == UInt64(Self.history.events.count))
  }
}
