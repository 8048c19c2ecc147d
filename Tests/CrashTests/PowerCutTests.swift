import Foundation
import Ledger
import Synchronization
import TestSupport
import Testing

/// Law 2 under a power cut: what was acknowledged is on disk.
@Suite("Power cuts")
struct PowerCutTests {
  /// Of 256 unsynced sectors a cut leaves so many: none, all, and any.
  static let keeps: [UInt32] = [0, 256, 128, 30]

  @Test(
    "At every call a cut leaves whole commits, and all that were acknowledged", arguments: 0..<4)
  func cuts(seed: UInt64) throws {
    let scene = Scene(seed: seed, commits: 8)
    let number = Atomic<UInt64>(0)
    scene.disk.observe {
      for keep in Self.keeps {
        scene.checkCut(seed: number.add(1, ordering: .relaxed).newValue, keep: keep)
      }
    }
    let ledger = try scene.open()
    try scene.append(to: ledger)
    try scene.awaitSealing(ledger)
    scene.disk.stopObserving()
    ledger.close()
    #expect(number.load(ordering: .relaxed) > 200)
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
      if let ledger = try? scene.open() {
        try? scene.append(to: ledger)
        try? scene.awaitSealing(ledger)
        ledger.close()
      }
      isOver = scene.disk.count(.changes) < call
      scene.disk.heal()
      let again = try scene.open()
      defer { again.close() }
      #expect(again.end.position >= scene.acknowledged)
      // Who asks now is told that these events are there already.
      scene.acknowledge(again.end.position)
      for keep in Self.keeps { scene.checkCut(seed: call, keep: keep) }
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
