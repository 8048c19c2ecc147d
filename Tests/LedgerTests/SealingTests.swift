import CBOR
import Glibc
import LMDB
import Ledger
import Proofs
import TestSupport
import Testing

@Suite("Sealing")
struct SealingTests {
  /// Waits for the sealer, which commits by itself when nobody else does.
  private func waitUntilSealed(_ ledger: Ledger, through position: UInt64) throws {
    for _ in 0..<2_000 {
      if try ledger.sealedThrough >= position { break }
      usleep(5_000)
    }
    #expect(try ledger.sealedThrough == position)
    #expect(ledger.sealingFailure == nil)
  }

  /// RFC 6962, section 2.1, as it is written there.
  private func root(_ leaves: ArraySlice<MerkleHash>) -> MerkleHash {
    if leaves.count == 1 { return leaves[leaves.startIndex] }
    var split = 1
    while split * 2 < leaves.count { split *= 2 }
    let middle = leaves.startIndex + split
    return Merkle.node(root(leaves[..<middle]), root(leaves[middle...]))
  }

  @Test(
    "What is read does not depend on what is sealed: ranges, points, headers, tree",
    arguments: [(seed: UInt64(1), hot: UInt64(0)), (2, 0), (3, 100), (4, 700), (5, 5_000)])
  func reading(seed: UInt64, hot: UInt64) throws {
    let directory = TemporaryDirectory()
    var random = SplitMix64(seed: seed)
    var first = try ledger(directory) { $0.hotRecords = hot }
    var all: [Event] = []
    while all.count < 4_000 {
      let count = [1, 5, 64, 256, 300, 700].randomElement(using: &random)!
      let commit = (0..<count).map { index in
        event(
          UInt64(all.count + index + 1), subject: "s\(index % 9)",
          payloadBytes: Int.random(in: 0..<90, using: &random))
      }
      try first.append(commit)
      all += commit
      try check(first, all, &random, rounds: 2)
    }
    let sealable = UInt64(all.count) < hot ? 0 : (UInt64(all.count) - hot) / 256 * 256
    try waitUntilSealed(first, through: sealable)
    try check(first, all, &random, rounds: 20)
    let leaves = all.map { Merkle.leaf($0.record.rawSpan) }
    for size in [1, 2, 255, 256, 257, 512, 1_000, all.count - 1, all.count] {
      #expect(try first.tree.root(size: UInt64(size)) == root(leaves[..<size]), "\(size)")
    }
    first.close()
    first = try ledger(directory) {
      $0.hotRecords = hot
      $0.growAheadBytes = 0
    }
    #expect(first.end.position == UInt64(all.count))
    #expect(first.end.recordedAt == all.last?.recordedAt)
    try check(first, all, &random, rounds: 20)
    #expect(try first.tree.root(size: UInt64(all.count)) == root(leaves[...]))
    first.close()
  }

  private func check(
    _ ledger: Ledger, _ all: [Event], _ random: inout SplitMix64, rounds: Int
  ) throws {
    for _ in 0..<rounds {
      let start = Int.random(in: 1...all.count, using: &random)
      let end = min(all.count, start + [0, 3, 300, 4_000].randomElement(using: &random)!)
      var found: [Event] = []
      try ledger.forEachEvent(from: UInt64(start), through: UInt64(end)) { (event) -> Bool in
        found.append(event)
        return true
      }
      #expect(found == Array(all[start - 1..<end]))
      var headers: [EventHeader] = []
      try ledger.forEachHeader(from: UInt64(start), through: UInt64(end)) { position, header in
        #expect(position == UInt64(start + headers.count))
        headers.append(header)
        return true
      }
      #expect(headers == found.map(\.header))
      let point = Int.random(in: 1...all.count, using: &random)
      #expect(try ledger.event(at: UInt64(point)) == all[point - 1])
      var last: UInt64 = 0
      try ledger.forEachEvent(from: 1) { (event) -> Bool in
        last = event.position
        return event.position < UInt64(point)
      }
      #expect(last == UInt64(point), "reading stops where the reader says so")
    }
    #expect(try ledger.event(at: UInt64(all.count) + 1) == nil)
  }

