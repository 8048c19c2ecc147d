import CrashSupport
import Crypto
import Engine
import Glibc
import Host
import Ledger
import Policies
import Synchronization
import TestSupport
import Testing

import struct Foundation.Data
import class Foundation.FileManager

/// A data directory on a faulty disk, and the inputs that it is given.
final class HostScene: Sendable {
  /// What was found after a cut, to be compared with what became of the ledger.
  private struct Found {
    let count: Int
    let hash: [UInt8]
  }

  let directory = TemporaryDirectory(inMemory: true)
  let disk: Disk
  let batches: [[Input]]
  private let clock: ClockMode
  private let seed: UInt64
  private let acknowledged = Mutex<(end: UInt64, ends: Set<UInt64>)>((0, [0]))
  private let found = Mutex<[Found]>([])
  private let cuts = Atomic<UInt64>(0)

  init(seed: UInt64, clock: ClockMode, batches count: Int) {
    self.seed = seed
    self.clock = clock
    mkdir(directory.place("disk"), 0o700)
    disk = Disk(at: directory.place("disk"))
    var random = SplitMix64(seed: seed)
    var inputs = ShopInputs.all(seed: seed)[...]
    batches = (0..<count).map { _ in
      let size = [1, 5, 30].randomElement(using: &random)!
      defer { inputs = inputs.dropFirst(size) }
      return Array(inputs.prefix(size))
    }
  }

  deinit {
    // So that the directory can be removed.
    disk.heal()
  }

  private var place: String { directory.place("disk/data") }

  func open() throws -> Host {
    var options = HostOptions(directory: place)
    options.clock = clock
    options.flushAge = 0
    options.store.engine.flushRows = [1, 50, 100_000][Int(seed % 3)]
    options.store.engine.mergesInBackground = false
    options.store.ledger.growAheadBytes = 128 << 10
    options.store.ledger.hotRecords = 100
    options.store.ledger.sealingPauseMilliseconds = 1
    let clock = clock
    return try Host(options) { store in
      try OutboxCarrier(
        directory: options.directory + "/outbox", store: store, syncs: clock == .wall,
        onFailure: { _ in })
    }
  }

  /// Notes that what is in the ledger now was acknowledged.
  func acknowledge(_ host: Host) {
    let end = host.store.ledger.end.position
    acknowledged.withLock {
      $0.end = end
      $0.ends.insert(end)
    }
  }

  /// Cuts the power now, and looks at what is left.
  func checkCut(keep: UInt32) {
    let number = cuts.add(1, ordering: .relaxed).newValue
    let path = directory.place("cut\(number)")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let end = acknowledged.withLock { $0.end }
    do {
      try disk.cut(into: path, seed: number, keep: keep)
      guard FileManager.default.fileExists(atPath: path + "/data/ledger/data.mdb") else {
        #expect(end == 0, "the ledger's name is gone")
        return
      }
      let reader = try LedgerReader(path + "/data/ledger")
      #expect(reader.records.count >= end, "acknowledged events are gone")
      #expect(LedgerLaws.violations(in: reader) == [])
      found.withLock {
        $0.append(Found(count: reader.records.count, hash: Self.hash(reader.records[...])))
      }
      if clock == .wall { try checkOutbox(path + "/data/outbox", reader) }
      Self.changeBoot(path + "/data/views/mark")
      try Views.check(path + "/data")
    } catch {
      Issue.record("cut \(number), keeping \(keep) of 256, \(end) acknowledged: \(error)")
    }
  }

  /// What is said to be sent lies in the outbox as a whole.
  private func checkOutbox(_ outbox: String, _ reader: LedgerReader) throws {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: outbox)) ?? []
    for record in reader.records where record.source == Array("recount:outcome".utf8) {
      let id = String(decoding: record.externalID, as: UTF8.self).split(separator: "/")[0]
      let name = names.first { $0.contains(id) && !$0.hasSuffix(".tmp") }
      let bytes = name.flatMap { FileManager.default.contents(atPath: "\(outbox)/\($0)") }
      #expect(bytes?.suffix(2) == Data("}\n".utf8), "\(id) is said to be sent")
    }
  }

  /// After a power cut the machine has been started anew.
  private static func changeBoot(_ mark: String) {
    guard let bytes = FileManager.default.contents(atPath: mark) else { return }
    let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
    guard words.count == 2 else { return }
    let isWritten = FileManager.default.createFile(
      atPath: mark, contents: Data("another-boot \(words[1])".utf8))
    #expect(isWritten)
  }

  /// All that was found is the beginning of what the ledger is in the end, cut between turns.
  func compare() throws {
    let records = try LedgerReader(place + "/ledger").records
    let ends = acknowledged.withLock { $0.ends }
    for found in found.withLock({ $0 }) {
      #expect(ends.contains(UInt64(found.count)), "part of a turn: \(found.count) events")
      guard found.count <= records.count else { continue }
      #expect(found.hash == Self.hash(records.prefix(found.count)), "\(found.count) events differ")
    }
  }

  /// Each input is there once, in order, and the views are what a rebuild makes.
  func checkEnd() throws {
    let reader = try LedgerReader(place + "/ledger")
    #expect(LedgerLaws.violations(in: reader) == [])
    let own = Set(["recount:control", "recount:timer", "recount:outcome"].map { Array($0.utf8) })
    let found = reader.records.filter { !$0.source.isEmpty && !own.contains($0.source) }
    #expect(found.map(\.externalID) == batches.joined().map(\.externalID))
    try Views.check(place)
  }

  private static func hash(_ records: ArraySlice<StoredRecord>) -> [UInt8] {
    var hash = SHA256()
    for record in records { hash.update(data: record.bytes) }
    return Array(hash.finalize())
  }
}
