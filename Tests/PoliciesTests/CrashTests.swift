import CBOR
import Engine
import Foundation
import LMDB
import Ledger
import Policies
import Synchronization
import Testing

import class TestSupport.TemporaryDirectory

/// Law 2: what was acknowledged is there after a crash, whole turns only, and everything goes on.
@Suite("Crashes")
struct CrashTests {
  @Test(
    "At every write a crash leaves a prefix of whole turns, from which all goes on as if nothing was",
    arguments: 0..<6 as Range<UInt64>, [false, true])
  func crashes(seed: UInt64, wallClock: Bool) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let history = try RandomHistory(seed: seed, steps: 14, wallClock: wallClock)
    let straight = try Playback.of(history, in: directory.inside("straight"))
    let crashes = Crashes(of: directory.inside("live"), into: directory.inside("copies"))
    var options = StoreOptions.quick(flushRows: [1, 60, 400][Int(seed % 3)])
    options.ledger.onWritePoint = { _ in crashes.copy() }
    options.onViewWritePoint = { _ in crashes.copy() }
    let live = try Playback(directory.inside("live"), options, programs: history.programs)
    for (index, step) in history.steps.enumerated() {
      try live.take(step)
      crashes.acknowledge(steps: index + 1, position: live.store.engine.committed.position)
    }
    expectSame(try live.events(), try straight.events(), straight.store.context.names)
    #expect(crashes.all.count > 60)

    let truth = Truth(
      events: try straight.events(), digest: try straight.digest(), ends: crashes.ends,
      names: straight.store.context.names)
    for (number, crash) in crashes.all.enumerated() {
      try check(crash, history, truth, goesOn: number % 3 == Int(seed % 3))
      try FileManager.default.removeItem(atPath: crash.path)
    }
  }

  private struct Truth {
    let events: [Event]
    let digest: [String]
    /// Positions at which turns ended.
    let ends: Set<UInt64>
    let names: Names
  }

  private func check(
    _ crash: Crash, _ history: RandomHistory, _ truth: Truth, goesOn: Bool
  ) throws {
    let again = try Playback(crash.path, programs: history.programs)
    let events = try again.events()
    #expect(events.count >= Int(crash.position), "an acknowledged event is missing")
    #expect(truth.ends.contains(UInt64(events.count)), "part of a turn: \(events.count) events")
    expectSame(events, Array(truth.events.prefix(events.count)), truth.names)
    let recovered = try again.digest()
    _ = try again.store.engine.rebuild()
    #expect(try again.digest() == recovered, "recovered views are not what a rebuild makes")
    guard goesOn else { return }
    // As a client does that got no answer: once more from the first step not acknowledged.
    for (index, step) in history.steps.enumerated().dropFirst(crash.steps) {
      let isDone = index == crash.steps && events.count > Int(crash.position)
      // Under the machine's clock another turn, also an empty one, fires what is due by then.
      if isDone, history.isWallClock { continue }
      if case .activate = step, isDone { continue }
      if case .register = step, isDone { continue }
      // Its turn may have fired timers, so that the same number would name another effect now.
      if case .answer = step, isDone { continue }
      try again.take(step)
    }
    expectSame(try again.events(), truth.events, truth.names)
    #expect(try again.digest() == truth.digest)
  }
}

/// The files at one moment, and what was acknowledged by then.
struct Crash: Sendable {
  let path: String
  let steps: Int
  let position: UInt64
}

/// Copies a data directory at every write: what a SIGKILL there leaves.
final class Crashes: Sendable {
  private struct State {
    var all: [Crash] = []
    var ends: Set<UInt64> = [0]
    var steps = 0
    var position: UInt64 = 0
  }

  private let source: String
  private let target: String
  private let state = Mutex(State())

  init(of source: String, into target: String) {
    self.source = source
    self.target = target
  }

  var all: [Crash] { state.withLock { $0.all } }
  var ends: Set<UInt64> { state.withLock { $0.ends } }

  /// Notes that a step's turns have returned.
  func acknowledge(steps: Int, position: UInt64) {
    state.withLock {
      $0.steps = steps
      $0.position = position
      $0.ends.insert(position)
    }
  }

  func copy() {
    let crash = state.withLock { state in
      let path = "\(target)/\(state.all.count)"
      state.all.append(Crash(path: path, steps: state.steps, position: state.position))
      return state.all[state.all.count - 1]
    }
    mkdir(crash.path, 0o700)
    for folder in ["ledger", "views"] {
      mkdir("\(crash.path)/\(folder)", 0o700)
      // Never the lock file: closing a descriptor of it drops LMDB's locks.
      for file in ["data.mdb", "mark"] {
        try? FileManager.default.copyItem(
          atPath: "\(source)/\(folder)/\(file)", toPath: "\(crash.path)/\(folder)/\(file)")
      }
    }
  }
}
