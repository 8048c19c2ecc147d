import Binding
import CBOR
import Catalog
import Engine
import Expressions
import Features
import Ledger
import Policies
import Programs
import Simulation
import Testing

import class TestSupport.TemporaryDirectory

/// Declared features: windows, order, limits, and history that was there before the declaration.
@Suite("Features")
struct FeatureTests {
  private static let text = """
    id: ticks
    title: Ticks
    entities:
      page: {key: event.page}
    features:
      customer:
        all: {count: tick}
        allNow: {count: tick, including: current}
        any: {exists: tick, where: event.v > 3}
        hour: {count: tick, window: 1h}
        hourNow: {count: tick, window: 1h, including: current}
        sum: {sum: tick, value: event.v}
        avg: {avg: tick, value: event.v}
        min: {min: tick, value: event.v}
        max: {max: tick, value: event.v}
        first: {first: tick, value: event.v}
        last: {last: tick, value: event.v}
        firstHappened: {first: tick, value: event.v, by: occurred}
        lastHappened: {last: tick, value: event.v, by: occurred}
        hourSum: {sum: tick, value: event.v, window: 1h}
        hourAvg: {avg: tick, value: event.v, window: 1h}
        hourMin: {min: tick, value: event.v, window: 1h}
        hourMax: {max: tick, value: event.v, window: 1h}
        hourFirst: {first: tick, value: event.v, window: 1h}
        hourLast: {last: tick, value: event.v, window: 1h}
        distinct: {distinct: tick, value: event.v, limit: 3}
        distinctHour: {distinct: tick, value: event.v, window: 1h}
        settled: {distinct: tick, value: event.v, settle: 30m}
        collected: {collect: tick, value: event.v, limit: 2}
        collectedHour: {collect: tick, value: event.v, window: 1h}
        listed:
          {collect: tick, each: event.list, as: e, where: e > 1, value: e * 10, limit: 4}
      page:
        visits: {count: tick}
        lastVisitor: {last: tick, value: event.subject, default: '""'}
    trigger: {event: tick, key: string(event.position)}
    filters:
      - {id: counted, pass: customer.allNow >= 0 && customer.all >= 0 && page(event.page).visits > 99}
    journey:
      start: only
      exits: {over: {fromStart: 1d}}
      states: {only: {}}
    """

  private static func program() throws -> Program {
    try Program(
      body: ProgramBody(files: ["program.yaml": Array(text.utf8)]), folder: "ticks", overrides: [])
  }

  private static let minute: Int64 = 60_000_000
  private static let start: Int64 = 1_709_546_400_000_000

  private static func tick(
    _ id: Int, at time: Int64, _ value: CBORValue, subject: String = "s",
    list: [CBORValue] = [], page: String = "p"
  ) -> Input {
    Input(
      type: "tick", subject: Array(subject.utf8), source: Array("//test".utf8),
      externalID: Array("t\(id)".utf8), occurredAt: time,
      payload: CBORValue.object([("v", value), ("list", .array(list)), ("page", .text(page))])
        .encoded())
  }

  /// Every feature of the program as text, for a customer and a page.
  private static func values(
    _ store: Store, _ program: Program, subject: String = "s", page: String = "p", at now: Int64
  ) throws -> [String: String] {
    var values: [String: String] = [:]
    let customer = store.context.subjects.number(of: Array(subject.utf8)) ?? .max
    let kind = try #require(store.features.kind(of: program.entities[0]))
    let entity = store.features.entity(kind: kind, key: Array(page.utf8))
    for feature in program.features {
      let number = try #require(store.features.number(of: feature, in: program))
      let value =
        feature.owner == .customer
        ? store.features.value(of: number, customer: customer, now: now)
        : store.features.value(of: number, entity: entity, now: now)
      values[feature.name] = value.map { $0.text } ?? "none"
    }
    return values
  }

