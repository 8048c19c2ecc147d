import CBOR
import Engine
import Ledger
import Testing

/// Emits an event of the same type to everything of a type, or to everything.
private final class Echo: Policy {
  private let context: () -> FoldContext
  private let answers: @Sendable (String) -> [String]

  init(_ context: @escaping () -> FoldContext, _ answers: @escaping @Sendable (String) -> [String])
  {
    self.context = context
    self.answers = answers
  }

  func react(to event: Event, subject: UInt32, emitting emissions: inout Emissions) {
    let type = context().names.name(.type, event.type) ?? ""
    for answer in answers(type) {
      emissions.append(
        Emission(
          kind: .decision, type: answer, program: "echo", subject: Array(event.subject.utf8),
          payload: CBORValue.object([("to", .unsigned(event.position))]).encoded()))
    }
  }
}

@Suite("Cascades")
struct CascadeTests {
  private func bench(_ answers: @escaping @Sendable (String) -> [String]) throws -> Bench {
    let box = ContextBox()
    let bench = try Bench(policies: { [Echo({ box.context! }, answers)] })
    box.context = bench.engine.context
    return bench
  }

  private final class ContextBox {
    var context: FoldContext?
  }

  @Test("A policy that answers itself is heard 16 times, then refused by a decision")
  func depth() throws {
    let bench = try bench { $0 == "echo" ? ["echo"] : [] }
    let receipts = try bench.engine.turn(
      [input("echo", id: "1", at: 100)], clock: .event)
    let events = try bench.events()
    let type = bench.engine.context.names.number(.type, "echo")
    #expect(events.filter { $0.type == type }.count == 1 + 16)
    let last = try #require(events.last)
    let data = last.payload.value
    #expect(data["outcome"] == "failed")
    #expect(data["reason"] == "cascade-depth")
    #expect(data["refused"] == "echo")
    #expect(data["program"] == "echo")
    #expect(events.count == 18)
    // Each is caused by the one before, all have the same root and time.
    for (cause, event) in zip(events, events.dropFirst()) {
      #expect(event.header.cause == cause.position)
      #expect(event.header.root == events[0].position)
      #expect(event.recordedAt == 100)
      #expect(
        event.header.id
          == EventID(cause: cause.header.id, program: Array("echo".utf8), ordinal: 0))
    }
    guard case .appended(_, let decisions) = receipts[0] else {
      Issue.record("\(receipts)")
      return
    }
    #expect(decisions.map(\.position) == [last.position])
  }

  @Test("Whoever answers everything, decisions too, comes to an end, and nothing is dropped unsaid")
  func everything() throws {
    let bench = try bench { $0 == Names.internedName ? [] : [EventType.decisionMade] }
    _ = try bench.engine.turn([input("a", id: "1", at: 1)], clock: .event)
    let events = try bench.events()
    #expect(events.count == 1 + 16 + 1)
    #expect(events.last?.payload.value["refused"] == "decision.made")
    // The next input begins at depth 0 again.
    _ = try bench.engine.turn([input("a", id: "2", at: 2)], clock: .event)
    #expect(try bench.events().count == 2 * 18)
  }

  @Test("What one event leads to is appended in order, breadth first, with ordinals of its own")
  func order() throws {
    let bench = try bench { type in
      switch type {
      case "a": ["b", "c"]
      case "b": ["d", "d"]
      case "c": ["e"]
      default: []
      }
    }
    _ = try bench.engine.turn([input("a", id: "1", at: 5), input("z", id: "2")], clock: .event)
    #expect(
      try bench.lines() == ["5 a s", "5 b s", "5 c s", "5 d s", "5 d s", "5 e s", "5 z s"])
    let events = try bench.events()
    let program = Array("echo".utf8)
    #expect(
      events[4].header.id == EventID(cause: events[1].header.id, program: program, ordinal: 1))
    let causes = [0, 0, 1, 1, 2].map { events[$0].position }
    #expect(events[1...5].map(\.header.cause) == causes)
    #expect(bench.tally.row("s")?.seen == 7)
    #expect(bench.tally.row("s")?.settled == 7)
  }
}
