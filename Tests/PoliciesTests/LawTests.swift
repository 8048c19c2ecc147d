import CBOR
import Engine
import Foundation
import Ledger
import Policies
import Programs
import ShippedPrograms
import Simulation
import Testing

import class TestSupport.TemporaryDirectory

/// The laws of the design, over random histories. A failing seed becomes a test with a name.
@Suite("Laws")
struct LawTests {
  private static let seeds = Array(0..<20 as Range<UInt64>)

  @Test("Every law that a ledger shows holds in it", arguments: seeds, [false, true])
  func laws(seed: UInt64, wallClock: Bool) throws {
    let directory = TemporaryDirectory()
    let history = try RandomHistory(seed: seed, steps: 100, wallClock: wallClock)
    let playback = try Playback.of(history, in: directory.path)
    let events = try playback.events()
    #expect(events.count > 150)
    let violations = LedgerLaws.violations(in: events, playback.store.context.names)
    #expect(violations == [])
  }

  @Test("The random histories reach every outcome, reason, exit and action")
  func richness() throws {
    var seen: Set<String> = []
    for seed in Self.seeds {
      let directory = TemporaryDirectory()
      let history = try RandomHistory(seed: seed, steps: 500, wallClock: seed % 2 == 1)
      let playback = try Playback.of(history, in: directory.path)
      for event in try playback.events() where event.kind != .input {
        let data = event.payload.value
        for name in ["outcome", "reason", "exit", "action"] {
          if let word = data[name]?.string { seen.insert("\(name) \(word)") }
        }
      }
    }
    let wanted = [
      "outcome eligible", "outcome rejected", "outcome duplicate", "outcome joined",
      "outcome held-out", "outcome pending", "reason trust", "reason cart-value", "reason eligible",
      "reason cap",
      "reason inventory", "reason takeover-pattern", "reason device", "reason calm",
      "reason dedupe", "reason run-active", "reason holdout", "reason late", "reason past",
      "reason quiet-hours", "reason topic", "reason suppressed", "reason rest", "reason reachable",
      "reason wanted", "reason migrated", "reason superseded", "exit superseded",
      "reason converted", "reason returned", "reason opted-out", "reason no-address",
      "exit converted", "exit expired", "exit opted-out", "exit recovered", "exit false-positive",
      "exit seen", "exit cleared", "exit gone", "exit done", "action lock_account",
      "action unlock_account",
      "action revert_changes", "action alert_security_team", "action escalate",
      "outcome below-threshold", "reason anomaly", "reason behaviour", "reason severity",
      "reason open", "reason value", "exit true_positive", "exit false_positive",
      "exit self-service", "exit resolved", "action block_login", "action challenge",
      "action allow_login", "action trust_device", "action create_ticket",
    ]
    #expect(wanted.filter { !seen.contains($0) } == [])
  }

  @Test("Views are disposable: rebuilt and read again they are the same", arguments: seeds)
  func views(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    let history = try RandomHistory(seed: seed, steps: 70, wallClock: seed % 2 == 1)
    let options = StoreOptions.quick(flushRows: [1, 50, 100_000][Int(seed % 3)])
    let playback = try Playback.of(history, in: directory.path, options)
    let live = try playback.digest()
    try playback.reopen()
    #expect(try playback.digest() == live, "reopened")
    try playback.reopen(deletingViews: true)
    #expect(try playback.digest() == live, "views deleted")
    _ = try playback.store.engine.rebuild()
    #expect(try playback.digest() == live, "rebuilt")
    let names = [
      "features", "journeys", "batches", "metrics", "programs", "items", "models",
      "pending-scores", "deliveries", "consents", "transfers", "watch-queue", "reports",
    ]
    for name in names {
      _ = try playback.store.engine.rebuild([name])
      #expect(try playback.digest() == live, "\(name) rebuilt")
    }
  }

  @Test("Closing and opening at any moment changes no byte of ledger or views", arguments: seeds)
  func reopening(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    let history = try RandomHistory(seed: seed, steps: 70, wallClock: seed % 2 == 1)
    let straight = try Playback.of(history, in: directory.inside("straight"))
    let options = StoreOptions.quick(flushRows: [1, 20, 300, 100_000][Int(seed % 4)])
    let broken = try Playback(
      directory.inside("broken"), options, programs: history.programs)
    var random = SplitMix64(seed: seed)
    for (index, step) in history.steps.enumerated() {
      try broken.take(step)
      guard index > 0, random.chance(1, of: 6) else { continue }
      switch random.below(3) {
      case 0: _ = try broken.store.engine.rebuild()
      case 1: try broken.reopen(deletingViews: true)
      default: try broken.reopen()
      }
    }
    expectSame(try broken.events(), try straight.events(), straight.store.context.names)
    #expect(try broken.digest() == straight.digest())
  }

  @Test("The same inputs twice give the same bytes", arguments: seeds.prefix(8))
  func repetition(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    let history = try RandomHistory(seed: seed, steps: 100)
    let first = try Playback.of(history, in: directory.inside("first"))
    let second = try Playback.of(
      try RandomHistory(seed: seed, steps: 100), in: directory.inside("second"))
    expectSame(try second.events(), try first.events(), first.store.context.names)
  }

  @Test("A shop that answers what it is sent keeps every law", arguments: seeds)
  func shop(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    let store = try Self.run(seed: seed, in: directory.inside("a"))
    let events = try store.allEvents()
    #expect(LedgerLaws.violations(in: events, store.context.names) == [])
    let live = try store.digest()
    _ = try store.engine.rebuild()
    #expect(try store.digest() == live)
    let again = try Self.run(seed: seed, in: directory.inside("b"))
    expectSame(try again.allEvents(), events, store.context.names)
  }

  private static func run(seed: UInt64, in directory: String) throws -> Store {
    var configuration = ShopConfiguration(seed: seed, customers: 12, days: 12)
    configuration.shoppingPercent = 70
    configuration.attackersPerThousand = 200
    configuration.optOutsPerTenThousandSessions = 200
    configuration.daysBetweenAccountChanges = 10
    let store = try Store(directory: directory, options: .quick())
    for (index, id) in ShippedPrograms.ids.enumerated() {
      guard let body = ShippedPrograms.body(id) else { continue }
      let overrides = [ProgramOverride(path: "holdout", value: index == 0 ? "25" : "0")]
      let program = try Program(body: body, folder: id, overrides: overrides)
      store.engine.holdForFirstTurn(program.activation(count: index))
    }
    var run = ShopRun(store, Shop(configuration))
    try run.run()
    return store
  }
}

/// Compares two ledgers record by record, and shows the first difference.
func expectSame(
  _ events: [Event], _ expected: [Event], _ names: Names,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard events.map(\.record) != expected.map(\.record) else { return }
  let first = zip(events, expected).prefix { $0.record == $1.record }.count
  func words(_ events: [Event]) -> String {
    guard first < events.count else { return "the end" }
    let event = events[first]
    let type = names.name(.type, event.type) ?? "?"
    return "\(type) at \(event.recordedAt) \(event.payload.value.diagnostic)"
  }
  Issue.record(
    "ledgers part at position \(first + 1)\nexpected: \(words(expected))\nfound: \(words(events))",
    sourceLocation: sourceLocation)
}
