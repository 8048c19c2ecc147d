import CBOR
import Engine
import Ledger
import Policies
import Testing

/// Batches and runs that the product's own events begin.
extension BatchStartTests {
  @Test(
    "Batches that begin each other end with the first that is the program's own",
    arguments: ["batch.completed", "batch.sliced", "run.started", "decision.made"])
  func ownEvents(type: String) throws {
    let history = try TestHistory(programs: [
      try Self.program("p", "trigger: {event: [page.viewed, \(type)]}\n\(Self.customers)"),
      try Self.program("q", "trigger: {event: \(type)}\n\(Self.customers)"),
    ])
    try history.send("2024-03-01 10:05:00", "page.viewed", "a", [:])
    try history.send("2024-03-01 10:06:00", "page.viewed", "b", [:])
    let events = try history.store.allEvents()
    let names = history.store.context.names
    #expect(Set(events.map(\.header.id)).count == events.count)
    #expect(LedgerLaws.violations(in: events, names) == [])
    let skipped = events.filter { names.name(.type, $0.type) == EventType.batchSkipped }
    #expect(!skipped.isEmpty)
    #expect(skipped.allSatisfy { $0.payload.value["reason"] == "cascade-depth" })
  }

  @Test("Runs that begin each other are cut short, each event with an id of its own")
  func runsOfRuns() throws {
    let history = try TestHistory(programs: [
      try Self.program(
        "p",
        "trigger: {event: [page.viewed, run.exited, batch.sliced, batch.started], key: event.subject + string(event.position)}"
      ),
      try Self.program("q", "trigger: {event: decision.made, key: string(event.position)}"),
    ])
    try history.send("2024-03-01 10:05:00", "page.viewed", "a", [:])
    try history.advance("2024-03-01 12:05:00")
    let events = try history.store.allEvents()
    #expect(Set(events.map(\.header.id)).count == events.count)
    #expect(
      events.contains { $0.payload.value["reason"] == "cascade-depth" })
  }
}