  @Test("Features count what they declare, in (t - w, t]")
  func table() throws {
    let directory = TemporaryDirectory()
    let store = try Store(directory: directory.path, options: .quick())
    let program = try Self.program()
    store.engine.holdForFirstTurn(program.activation(count: 0))
    let start = Self.start
    let ticks = [
      Self.tick(1, at: start, 2, list: [1, 2, 3]),
      Self.tick(2, at: start + 10 * Self.minute, 5),
      Self.tick(3, at: start + 20 * Self.minute, 2, list: [4]),
      Self.tick(4, at: start + 30 * Self.minute, 1),
      Self.tick(5, at: start + 40 * Self.minute, 7, list: [9, 0, 8]),
      // Late: it happened first, and is recorded now.
      Self.tick(6, at: start - 10 * Self.minute, 4, page: "q"),
    ]
    _ = try store.engine.turn(ticks, clock: .event)
    let now = start + 40 * Self.minute
    let common = [
      "all": "6", "allNow": "6", "any": "true", "sum": "21", "avg": "3.5", "min": "1", "max": "7",
      "first": "2", "last": "4", "firstHappened": "4", "lastHappened": "7",
      // Limit 3: of 2, 5, 1, 7, 4 those not seen for longest go: 5, then 2.
      "distinct": "[1, 7, 4]", "collected": "[7, 4]", "listed": "[30, 40, 90, 80]",
      "visits": "5", "lastVisitor": "s",
    ]
    func expect(_ time: Int64, _ words: [String: String]) throws {
      let found = try Self.values(store, program, at: time)
      for (name, value) in common.merging(words, uniquingKeysWith: { $1 }) {
        #expect(found[name] == value, "\(name) \((time - start) / Self.minute) min after the start")
      }
      #expect(found.count == common.merging(words, uniquingKeysWith: { $1 }).count)
    }
    let all = [
      "hour": "6", "hourNow": "6", "hourSum": "21", "hourAvg": "3.5", "hourMin": "1",
      "hourMax": "7", "hourFirst": "2", "hourLast": "4", "distinctHour": "[2, 5, 1, 7, 4]",
      "collectedHour": "[2, 5, 2, 1, 7, 4]", "settled": "[2, 5]",
    ]
    try expect(now, all)
    try expect(start + 60 * Self.minute - 1, all.merging(["settled": "[2, 5]"]) { $1 })
    // Half an hour after its first sight a value is settled; 1 came at 30 min.
    try expect(
      start + 60 * Self.minute,
      [
        "hour": "5", "hourNow": "5", "hourSum": "19", "hourAvg": "3.8", "hourMin": "1",
        "hourMax": "7", "hourFirst": "5", "hourLast": "4", "distinctHour": "[2, 5, 1, 7, 4]",
        "collectedHour": "[5, 2, 1, 7, 4]", "settled": "[2, 5, 1]",
      ])
    try expect(
      start + 80 * Self.minute,
      [
        "hour": "3", "hourNow": "3", "hourSum": "12", "hourAvg": "4.0", "hourMin": "1",
        "hourMax": "7", "hourFirst": "1", "hourLast": "4", "distinctHour": "[1, 7, 4]",
        "collectedHour": "[1, 7, 4]", "settled": "[2, 5, 1, 7, 4]",
      ])
    let none = [
      "hour": "0", "hourNow": "0", "hourSum": "0", "hourAvg": "none", "hourMin": "none",
      "hourMax": "none", "hourFirst": "none", "hourLast": "none", "distinctHour": "[]",
      "collectedHour": "[]", "settled": "[2, 5, 1, 7, 4]",
    ]
    try expect(start + 100 * Self.minute, none)
  }

  @Test("A decision sees the features without its trigger, or with it where that is declared")
  func includingCurrent() throws {
    let directory = TemporaryDirectory()
    let store = try Store(directory: directory.path, options: .quick())
    store.engine.holdForFirstTurn(try Self.program().activation(count: 0))
    _ = try store.engine.turn(
      (0..<4).map { Self.tick($0, at: Self.start + Int64($0), 1) }, clock: .event)
    let type = store.context.names.number(.type, EventType.decisionMade)
    let reads = try store.allEvents().filter { $0.type == type }.map { decision in
      decision.payload.value["filters"]?[0]?["read"] ?? .null
    }
    #expect(reads.map { $0["customer.all"] } == [0, 1, 2, 3])
    #expect(reads.map { $0["customer.allNow"] } == [1, 2, 3, 4])
    #expect(reads.map { $0["page(p)"]?["visits"] } == [0, 1, 2, 3])
  }

  @Test(
    "Features that are declared later have all the history, as if they had been there",
    arguments: 0..<20 as Range<UInt64>)
  func backfill(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var time = Self.start
    let ticks = (0..<120).map { index in
      time += [0, 1, 5 * Self.minute, 29 * Self.minute][random.below(4)]
      let late = random.chance(1, of: 8) ? Int64(random.below(100)) * Self.minute : 0
      let value: CBORValue = random.chance(1, of: 4) ? 1.5 : .signed(Int64(random.below(6)))
      return Self.tick(
        index, at: time - late, value, subject: "s\(random.below(3))",
        list: [.signed(Int64(random.below(9)))], page: "p\(random.below(3))")
    }
    let program = try Self.program()
    let directory = TemporaryDirectory()
    let early = try Store(directory: directory.inside("early"), options: .quick(flushRows: 10))
    early.engine.holdForFirstTurn(program.activation(count: 0))
    let late = try Store(directory: directory.inside("late"), options: .quick(flushRows: 10))
    late.engine.holdForFirstTurn(try NudgeProgram.program().activation(count: 0))
    let place = random.below(120)
    for start in stride(from: 0, to: 120, by: 8) {
      var inputs = Array(ticks[start..<start + 8])
      _ = try early.engine.turn(inputs, clock: .event)
      // In the middle of a turn, whose first events are not committed yet.
      if (start..<start + 8).contains(place) {
        inputs.insert(program.activation(count: 1), at: place - start)
      }
      _ = try late.engine.turn(inputs, clock: .event)
    }
    for now in [time, time + 31 * Self.minute, time + 59 * Self.minute] {
      for index in 0..<3 {
        let (subject, page) = ("s\(index)", "p\(index)")
        #expect(
          try Self.values(late, program, subject: subject, page: page, at: now)
            == Self.values(early, program, subject: subject, page: page, at: now))
      }
    }
    let live = try late.digest()
    _ = try late.engine.rebuild()
    #expect(try late.digest() == live)
  }
}
