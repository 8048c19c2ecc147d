import CBOR
import CivilTime
import Engine
import Foundation
import Ledger
import Policies
import Programs
import Testing
import TimeZones

import enum TestSupport.RuleZone
import class TestSupport.TemporaryDirectory

/// What starts batches, and what keeps them from starting.
@Suite("Starts of batches")
struct BatchStartTests {
  /// A program about everybody, with these lines on top.
  static func program(_ id: String, _ lines: String) throws -> Program {
    try BatchPrograms.program(
      """
      id: \(id)
      title: Everybody
      \(lines)
      journey:
        start: begun
        exits: {done: {}}
        states: {begun: {after: {1h: done}}}

      """)
  }

  static let customers = "population: {of: customers}"

  /// The words of all batch events: time, type and what tells them apart.
  private static func batches(_ store: Store) throws -> [String] {
    var words: [String] = []
    try store.ledger.forEachEvent(from: 1) { event -> Bool in
      let type = store.context.names.name(.type, event.type) ?? ""
      let data = event.payload.value
      guard type.hasPrefix("batch."), type != EventType.batchSliced else { return true }
      let detail = data["reason"]?.string ?? data["due"]?.string ?? ""
      let time = RFC3339.string(microseconds: event.recordedAt).prefix(16)
      words.append("\(time) \(type.dropFirst(6)) \(data["program"]?.string ?? "") \(detail)")
      return true
    }
    return words.map { $0.replacing(":00.000000Z", with: "") }
  }

  private static func wallStore(_ program: Program, _ directory: String) throws -> Store {
    let store = try Store(directory: directory, options: .quick())
    _ = try store.engine.turn(
      [program.activation(count: 0)],
      clock: .wall(now: try TestHistory.moment("2024-03-01 00:30:00")))
    return store
  }

  @Test(
    "Moments at which nobody ran start one population, one each, or none",
    arguments: [
      (
        "once",
        [
          "2024-03-05T09:00 started p 2024-03-02T02:00",
          "2024-03-06T02:00 started p 2024-03-06T02:00",
        ]
      ),
      (
        "all",
        [
          "2024-03-05T09:00 started p 2024-03-02T02:00",
          "2024-03-05T09:00 started p 2024-03-03T02:00",
          "2024-03-05T09:00 started p 2024-03-04T02:00",
          "2024-03-05T09:00 started p 2024-03-05T02:00",
          "2024-03-06T02:00 started p 2024-03-06T02:00",
        ]
      ),
      (
        "none",
        ["2024-03-05T09:00 skipped p missed", "2024-03-06T02:00 started p 2024-03-06T02:00"]
      ),
    ] as [(String, [String])])
  func missed(word: String, expected: [String]) throws {
    let directory = TemporaryDirectory()
    let program = try Self.program(
      "p", "schedule: {cron: \"0 2 * * *\", missed: \(word)}\n\(Self.customers)")
    let store = try Self.wallStore(program, directory.path)
    // The first one comes half a minute late, as a machine's clock has it: it was not missed.
    for time in ["2024-03-01 02:00:30", "2024-03-05 09:00:00", "2024-03-06 02:00:00"] {
      _ = try store.engine.turn([], clock: .wall(now: try TestHistory.moment(time)))
    }
    let starts = try Self.batches(store).filter { !$0.contains("completed") }
    #expect(starts == ["2024-03-01T02:00 started p 2024-03-01T02:00"] + expected)
  }

  @Test("A schedule goes by the clocks of its zone, also on the days when they are changed")
  func zone() throws {
    guard let data = try? Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin"))
    else { return }
    let program = try BatchPrograms.program(
      """
      id: zoned
      title: Zoned
      schedule: {cron: "30 2 * * *", timeZone: Europe/Berlin}
      population: {of: customers}
      journey: {start: s, exits: {done: {}}, states: {s: {after: {1h: done}}}}

      """, files: ["zones/Europe/Berlin": [UInt8](data)])
    let history = try TestHistory(programs: [program])
    try history.send("2024-03-30 00:00:00", "page.viewed", "a", [:])
    try history.advance("2024-04-01 12:00:00")
    try history.send("2024-10-26 00:00:00", "page.viewed", "a", [:])
    try history.advance("2024-10-28 12:00:00")
    let starts = try Self.batches(history.store).filter { $0.contains("started") }
    let times = starts.map { String($0.prefix(16)) }
    // 2:30 does not exist on 31 March: 3:00 comes instead; on 27 October it comes twice.
    #expect(times.prefix(3) == ["2024-03-30T01:30", "2024-03-31T01:00", "2024-04-01T00:30"])
    #expect(times.suffix(3) == ["2024-10-26T00:30", "2024-10-27T00:30", "2024-10-28T01:30"])
  }

