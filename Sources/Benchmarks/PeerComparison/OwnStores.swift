import CAppendLoop
import CBOR
import Ledger

/// The shop's events in a ledger and in the plain C loop's store, to be read beside the peers.
struct OwnStores {
  static let titles = ["**Recount**, segments", "Recount, tail", "plain C over LMDB"]

  private let sealed: Ledger
  private let sealedThrough: UInt64
  private let tail: Ledger
  private let plain: PlainStore
  private let count: UInt64
  /// In the order of ``titles``.
  let bytesPerEvent: [Double]

  init(_ shop: ShopEvents, _ scratch: ScratchDirectory) throws {
    let folders = try ["own-segments", "own-tail", "own-plain"].map { try scratch.folder($0) }
    let perCommit = 1_000
    let plain = try PlainStore(directory: folders[2], growAheadBytes: 0)
    try shop.forEachBatch(of: perCommit) { batch in
      var values: [UInt8] = []
      var ends: [Int] = []
      for event in batch {
        values += event.record
        ends.append(values.count)
      }
      try plain.append(values, ends: ends)
    }
    let packed = try Self.filled(shop, seals: true, directory: folders[0])
    let unpacked = try Self.filled(shop, seals: false, directory: folders[1])
    sealed = packed.ledger
    sealedThrough = try sealed.sealedThrough
    tail = unpacked.ledger
    self.plain = plain
    count = UInt64(shop.count)
    bytesPerEvent = [
      Double(packed.parts.packedBytes) / Double(max(sealedThrough, 1)),
      Double(unpacked.parts.bytes["tail"] ?? 0) / Double(shop.count),
      Double(scratch.bytesOnDisk(folders[2])) / Double(shop.count),
    ]
  }

  /// A ledger of the shop's events, sealed to its end or not at all, and what it takes on disk.
  private static func filled(
    _ shop: ShopEvents, seals: Bool, directory: String
  ) throws -> (ledger: Ledger, parts: LedgerParts) {
    let filled = try FilledLedger(shop, seals: seals, hotRecords: 0, directory: directory)
    filled.ledger.close()
    let parts = try LedgerParts(directory: directory)
    var options = LedgerOptions()
    options.readOnly = true
    return (try Ledger(directory: directory, options: options), parts)
  }

  /// Events a second of a scan of all.
  func scanRate(_ index: Int) throws -> Double {
    let started = Clock.nanoseconds()
    var sum = 0
    let count = index == 0 ? sealedThrough : self.count
    switch index {
    case 0, 1:
      // One byte of each record is looked at, here as in C.
      try ledger(index).forEachRecord(from: 1, through: count) { _, record in
        sum += Int(record.byte(at: 0))
        return true
      }
    default: sum = try plain.scan().bytes
    }
    precondition(sum > 0, "a scan reads bytes")
    return Double(count) / (Double(Clock.nanoseconds() - started) / 1e9)
  }

  /// Reads at random positions.
  func pointReads(_ index: Int, _ reads: Int, seed: UInt64) throws -> Percentiles {
    var latencies = Latencies()
    let count = index == 0 ? sealedThrough : self.count
    for read in 0..<UInt64(reads) {
      let position = sampleMix(seed &+ read) % count + 1
      let started = Clock.nanoseconds()
      let isThere =
        index < 2 ? try ledger(index).event(at: position) != nil : plain.read(position) > 0
      latencies.add(Clock.nanoseconds() - started)
      precondition(isThere, "every position has an event")
    }
    return latencies.percentiles
  }

  private func ledger(_ index: Int) -> Ledger { index == 0 ? sealed : tail }
}
