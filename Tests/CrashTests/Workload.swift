import CBOR
import Ledger
import TestSupport

/// Commits that a ledger is given: single events, batches, more than a block, bodies.
struct Workload {
  struct Commit {
    let events: [Event]
    let blobs: [Blob]
  }

  private(set) var commits: [Commit] = []
  /// Positions at which commits end, 0 included.
  private(set) var ends: Set<UInt64> = [0]
  private(set) var events: [Event] = []

  init(seed: UInt64, commits count: Int) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<count {
      let size = [1, 1, 2, 5, 40, 300].randomElement(using: &random)!
      let bytes = size < 10 ? Int.random(in: 0..<9_000, using: &random) : 150
      let first = UInt64(events.count) + 1
      let batch = (0..<UInt64(size)).map { Self.event(first + $0, bytes: bytes, using: &random) }
      var blobs: [Blob] = []
      if random.next() % 3 == 0 {
        blobs.append(Blob(position: first, bytes: Self.bytes(20_000, using: &random)))
      }
      commits.append(Commit(events: batch, blobs: blobs))
      events += batch
      ends.insert(UInt64(events.count))
    }
  }

  private static func event(
    _ position: UInt64, bytes count: Int, using random: inout SplitMix64
  ) -> Event {
    let data: CBORValue = ["pad": .bytes(bytes(count, using: &random))]
    let source = Array("//test".utf8)
    let externalID = Array("e\(position)".utf8)
    return Event(
      position: position,
      header: EventHeader(
        kind: .input, type: 7, recordedAt: Int64(position), occurredAt: Int64(position), cause: 0,
        root: position, id: EventID(source: source, externalID: externalID), program: 0),
      subject: Array("alice".utf8), source: source, externalID: externalID,
      payload: data.encoded())
  }

  private static func bytes(_ count: Int, using random: inout SplitMix64) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }
}
