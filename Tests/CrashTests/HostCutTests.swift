import Engine
import Glibc
import Host
import Ledger
import Policies
import Testing

/// Laws 2 and 8 for the whole product on a disk that fails.
@Suite("A host on a bad disk")
struct HostCutTests {
  @Test(
    "After a power cut the ledger ends with a whole turn, and the views are made anew from it",
    arguments: 0..<3, [ClockMode.event, .wall])
  func cuts(seed: UInt64, clock: ClockMode) throws {
    let scene = HostScene(seed: seed, clock: clock, batches: 25)
    scene.disk.observe {
      let call = scene.disk.count(.changes)
      guard call < 20 || (call + seed) % 16 == 0 else { return }
      scene.checkCut(keep: PowerCutTests.keeps[Int(call % 4)])
    }
    let host = try scene.open()
    scene.acknowledge(host)
    for batch in scene.batches {
      _ = try host.append(batch)
      scene.acknowledge(host)
    }
    scene.disk.stopObserving()
    try host.close()
    try scene.compare()
  }

  @Test(
    "A call that fails stops the engine or costs nothing, and all goes on after opening again",
    arguments: [Disk.Fault.fails(EIO), .fails(ENOSPC), .failsLate(EIO), .isShort(bytes: 3_000)])
  func failures(fault: Disk.Fault) throws {
    var call: UInt64 = 0
    var isOver = false
    while !isOver {
      call += 1 + call / 8
      let scene = HostScene(seed: call, clock: call % 2 == 0 ? .event : .wall, batches: 4)
      scene.disk.plan(fault, .changes, from: call, count: 1 + call % 3)
      var host = (try? scene.open()) ?? nil
      for batch in scene.batches {
        var isDone = false
        for _ in 0..<3 where !isDone {
          isDone = (try? host?.append(batch)) ?? nil != nil
        }
        while !isDone {
          try? host?.close()
          host = nil
          host = try? scene.open()
          isDone = (try? host?.append(batch)) ?? nil != nil
        }
      }
      isOver = scene.disk.count(.changes) < call
      scene.disk.heal()
      // Views that could not be written stay as they are.
      try? host?.close()
      host = nil
      try scene.checkEnd()
    }
    #expect(call > 30)
  }
}