  /// Every night at half past two in Berlin, by the ledger's rules.
  private func zoned() throws -> Program {
    try BatchPrograms.program(
      """
      id: zoned
      title: Zoned
      schedule: {cron: "30 2 * * *", timeZone: Europe/Berlin}
      population: {of: customers}
      journey: {start: s, exits: {done: {}}, states: {s: {after: {1h: done}}}}

      """)
  }

  private func starts(_ history: TestHistory) throws -> [String] {
    try Self.batches(history.store).filter { $0.contains("started") }.map { String($0.prefix(16)) }
  }

  @Test("Without rules of its own a schedule goes by the ledger's, also when clocks are changed")
  func ledgerZone() throws {
    let history = try TestHistory(programs: [zoned()])
    try history.send("2024-03-30 00:00:00", "page.viewed", "a", [:])
    try history.advance("2024-04-01 12:00:00")
    #expect(try starts(history) == ["2024-03-30T01:30", "2024-03-31T01:00", "2024-04-01T00:30"])
    try history.advance("2024-10-28 12:00:00")
    #expect(
      try starts(history).suffix(3) == ["2024-10-26T00:30", "2024-10-27T00:30", "2024-10-28T01:30"])
  }

  @Test("New rules plan the next moment anew, and count from then on, in a rebuild too")
  func newRules() throws {
    let history = try TestHistory(programs: [zoned()])
    func load(_ zones: [String: [UInt8]], _ count: Int) throws {
      let loading = try TimeZoneBody(zones: zones).loading(release: "test", count: count).event
      _ = try history.store.engine.turn([loading], clock: .event)
    }
    try history.send("2024-03-01 00:00:00", "page.viewed", "a", [:])
    try history.send("2024-03-02 01:00:00", "page.viewed", "a", [:])
    // Berlin keeps summer time from now on; the night's moment is half an hour away, and gone.
    try load(["Europe/Berlin": RuleZone.tzif("CEST-2")], 1)
    try history.advance("2024-03-04 00:00:00")
    let expected = ["2024-03-01T01:30", "2024-03-03T00:30"]
    #expect(try starts(history) == expected)
    // A database that has lost the name changes nothing.
    try load(["Asia/Tokyo": RuleZone.tzif("JST-9")], 2)
    try history.advance("2024-03-05 00:00:00")
    #expect(try starts(history) == expected + ["2024-03-04T00:30"])
    let engine = history.store.engine
    let before = try engine.digest().map { "\($0.table) \($0.digest)" }
    for names in [nil, ["batches"], ["time-zones"]] as [Set<String>?] {
      _ = try engine.rebuild(names)
      #expect(try engine.digest().map { "\($0.table) \($0.digest)" } == before)
    }
    try history.advance("2024-03-06 00:00:00")
    #expect(try starts(history).last == "2024-03-05T00:30")
  }

  @Test("A schedule whose zone has no rules yet waits for them")
  func waitsForRules() throws {
    let history = try TestHistory([])
    history.store.engine.holdForFirstTurn(try zoned().activation(count: 0))
    try history.send("2024-03-01 00:00:00", "page.viewed", "a", [:])
    try history.send("2024-03-02 12:00:00", "page.viewed", "a", [:])
    #expect(try starts(history).isEmpty)
    let loading = try TimeZoneBody(zones: RuleZone.zones).loading(release: "test", count: 0).event
    _ = try history.store.engine.turn([loading], clock: .event)
    try history.advance("2024-03-03 12:00:00")
    #expect(try starts(history) == ["2024-03-03T01:30"])
  }

  @Test("Deactivating a program ends its batch and its schedule")
  func deactivation() throws {
    let directory = TemporaryDirectory()
    let program = try Self.program("p", "schedule: {cron: \"0 2 * * *\"}\n\(Self.customers)")
    let store = try Self.wallStore(program, directory.path)
    func turn(_ time: String, _ inputs: [Input]) throws {
      _ = try store.engine.turn(inputs, clock: .wall(now: try TestHistory.moment(time)))
    }
    try turn("2024-03-01 01:00:00", (0..<9).map { Self.view("c\($0)") })
    try turn("2024-03-01 02:00:00", [])
    #expect(store.engine.hasSlices)
    #expect(try store.engine.slice(now: try TestHistory.moment("2024-03-01 02:00:01")))
    let off: CBORValue = ["program": "p", "version": .text(program.version.description)]
    let deactivation = Input(
      kind: .control, type: EventType.programDeactivated, subject: [],
      source: Array(OwnSource.control.utf8), externalID: Array("off".utf8), occurredAt: nil,
      program: "p", payload: off.encoded())
    try turn("2024-03-01 02:00:02", [deactivation])
    while try store.engine.slice(now: try TestHistory.moment("2024-03-01 02:00:03")) {}
    try turn("2024-03-09 00:00:00", [])
    #expect(
      try Self.batches(store) == [
        "2024-03-01T02:00 started p 2024-03-01T02:00", "2024-03-01T02:00 completed p deactivated",
      ])
  }

  private static func view(_ subject: String) -> Input {
    Input(
      type: "page.viewed", subject: Array(subject.utf8), source: Array("//test".utf8),
      externalID: Array("v-\(subject)".utf8), occurredAt: nil,
      payload: CBORValue.object([]).encoded())
  }

  @Test("A schedule that is due while its last population is not done is skipped, with the reason")
  func overlap() throws {
    let directory = TemporaryDirectory()
    let program = try Self.program("p", "schedule: {cron: \"* * * * *\"}\n\(Self.customers)")
    let store = try Self.wallStore(program, directory.path)
    func turn(_ time: String, _ inputs: [Input]) throws {
      _ = try store.engine.turn(inputs, clock: .wall(now: try TestHistory.moment(time)))
    }
    try turn("2024-03-01 00:30:30", (0..<9).map { Self.view("c\($0)") })
    try turn("2024-03-01 00:31:00", [])
    try turn("2024-03-01 00:32:00", [])
    #expect(
      try Self.batches(store) == [
        "2024-03-01T00:31 started p 2024-03-01T00:31", "2024-03-01T00:32 skipped p running",
      ])
    while try store.engine.slice(now: try TestHistory.moment("2024-03-01 00:32:30")) {}
    #expect(try Self.batches(store).last == "2024-03-01T00:32 completed p ")
  }

  @Test("Two batches at once go on in turns, with inputs in between, and no customer twice")
  func twoAtOnce() throws {
    let directory = TemporaryDirectory()
    let text = "schedule: {cron: \"0 2 * * *\"}\n\(Self.customers)"
    let store = try Self.wallStore(try Self.program("p", text), directory.path)
    func turn(_ time: String, _ inputs: [Input]) throws {
      _ = try store.engine.turn(inputs, clock: .wall(now: try TestHistory.moment(time)))
    }
    try turn("2024-03-01 00:31:00", [try Self.program("q", text).activation(count: 1)])
    try turn("2024-03-01 01:00:00", (0..<9).map { Self.view("c\($0)") })
    try turn("2024-03-01 02:00:00", [])
    var slices = 0
    while try store.engine.slice(now: try TestHistory.moment("2024-03-01 02:00:01")) {
      slices += 1
      if slices < 8 { try turn("2024-03-01 02:00:01", [Self.view("late\(slices)")]) }
    }
    var order: [String] = []
    var starts: [String: Int] = [:]
    try store.ledger.forEachEvent(from: 1) { event -> Bool in
      let program = event.payload.value["program"]?.string ?? ""
      switch store.context.names.name(.type, event.type) {
      case EventType.batchSliced: order.append(program)
      case EventType.runStarted: starts["\(program) \(event.subject)", default: 0] += 1
      default: break
      }
      return true
    }
    #expect(order.prefix(6) == ["p", "q", "p", "q", "p", "q"])
    // Those that came during the batch are not among its items.
    #expect(starts.count == 18 && starts.values.allSatisfy { $0 == 1 })
    #expect(BatchLaws.violations(in: try store.allEvents(), store.context.names) == [])
  }

  @Test("An event starts a population, which reads it, before the next input")
  func byEvent() throws {
    let program = try BatchPrograms.program(BatchPrograms.restocked)
    let history = try TestHistory(programs: [program])
    for (index, customer) in ["a", "b", "c", "d"].enumerated() {
      try history.send(
        "2024-03-01 10:0\(index):00", "customer.updated", customer,
        ["status": "active", "email": .text("\(customer)@example.com")])
      try history.send(
        "2024-03-01 10:1\(index):00", "wish.added", customer,
        [
          "wishId": .text("w-\(customer)"), "productId": customer == "c" ? "other" : "lamp",
          "weight": customer == "d" ? 9 : 5,
        ])
    }
    try history.send(
      "2024-03-01 11:00:00", "product.restocked", "stock", ["productId": "lamp", "quantity": 0])
    try history.send(
      "2024-03-01 12:00:00", "product.restocked", "stock", ["productId": "lamp", "quantity": 2])
    try history.send("2024-03-01 12:00:00", "page.viewed", "a", [:])
    try history.send("2024-03-01 13:00:00", "product.restocked", "stock", ["productId": "lamp"])
    try history.advance("2024-03-02 00:00:00")
    try Golden.check("batch-restocked", try history.transcript())
  }

  @Test(
    "Ranks that are equal are in the order of the items, whatever the slices are", arguments: 1...7)
  func ties(size: Int) throws {
    let directory = TemporaryDirectory()
    var options = StoreOptions.quick()
    options.slices.items = size
    options.slices.decisions = 1 + size % 3
    let store = try Store(directory: directory.path, options: options)
    store.engine.holdForFirstTurn(
      try Self.program(
        "p",
        """
        features: {customer: {seen: {count: page.viewed}}}
        schedule: {cron: "0 2 * * *"}
        population: {of: customers, where: customer.seen > 0, rank: customer.seen % 3, limit: 7}
        """
      ).activation(count: 0))
    let time = try TestHistory.moment("2024-03-01 01:00:00")
    for customer in 0..<12 {
      for view in 0...customer % 4 {
        let input = Input(
          type: "page.viewed", subject: Array("c\(customer)".utf8), source: Array("//test".utf8),
          externalID: Array("\(customer)-\(view)".utf8), occurredAt: time,
          payload: CBORValue.object([]).encoded())
        _ = try store.engine.turn([input], clock: .event)
      }
    }
    _ = try store.engine.advance(to: try TestHistory.moment("2024-03-01 03:00:00"))
    var chosen: [String] = []
    try store.ledger.forEachEvent(from: 1) { event -> Bool in
      if store.context.names.name(.type, event.type) == EventType.decisionMade {
        chosen.append(event.subject)
      }
      return true
    }
    // 1, 2, 3, 4 views: the ranks are 1, 2, 0, 1.
    #expect(chosen == ["c1", "c5", "c9", "c0", "c3", "c4", "c7"])
  }

  @Test("Draining goes through schedules, and does not wait for what they begin")
  func draining() throws {
    let history = try TestHistory(programs: [
      try Self.program("p", "schedule: {cron: \"*/10 * * * *\"}\n\(Self.customers)"),
      try Self.program("q", "trigger: {event: page.viewed, key: event.subject}"),
    ])
    try history.send("2024-03-01 10:05:00", "page.viewed", "a", [:])
    let store = history.store
    let start = store.ledger.end.position
    var rounds = 0
    while let end = store.drainEnd(since: start), rounds < 100 {
      while try store.engine.advance(to: end, limit: 100) == 100 {}
      rounds += 1
    }
    #expect(rounds == 1)
    let end = RFC3339.string(microseconds: store.ledger.end.recordedAt)
    #expect(end == "2024-03-01T11:05:00.000000Z")
    #expect(try Self.batches(store).count { $0.contains("started") } == 6)
  }

  @Test(
    "A schedule activated before there is a time begins to count at the first", arguments: 0...2)
  func firstTime(reopens: Int) throws {
    let directory = TemporaryDirectory()
    var store = try Store(directory: directory.path, options: .quick())
    let program = try Self.program(
      "p", "schedule: {cron: \"0 2 * * *\", missed: all}\n\(Self.customers)")
    _ = try store.engine.turn([program.activation(count: 0)], clock: .event)
    func view(_ id: String, _ time: String?) throws {
      let input = Input(
        type: "page.viewed", subject: Array("a".utf8), source: Array("//test".utf8),
        externalID: Array(id.utf8), occurredAt: try time.map { try TestHistory.moment($0) },
        payload: CBORValue.object([]).encoded())
      _ = try store.engine.turn([input], clock: .event)
    }
    if reopens == 1 { try reopen() }
    try view("without a time", nil)
    try view("the first", "2024-03-01 01:00:00")
    #expect(try Self.batches(store).isEmpty)
    if reopens == 2 { try reopen() }
    _ = try store.engine.advance(to: try TestHistory.moment("2024-03-02 03:00:00"))
    #expect(try Self.batches(store).count { $0.contains("started") } == 2)
    let live = try store.digest()
    _ = try store.engine.rebuild()
    #expect(try store.digest() == live)

    func reopen() throws {
      try store.close()
      store = try Store(directory: directory.path, options: .quick())
    }
  }
}
