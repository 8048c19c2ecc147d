import CBOR
import Engine
import Ledger
import TestSupport
import Testing

/// Deduplication over everything that ever was appended.
@Suite("Identities")
struct IdentityTests {
  @Test(
    "Ids that share what is compared first are told apart", arguments: 0..<12 as Range<UInt64>)
  func collisions(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let directory = TemporaryDirectory()
    let views = try ViewStore(directory: directory.path)
    let identities = Identities(options: .tinyIdentities)
    try identities.open(views)
    var model: [EventID: UInt64] = [:]
    var ids: [UInt64: EventID] = [:]
    for position in 1...1_500 as ClosedRange<UInt64> {
      // Five different beginnings of eight bytes, the rest differs.
      let id = EventID(high: random.next() % 5 << 60, low: random.next() % 3_000)
      let found = identities.position(of: id) { ids[$0] == id }
      #expect(found == model[id])
      if found == nil {
        identities.insert(id, at: position)
        model[id] = position
        ids[position] = id
      }
      if random.next() % 20 == 0 {
        try views.flush([identities], progress: [])
        if random.next() % 4 == 0 { try identities.open(views) }
      }
    }
    for (id, position) in model {
      #expect(identities.position(of: id) { ids[$0] == id } == position)
    }
    #expect(identities.count == model.count)
    try views.close()
  }

  @Test(
    "A duplicate is found over the whole ledger, after every restart", arguments: [true, false])
  func duplicates(inBackground: Bool) throws {
    let bench = try Bench(runs: .tinyIdentities, mergesInBackground: inBackground)
    for round in 0..<30 {
      let inputs = (0..<20).map { input("note", id: "\(round)-\($0)", at: Int64(round)) }
      let receipts = try bench.engine.turn(inputs, clock: .event)
      #expect(receipts.allSatisfy { if case .appended = $0 { true } else { false } })
      try bench.engine.flush()
      if round % 7 == 6 { try bench.reopen() }
    }
    for reopens in [false, true] {
      if reopens { try bench.reopen() }
      for round in 0..<30 {
        for number in 0..<20 {
          let same = input("note", id: "\(round)-\(number)", at: Int64(round))
          let other = input("note", id: "\(round)-\(number)", at: Int64(round), ["other": true])
          let receipts = try bench.engine.turn([same, other], clock: .event)
          guard case .duplicate(let position) = receipts[0],
            case .conflict(position, field: "data") = receipts[1]
          else {
            Issue.record("\(round)-\(number): \(receipts)")
            continue
          }
          let event = try #require(try bench.ledger.event(at: position))
          #expect(event.externalID == "\(round)-\(number)")
        }
      }
    }
  }

  @Test("Views of before runs are made anew")
  func olderVersion() throws {
    let bench = try Bench()
    _ = try bench.engine.turn((0..<50).map { input("note", id: "\($0)", at: 1) }, clock: .event)
    try bench.engine.flush()
    let digest = try bench.engine.digest().map(\.digest)
    let end = bench.engine.committed.position
    try bench.reopen { views in
      let old = OldIdentities()
      try views.clear([old], projection: "engine")
      try views.flush([old], progress: [("engine", .init(version: "1", position: end))])
    }
    let receipts = try bench.engine.turn([input("note", id: "7", at: 1)], clock: .event)
    guard case .duplicate = receipts[0] else {
      Issue.record("\(receipts)")
      return
    }
    #expect(try bench.engine.digest().map(\.digest) == digest)
  }
}

extension RunOptions {
  static var tinyIdentities: RunOptions {
    var options = RunOptions()
    options.chunkBytes = 100
    options.absorbedEntries = 10
    options.rowsPerTransaction = 3
    return options
  }
}

/// What version 1 of the engine's own tables had under this name.
private final class OldIdentities: StoredTable {
  let name = "identities"
  let pendingCount = 1

  func open(_ source: any RowSource) throws {}

  func pendingRows() -> RowBatch {
    var batch = RowBatch()
    batch.put(0, [UInt8](repeating: 9, count: 32))
    return batch
  }

  func flushed() {}
  func freeze() {}
  func gather(_ limit: Int) -> Int { 0 }
  func frozenRows() -> FrozenRows { { RowBatch() } }
  func thaw() {}
}