  @Test("The tail keeps only what is not sealed, and its pages are used again")
  func reuse() throws {
    let directory = TemporaryDirectory()
    let first = try ledger(directory) { $0.hotRecords = 512 }
    var size: Int64 = 0
    for commit in 0..<200 as Range<UInt64> {
      try first.append((1...256).map { event(commit * 256 + $0, payloadBytes: 0) })
      if commit == 60 {
        try waitUntilSealed(first, through: 59 * 256)
        size = try fileSize(directory)
      }
      if commit > 60 { try waitUntilSealed(first, through: (commit - 1) * 256) }
    }
    // 140 commits of 37 KB in the tail, and 140 segments of 10 KB that stay.
    let growth = try fileSize(directory) - size
    #expect(growth < 140 * 20_000, "the file grew by \(growth) bytes")
    first.close()
    let environment = try Environment(directory: directory.path)
    defer { environment.close() }
    let tail = try environment.openTable("tail")
    let segments = try environment.openTable("segments")
    let counts = try environment.read { (txn) throws(LMDBError) in
      try (txn.entryCount(of: tail), txn.entryCount(of: segments))
    }
    #expect(counts.0 == 2)
    #expect(counts.1 == 198)
  }

  private func fileSize(_ directory: TemporaryDirectory) throws -> Int64 {
    var status = stat()
    #expect(stat(directory.path + "/data.mdb", &status) == 0)
    return Int64(status.st_size)
  }

  @Test("A damaged block of the tail is not sealed: reading tells where, appending goes on")
  func damagedTail() throws {
    let directory = TemporaryDirectory()
    let first = try ledger(directory) { $0.seals = false }
    try first.append((1...256).map { event($0) })
    try first.append((257...512).map { event($0) })
    try first.append([event(513)])
    first.close()
    let environment = try Environment(directory: directory.path)
    let tail = try environment.openTable("tail")
    try environment.write { (txn) throws(LMDBError) in
      guard var bytes = try txn.value(for: 257, in: tail)?.copiedBytes else { return }
      bytes[5_000] ^= 1
      try txn.put(bytes.span, for: 257, in: tail)
    }
    environment.close()
    let again = try ledger(directory) { $0.hotRecords = 0 }
    try again.append((514...600).map { event($0) })
    try waitForFailure(again)
    #expect(try again.sealedThrough <= 256)
    #expect("\(again.sealingFailure.map { "\($0)" } ?? "")".contains("at position 257"))
    #expect(try again.event(at: 256) == event(256))
    #expect(throws: LedgerError.self) { _ = try again.event(at: 300) }
    again.close()
  }

  private func waitForFailure(_ ledger: Ledger) throws {
    for _ in 0..<2_000 where ledger.sealingFailure == nil { usleep(5_000) }
  }

  @Test("Readers see one history while records move from the tail to segments")
  func concurrently() async throws {
    let directory = TemporaryDirectory()
    let ledger = try ledger(directory) { $0.hotRecords = 256 }
    let readers = (0..<3).map { reader in
      Task.detached { () throws -> UInt64 in
        var random = SplitMix64(seed: UInt64(reader))
        var end: UInt64 = 0
        while end < 30_000 {
          end = ledger.end.position
          guard end > 0 else { continue }
          var next = UInt64.random(in: 1...end, using: &random)
          try ledger.forEachEvent(from: next) { (found) -> Bool in
            #expect(found.position == next && found.externalID == "e\(next)")
            next += 1
            return next % 2_000 != 0
          }
          let point = UInt64.random(in: 1...end, using: &random)
          #expect(try ledger.event(at: point)?.externalID == "e\(point)")
        }
        return end
      }
    }
    for commit in 0..<300 as Range<UInt64> {
      try ledger.append((1...100).map { event(commit * 100 + $0, payloadBytes: 3) })
    }
    for reader in readers { #expect(try await reader.value == 30_000) }
    ledger.close()
  }
}
