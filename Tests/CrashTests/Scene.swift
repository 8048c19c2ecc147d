import Foundation
import Ledger
import Synchronization
import TestSupport
import Testing

/// A ledger on a faulty disk, and what is to be in it.
final class Scene: Sendable {
  let directory = TemporaryDirectory(inMemory: true)
  let disk: Disk
  let workload: Workload
  private let end = Atomic<UInt64>(0)
  private let cuts = Atomic<Int>(0)

  init(seed: UInt64, commits: Int) {
    mkdir(directory.place("disk"), 0o700)
    disk = Disk(at: directory.place("disk"))
    workload = Workload(seed: seed, commits: commits)
  }

  deinit {
    // So that the directory can be removed.
    disk.heal()
  }

  /// The last position that was acknowledged.
  var acknowledged: UInt64 { end.load(ordering: .sequentiallyConsistent) }

  func acknowledge(_ position: UInt64) {
    end.store(position, ordering: .sequentiallyConsistent)
  }

  /// Opens the ledger, with little that is not sealed at once.
  func open(_ place: String? = nil, growAheadBytes: Int = 128 << 10) throws -> Ledger {
    var options = LedgerOptions()
    options.growAheadBytes = growAheadBytes
    options.hotRecords = 100
    options.sealingPauseMilliseconds = 1
    return try Ledger(directory: place ?? directory.place("disk/ledger"), options: options)
  }

  /// Does the whole workload.
  func append(to ledger: Ledger) throws {
    for commit in workload.commits {
      try ledger.append(commit.events, blobs: commit.blobs)
      acknowledge(ledger.end.position)
    }
  }

  /// Waits until what can be sealed is, or nothing more happens.
  func awaitSealing(_ ledger: Ledger) throws {
    let sealable = ledger.end.position < 100 ? 0 : (ledger.end.position - 100) / 256 * 256
    for _ in 0..<200 where try ledger.sealedThrough < sealable { usleep(1_000) }
  }

  /// Does the workload; what fails is tried again once, if need be after reopening. Cuts the power
  /// at some of the calls after the one that fails.
  /// - Returns: Whether there were fewer calls than that one.
  func run(failing: UInt64) throws -> Bool {
    disk.observe { [unowned self] in
      let call = disk.count(.changes) + 1
      guard call > failing, call < failing + 4 || (call + failing) % 8 == 0 else { return }
      checkCut(seed: call, keep: PowerCutTests.keeps[Int(call % 4)])
    }
    defer { disk.stopObserving() }
    var ledger = try? open()
    defer { ledger?.close() }
    if ledger == nil { ledger = try open() }
    for commit in workload.commits {
      do {
        try ledger?.append(commit.events, blobs: commit.blobs)
      } catch {
        do {
          try ledger?.append(commit.events, blobs: commit.blobs)
        } catch {
          ledger?.close()
          ledger = nil
          ledger = try open()
          // The commit that failed may be there as a whole.
          if ledger?.end.position == acknowledged {
            try ledger?.append(commit.events, blobs: commit.blobs)
          }
        }
      }
      acknowledge(ledger?.end.position ?? 0)
    }
    #expect(acknowledged == UInt64(workload.events.count))
    return disk.count(.changes) < failing
  }

  /// Cuts the power now, and reads what is left.
  func checkCut(seed: UInt64, keep: UInt32) {
    let acknowledged = acknowledged
    let number = cuts.add(1, ordering: .relaxed).newValue
    let path = directory.place("cut\(number)")
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      try disk.cut(into: path, seed: seed, keep: keep)
      let place = path + "/ledger"
      guard FileManager.default.fileExists(atPath: place + "/data.mdb") else {
        #expect(acknowledged == 0, "the ledger's name is gone")
        return
      }
      let reader = try LedgerReader(place)
      let count = UInt64(reader.records.count)
      #expect(count >= acknowledged, "acknowledged events are gone")
      #expect(workload.ends.contains(count), "part of a commit: \(count) events")
      #expect(reader.records.map(\.bytes) == workload.events.prefix(Int(count)).map(\.record))
      #expect(LedgerLaws.violations(in: reader) == [])
      // It goes on as if nothing had been.
      let ledger = try open(place, growAheadBytes: 0)
      #expect(ledger.end.position == count)
      ledger.close()
    } catch {
      Issue.record("cut \(number), keeping \(keep) of 256, \(acknowledged) acknowledged: \(error)")
    }
  }
}
