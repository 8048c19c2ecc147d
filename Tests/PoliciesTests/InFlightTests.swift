import CBOR
import Catalog
import Engine
import Journeys
import Ledger
import Policies
import Programs
import Testing

/// What becomes of runs in flight when another version comes into force.
@Suite("Runs in flight")
struct InFlightTests {
  private static func program(_ states: String) throws -> Program {
    let text = """
      id: wait
      title: Wait
      trigger: {event: go, key: event.key}
      candidate: {ttl: 30d}
      journey:
        start: first
        exits: {stopped: {on: stop, when: event.key == run.key}, old: {fromStart: 20d}}
        states:

      """ + states
    let files = ["program.yaml": text, "templates/t.yaml": "text: Hello\n"]
    return try Program(
      body: ProgramBody(files: files.mapValues { Array($0.utf8) }), folder: "wait")
  }

  private static let before = """
        first: {after: {2d: second}}
        second:
          after: {1h: {send: {channel: push, template: t}}, 10d: third}
        third: {after: {1d: old}}

    """
  private static let after = """
        first: {after: {1d: second}}
        second:
          after: {1h: {send: {channel: push, template: t}}, 8d: fourth}
        fourth: {send: {channel: sms, template: t}, after: {1d: old}}

    """

  /// Three runs: in `first` for 12 hours, in `second` for a day, in `third` for an hour.
  private static func history() throws -> TestHistory {
    let history = try TestHistory(programs: [try program(before)])
    for (key, day) in [("c", "01 00"), ("b", "10 01"), ("a", "12 13")] {
      try history.send(
        "2024-03-\(day):00:00", "customer.updated", key, ["phone": "+1", "pushToken": "p"])
      try history.send("2024-03-\(day):00:00", "go", key, ["key": .text(key)])
    }
    try history.advance("2024-03-13 01:00:00")
    return history
  }

  @Test("migrate sets timers anew from when the state was entered; a state that is gone ends runs")
  func migrate() throws {
    let history = try Self.history()
    try history.activate(try Self.program(Self.after), inFlight: "migrate")
    #expect(
      try history.lines("run.moved").suffix(2).map { String($0) } == [
        "03-13 00:00 run.moved b: b second because migrated (fourth@03-20 01:00, "
          + "old@03-30 01:00)",
        "03-13 00:00 run.moved a: a first because migrated (second@03-13 13:00, old@04-01 13:00)",
      ])
    #expect(
      try history.lines("run.exited") == [
        "03-13 00:00 run.exited c: c superseded from third after second/after 1h"
      ])
    #expect(try history.lines("candidate.removed").count == 1)
    // The reminder that was sent under the old version is not sent again.
    try history.advance("2024-03-14 13:00:00")
    #expect(try history.lines("delivery.requested").count { $0.contains(" b: b push") } == 1)
    try history.advance("2024-03-20 01:00:00")
    #expect(
      try history.lines("delivery.requested").last
        == "03-20 01:00 delivery.requested b: b sms fourth to +1")
  }

  @Test("A moment that the new version has past is due at once")
  func past() throws {
    let history = try Self.history()
    let quick = Self.after.replacing("1d: second", with: "6h: second")
    try history.activate(try Self.program(quick), inFlight: "migrate")
    try history.advance("2024-03-13 01:00:00")
    #expect(
      try history.lines("run.moved").contains {
        $0.hasPrefix("03-13 00:00 run.moved a: a first to second")
      })
  }

  @Test("exit ends them all, in order; pin leaves them alone")
  func exit() throws {
    let history = try Self.history()
    try history.activate(try Self.program(Self.after), inFlight: "pin")
    #expect(try history.lines("run.exited") == [])
    try history.activate(try Self.program(Self.before), inFlight: "exit")
    // The versions are compared, so that runs of the version that came back go on.
    #expect(try history.lines("run.exited") == [])
    try history.activate(try Self.program(Self.after), inFlight: "exit")
    #expect(
      try history.lines("run.exited").map { $0.split(separator: " ")[4] } == ["c", "b", "a"])
    #expect(try history.lines("runs.transferred").count == 2)
  }

  @Test("Many runs go over in portions, in the order in which they began; none is left or doubled")
  func portions() throws {
    let history = try TestHistory(programs: [try Self.program(Self.before)])
    for run in 0..<1_203 {
      try history.send("2024-03-01 00:00:00", "go", "c\(run)", ["key": .text("k\(run)")])
    }
    try history.activate(try Self.program(Self.after), inFlight: "migrate")
    let moves = try history.lines("run.moved")
    #expect(moves.count == 1_203)
    #expect(moves.enumerated().allSatisfy { $1.contains(" k\($0) first because migrated") })
    #expect(try history.lines("runs.transferred").count == 3)
    var counts: [String: Int] = [:]
    history.store.journeys.runs.forEach { _, run in counts[run.version, default: 0] += 1 }
    #expect(counts.count == 1)
  }
}
