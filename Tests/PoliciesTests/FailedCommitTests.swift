import CBOR
import Engine
import Ledger
import Policies
import Programs
import Simulation
import Testing

import class TestSupport.TemporaryDirectory

/// Law 2 from the other side: a turn that cannot be committed has never been.
@Suite("Failed commits")
struct FailedCommitTests {
  /// A turn with everything that leaves traces in memory - new types, a new program, runs, effects -
  /// and a body that no ledger of the test has room for.
  private func doomed(_ number: Int) throws -> [Input] {
    let time: Int64? = nil
    func input(_ type: String, _ data: CBORValue) -> Input {
      Input(
        type: type, subject: Array("c1".utf8), source: Array("//doomed".utf8),
        externalID: Array("d\(number)-\(type)".utf8), occurredAt: time, payload: data.encoded())
    }
    let limit = ProgramOverride(path: "params.limit", value: "\(100 + number)")
    return [
      // First, so that it has the position that the next activation of the history gets.
      try NudgeProgram.program([limit]).activation(count: 1_000 + number),
      input("never.seen", ["x": 1]),
      input("page.viewed", ["page": .text("lost\(number)"), "seconds": 5]),
      input("never.seen.either", ["x": 1]),
      input(
        "account.changed",
        [
          "changes": [["field": "password"], ["field": "email", "new": "x@example.com"]],
          "changeId": .text("lost\(number)"), "deviceFingerprint": "other", "ip": "203.0.113.9",
        ]),
      input(
        "cart.abandoned",
        ["cartId": .text("lost\(number)"), "cartValue": 9_000, "itemCount": 0, "items": []]),
      Input(
        kind: .control, type: "body.attached", subject: [],
        source: Array("//doomed".utf8), externalID: Array("b\(number)".utf8), occurredAt: time,
        payload: CBORValue.object([]).encoded(), blob: [UInt8](repeating: 7, count: 16 << 20)),
    ]
  }

  @Test(
    "A turn that fails leaves no trace: the rest is as if it had never been tried",
    arguments: 0..<20 as Range<UInt64>)
  func leavesNoTrace(seed: UInt64) throws {
    let directory = TemporaryDirectory(inMemory: true)
    let history = try RandomHistory(seed: seed, steps: 30, wallClock: seed % 2 == 1)
    let straight = try Playback.of(history, in: directory.inside("straight"))
    var options = StoreOptions.quick(flushRows: [1, 100, 100_000][Int(seed % 3)])
    options.ledger.maximumMapBytes = 8 << 20
    let tried = try Playback(directory.inside("tried"), options, programs: history.programs)
    var random = SplitMix64(seed: seed)
    for (index, step) in history.steps.enumerated() {
      var fails = random.chance(1, of: 4) || index == 0
      if case .activate = step { fails = true }
      if fails {
        let before = tried.store.engine.committed
        let clock = TurnClock.wall(now: before.recordedAt)
        let inputs = try doomed(index)
        #expect(throws: LedgerError.self) {
          try tried.store.engine.turn(inputs, clock: index == 0 ? .event : clock)
        }
        #expect(tried.store.engine.committed == before)
        #expect(try tried.events().count == Int(before.position))
        #expect(tried.store.engine.uncommittedCount == 0)
      }
      try tried.take(step)
    }
    expectSame(try tried.events(), try straight.events(), straight.store.context.names)
    #expect(try tried.digest() == straight.digest())
  }

  @Test("Effects of what was committed still reach the outbox after a turn that failed")
  func keepsEffects() throws {
    let directory = TemporaryDirectory(inMemory: true)
    var options = StoreOptions.quick()
    options.ledger.maximumMapBytes = 8 << 20
    let store = try Store(directory: directory.path, options: options)
    store.engine.holdForFirstTurn(try NudgeProgram.program().activation(count: 0))
    func input(_ type: String, _ subject: Int, _ data: CBORValue) -> Input {
      Input(
        type: type, subject: Array("s\(subject)".utf8), source: Array("//test".utf8),
        externalID: Array("\(type)-\(subject)".utf8), occurredAt: 1_700_000_000_000_000,
        payload: data.encoded())
    }
    let joining = (0..<20).map { input("customer.updated", $0, ["email": "x@example.com"]) }
    let viewing = (0..<20).map { input("page.viewed", $0, ["page": "p"]) }
    _ = try store.engine.turn(joining + viewing, clock: .event)
    #expect(throws: LedgerError.self) { try store.engine.turn(doomed(0), clock: .event) }
    let requested = try store.allEvents().filter { $0.kind == .effect }
    #expect(requested.count >= 10)
    _ = try store.engine.rebuild()
    #expect(store.engine.takeEffects().map(\.position) == requested.map(\.position))
    #expect(store.engine.takeEffects().isEmpty)
  }
}
