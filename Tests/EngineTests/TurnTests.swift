import CBOR
import Engine
import Ledger
import Testing

/// Turns: time, timers, duplicates.
@Suite("Turns")
struct TurnTests {
  private func remind(_ subject: String, at time: Int64?, in delay: Int64) -> Input {
    input("remind", subject, id: "r-\(subject)-\(time ?? -1)", at: time, ["in": .signed(delay)])
  }

  @Test("Under the event clock a timer fires at its due time, before inputs of that time")
  func eventClock() throws {
    let bench = try Bench()
    _ = try bench.engine.turn(
      [
        remind("a", at: 100, in: 50), remind("b", at: 110, in: 30), input("x", id: "1", at: 139),
        input("x", id: "2", at: 140), input("x", id: "3", at: 200),
      ], clock: .event)
    #expect(
      try bench.lines() == [
        "100 remind a", "110 remind b", "139 x s", "140 timer.fired b", "140 x s",
        "150 timer.fired a", "200 x s",
      ])
  }

  @Test("Timers of one due time fire in the order of having been set")
  func ties() throws {
    let bench = try Bench()
    for (index, subject) in ["c", "a", "b"].enumerated() {
      let time = Int64(index)
      _ = try bench.engine.turn([remind(subject, at: time, in: 100 - time)], clock: .event)
    }
    try bench.reopen()
    #expect(bench.engine.nextTimer() == 100)
    #expect(try bench.engine.advance(to: 99) == 0)
    #expect(try bench.engine.advance(to: 100, limit: 2) == 2)
    #expect(try bench.engine.advance(to: 1_000) == 1)
    #expect(bench.engine.nextTimer() == nil)
    #expect(
      try bench.lines().suffix(3) == [
        "100 timer.fired c", "100 timer.fired a", "100 timer.fired b",
      ])
  }

  @Test("A late event is recorded now, keeps its own time, and what is due now comes first")
  func late() throws {
    let bench = try Bench()
    _ = try bench.engine.turn(
      [
        input("x", id: "1", at: 1_000), remind("a", at: 1_000, in: 0),
        input("x", "late", id: "2", at: 10), input("x", id: "3", at: 1_001),
      ], clock: .event)
    #expect(
      try bench.lines() == [
        "1000 x s", "1000 remind a", "1000 timer.fired a", "1000 x late", "1001 x s",
      ])
    let event = try bench.events()[3]
    #expect(event.header.occurredAt == 10)
  }

  @Test("Under the wall clock timers fire with the turn, and its time never goes back")
  func wallClock() throws {
    let bench = try Bench()
    _ = try bench.engine.turn([remind("a", at: 5, in: 50)], clock: .wall(now: 1_000))
    _ = try bench.engine.turn([input("x", id: "1", at: 7)], clock: .wall(now: 1_049))
    _ = try bench.engine.turn([input("x", id: "2")], clock: .wall(now: 1_080))
    // Set back, and with a timer that is due at once.
    _ = try bench.engine.turn(
      [remind("b", at: nil, in: 0), input("x", id: "3")], clock: .wall(now: 900))
    #expect(
      try bench.lines() == [
        "1000 remind a", "1049 x s", "1080 timer.fired a", "1080 x s", "1080 remind b",
        "1080 timer.fired b", "1080 x s",
      ])
    let events = try bench.events()
    #expect(events[0].header.occurredAt == 5)
    #expect(events[2].payload.value["due"] == 1_050)
    #expect(events[2].header.cause == events[0].position)
    #expect(events[3].header.occurredAt == 1_080)
  }

  @Test("A timer that its owner dropped or set anew does not fire as it was")
  func dropped() throws {
    let bench = try Bench()
    _ = try bench.engine.turn(
      [
        remind("a", at: 0, in: 10), remind("b", at: 0, in: 10), remind("a", at: 5, in: 10),
        input("forget", "b", id: "f", at: 6), input("x", id: "1", at: 100),
      ], clock: .event)
    #expect(try bench.lines().filter { $0.contains("timer") } == ["15 timer.fired a"])
  }

  @Test(
    "The same event again is a duplicate, another with its id a conflict that names the field",
    arguments: [EventKind.input, .outcome, .control])
  func duplicates(kind: EventKind) throws {
    let bench = try Bench(flushRows: 1)
    let original = input("a", "s", id: "1", at: 100, ["v": 1])
    func receipts(_ given: [Input]) throws -> [String] {
      let inputs = given.map { input in
        var input = input
        input.kind = kind
        return input
      }
      return try bench.engine.turn(inputs, clock: .event).map { receipt in
        switch receipt {
        case .appended: "appended"
        case .duplicate(let position): "duplicate \(position)"
        case .conflict(let position, let field): "conflict \(position) \(field)"
        }
      }
    }
    var variants: [Input] = [original]
    variants.append(input("b", "s", id: "1", at: 100, ["v": 1]))
    variants.append(input("a", "t", id: "1", at: 100, ["v": 1]))
    variants.append(input("a", "s", id: "1", at: 101, ["v": 1]))
    variants.append(input("a", "s", id: "1", at: 100, ["v": 2]))
    variants.append(input("a", "s", id: "1", at: nil, ["v": 1]))
    // Position 2: the type's name comes first.
    let expected = [
      "duplicate 2", "conflict 2 type", "conflict 2 subject", "conflict 2 time",
      "conflict 2 data", "duplicate 2",
    ]
    #expect(try receipts([original] + variants) == ["appended"] + expected)
    #expect(try receipts(variants) == expected)
    try bench.reopen()
    #expect(try receipts(variants) == expected)
    _ = try bench.engine.rebuild()
    #expect(try receipts(variants) == expected)
    // Source and id are told apart although they hash alike.
    let split = input("a", "s", id: "2\u{0}3", at: 200, source: "x", ["v": 1])
    let other = input("a", "s", id: "3", at: 200, source: "x\u{0}2", ["v": 1])
    #expect(try receipts([split, other]) == ["appended", "conflict 3 source"])
    #expect(try bench.events().count == 2)
  }

  @Test("What is refused moves no clock")
  func refusedMovesNothing() throws {
    let bench = try Bench()
    _ = try bench.engine.turn(
      [input("x", id: "1", at: 100), remind("a", at: 100, in: 50)], clock: .event)
    _ = try bench.engine.turn([input("x", id: "1", at: 900)], clock: .event)
    #expect(bench.engine.nextTimer() == 150)
    _ = try bench.engine.turn([input("x", id: "2", at: 120)], clock: .event)
    #expect(try bench.lines() == ["100 x s", "100 remind a", "120 x s"])
  }

  @Test("An open turn is seen by nobody else, and is committed as a whole")
  func openTurn() throws {
    let bench = try Bench()
    for index in 0..<10 {
      _ = try bench.engine.turn(
        [input("x", id: "\(index)", at: Int64(index))], clock: .event, commits: false)
    }
    #expect(bench.engine.committed.position == 0)
    #expect(bench.engine.uncommittedCount == 11)
    #expect(bench.engine.event(at: 11)?.externalID == "9")
    let again = try bench.engine.turn(
      [input("x", id: "3", at: 3)], clock: .event)
    guard case .duplicate(position: 5) = again[0] else {
      Issue.record("\(again)")
      return
    }
    #expect(bench.engine.committed.position == 11)
  }

  @Test("A turn of any size is committed, in parts where it is large")
  func largeTurn() throws {
    let bench = try Bench(flushRows: 1_000)
    let inputs = (0..<40_000).map { input("x", "s\($0 % 3_000)", id: "\($0)", at: Int64($0)) }
    let receipts = try bench.engine.turn(inputs, clock: .event)
    #expect(receipts.count == 40_000)
    #expect(bench.engine.committed.position == 40_001)
    let live = try bench.engine.digest().map(\.digest)
    try bench.reopen()
    #expect(try bench.engine.digest().map(\.digest) == live)
    _ = try bench.engine.rebuild()
    #expect(try bench.engine.digest().map(\.digest) == live)
    #expect(bench.tally.row("s7")?.seen == 14)
  }
}
