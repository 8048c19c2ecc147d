import Foundation
import Ledger
import TestSupport
import Testing

/// Law 2 under a power cut: what was acknowledged is on disk.
@Suite("Power cuts")
struct PowerCutTests {
  /// A cut leaves of 256 unsynced sectors so many: none, all, and any.
  static let keeps: [UInt32] = [0, 256, 128, 30]

  @Test(
    "At every call a cut leaves whole commits, and all that were acknowledged", arguments: 0..<4)
  func cuts(seed: UInt64) throws {
    let scene = Scene(seed: seed, commits: 8)
    var acknowledged: UInt64 = 0
    var number: UInt64 = 0
    scene.disk.observe {
      for keep in Self.keeps {
        number += 1
        scene.checkCut(acknowledged: acknowledged, seed: number, keep: keep)
      }
    }
    let ledger = try scene.open()
    for commit in scene.workload.commits {
      try ledger.append(commit.events, blobs: commit.blobs)
      acknowledged = ledger.end.position
    }
    scene.disk.stopObserving()
    ledger.close()
    #expect(number > 200)
  }

  @Test(
    "Whoever opens a ledger after a kill at any call relies only on what is on disk",
    arguments: 0..<2)
  func killThenCut(seed: UInt64) throws {
    var call: UInt64 = 0
    var isOver = false
    while !isOver {
      call += 1
      let scene = Scene(seed: seed, commits: 4)
      scene.disk.plan(.isDeath(bytes: Int(call * 700 % 9_000)), .changes, from: call)
      var acknowledged: UInt64 = 0
      do {
        let ledger = try scene.open()
        defer { ledger.close() }
        for commit in scene.workload.commits {
          try ledger.append(commit.events, blobs: commit.blobs)
          acknowledged = ledger.end.position
        }
        isOver = true
      } catch {}
      scene.disk.heal()
      let again = try scene.open()
      defer { again.close() }
      #expect(again.end.position >= acknowledged)
      // Who asks now is told that these events are there already.
      for keep in Self.keeps {
        scene.checkCut(acknowledged: again.end.position, seed: call, keep: keep)
      }
    }
    #expect(call > 20)
  }

  @Test(
    "A call that fails costs no acknowledged event, also when power is cut later",
    arguments: 0..<2,
    [Disk.Fault.fails(EIO), .fails(ENOSPC), .isShort(bytes: 5_000), .failsLate(EIO)])
  func failThenCut(seed: UInt64, fault: Disk.Fault) throws {
    var call: UInt64 = 0
    var isOver = false
    while !isOver {
      call += 1
      let scene = Scene(seed: seed, commits: 3)
      scene.disk.plan(fault, .changes, from: call)
      isOver = try scene.run(failing: call)
    }
    #expect(call > 20)
  }
}

/// A ledger on a faulty disk, and what is to be in it.
final class Scene {
  let directory = TemporaryDirectory(inMemory: true)
  let disk: Disk
  let workload: Workload
  private var cuts = 0

  init(seed: UInt64, commits: Int) {
    mkdir(directory.place("disk"), 0o700)
    disk = Disk(at: directory.place("disk"))
    workload = Workload(seed: seed, commits: commits)
  }

  func open(_ place: String? = nil, growAheadBytes: Int = 128 << 10) throws -> Ledger {
    var options = LedgerOptions()
    options.growAheadBytes = growAheadBytes
    return try Ledger(directory: place ?? directory.place("disk/ledger"), options: options)
  }

  /// Does the workload; what fails is tried again once, if need be after reopening. Cuts the power
  /// at some of the calls after the one that fails.
  /// - Returns: Whether there were fewer calls than that one.
  func run(failing: UInt64) throws -> Bool {
    var acknowledged: UInt64 = 0
    disk.observe { [unowned self] in
      let call = disk.count(.changes) + 1
      guard call > failing, call < failing + 4 || (call + failing) % 8 == 0 else { return }
      let keep = PowerCutTests.keeps[Int(call % 4)]
      checkCut(acknowledged: acknowledged, seed: call, keep: keep)
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
      acknowledged = ledger?.end.position ?? 0
    }
    #expect(acknowledged == UInt64(workload.events.count))
    return disk.count(.changes) < failing
  }

  /// Cuts the power now, and reads what is left.
  func checkCut(acknowledged: UInt64, seed: UInt64, keep: UInt32) {
    cuts += 1
    let path = directory.place("cut\(cuts)")
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
      Issue.record("cut \(cuts), keeping \(keep) of 256, \(acknowledged) acknowledged: \(error)")
    }
  }
}
