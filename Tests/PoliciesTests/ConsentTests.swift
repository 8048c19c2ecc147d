import CBOR
import Candidates
import Deliveries
import Engine
import Ledger
import Policies
import Programs
import Testing

/// What customers allow, and what addresses take.
@Suite("Consent")
struct ConsentTests {
  private static func history(_ overrides: [(String, String)] = []) throws -> TestHistory {
    let history = try TestHistory(programs: [try ClubProgram.plain(overrides)])
    try history.send(
      "2024-03-04 09:00:00", "customer.updated", "c",
      [
        "email": "C@example.com", "phone": "+1", "pushToken": "t", "timeZone": "Europe/Berlin",
      ])
    return history
  }

  /// Reports of the last message by e-mail.
  private static func report(
    _ history: TestHistory, _ time: String, _ type: String, _ more: [(String, CBORValue)] = []
  ) throws {
    var id = ""
    for event in try history.store.allEvents() {
      guard event.kind == .effect, event.payload.value["channel"]?.string == "email" else {
        continue
      }
      id = event.payload.value["deliveryId"]?.string ?? ""
    }
    let outcome = Input(
      kind: .outcome, type: type, subject: Array("c".utf8),
      source: Array(OwnSource.outcome.utf8), externalID: Array("\(id)/\(type)/\(time)".utf8),
      occurredAt: try TestHistory.moment(time),
      payload: CBORValue.object([("deliveryId", .text(id))] + more).encoded())
    _ = try history.store.engine.turn([outcome], clock: .event)
  }

  @Test("An address that bounced gets nothing more, whatever the class, until that is lifted")
  func bounce() throws {
    let history = try Self.history([("params.cooldown", "3")])
    try history.send("2024-03-04 10:00:00", "club.joined", "c", ["club": "a"])
    try Self.report(history, "2024-03-04 10:01:00", "delivery.bounced", [("permanent", false)])
    try history.send("2024-03-04 14:00:00", "club.joined", "c", ["club": "b"])
    try Self.report(history, "2024-03-04 14:01:00", "delivery.bounced")
    try history.send("2024-03-04 18:00:00", "club.joined", "c", ["club": "d"])
    let decisions = try history.lines("decision.made")
    #expect(decisions.count == 3)
    #expect(decisions[1].contains("eligible b"))
    #expect(decisions[2].contains("rejected reachable d [rest+ reachable-]"))
    // The transactional message of the runs under way is withheld too.
    try history.advance("2024-03-09 00:00:00")
    let withheld = try history.lines("delivery.withheld").filter { $0.contains("email last") }
    #expect(withheld.count == 2 && withheld.allSatisfy { $0.hasSuffix("because suppressed") })
    // The address in other letters is the same address.
    try history.send(
      "2024-03-09 10:00:00", "suppression.lifted", "c",
      ["channel": "email", "address": "c@EXAMPLE.com"])
    try history.send("2024-03-09 10:01:00", "club.joined", "c", ["club": "e"])
    #expect(try history.lines("delivery.requested").last?.contains("e email greeted") == true)
  }

  @Test("A complaint stops marketing, but no transactional message")
  func complaint() throws {
    let history = try Self.history()
    try history.send("2024-03-04 10:00:00", "club.joined", "c", ["club": "a"])
    try Self.report(history, "2024-03-04 10:01:00", "delivery.complained")
    try history.advance("2024-03-09 00:00:00")
    #expect(try history.lines("delivery.requested").contains { $0.contains("a email last") })
    try history.send("2024-03-09 10:00:00", "club.joined", "c", ["club": "b"])
    #expect(
      try history.lines("decision.made").last?.contains("rejected reachable b") == true)
  }

  @Test("No address stands in the tables of suppressed ones")
  func hashes() throws {
    let history = try Self.history()
    try history.send("2024-03-04 10:00:00", "club.joined", "c", ["club": "a"])
    try Self.report(history, "2024-03-04 10:01:00", "delivery.bounced")
    let deliveries = history.store.deliveries
    #expect(deliveries.suppression(channel: "email", address: "c@example.com") != nil)
    #expect(deliveries.suppression(channel: "sms", address: "c@example.com") == nil)
    for table in deliveries.tables where table.name.hasPrefix("deliveries.suppression") {
      #expect(table.pendingCount == 1)
    }
  }

  @Test("A topic is left by channel or in all; what was said last counts")
  func topics() throws {
    let history = try Self.history()
    func say(_ time: String, _ channel: String?, _ optedIn: Bool) throws {
      var data: [(String, CBORValue)] = [("topic", "news"), ("optedIn", .bool(optedIn))]
      if let channel { data.append(("channel", .text(channel))) }
      try history.send("2024-03-\(time)", "consent.changed", "c", .object(data))
    }
    func join(_ time: String, _ key: String) throws -> String {
      try history.send("2024-03-\(time)", "club.joined", "c", ["club": .text(key)])
      return try history.lines("decision.made").last ?? ""
    }
    try say("04 09:10:00", "sms", false)
    #expect(try join("04 10:00:00", "a").contains("eligible"))
    try say("04 10:30:00", "email", false)
    #expect(try join("04 14:00:00", "b").contains("rejected wanted"))
    try say("04 15:00:00", "email", true)
    #expect(try join("04 15:10:00", "d").contains("eligible"))
    try say("04 16:00:00", nil, false)
    #expect(try join("04 19:00:00", "e").contains("rejected wanted"))
    let withheld = try history.lines("delivery.withheld")
    #expect(withheld.contains { $0.contains("a sms nudged") && $0.hasSuffix("because topic") })
    #expect(withheld.contains { $0.contains("d push nudged") && $0.hasSuffix("because topic") })
    // Transactional messages do not ask.
    try history.advance("2024-03-12 00:00:00")
    #expect(try history.lines("delivery.requested").contains { $0.contains("email last") })
  }

  @Test("Where opting in is required, silence means no")
  func optIn() throws {
    let history = try Self.history([("filters.wanted.topic.optIn", "required")])
    try history.send("2024-03-04 10:00:00", "club.joined", "c", ["club": "a"])
    try history.send(
      "2024-03-04 10:01:00", "consent.changed", "c", ["topic": "news", "optedIn": true])
    try history.send("2024-03-04 10:02:00", "club.joined", "c", ["club": "a"])
    let decisions = try history.lines("decision.made")
    #expect(decisions[0].contains("rejected wanted"))
    #expect(decisions[1].contains("eligible"))
  }

  @Test("Opting out takes candidates away within the event that says so")
  func candidates() throws {
    let history = try Self.history()
    try history.send("2024-03-04 10:00:00", "club.joined", "c", ["club": "a"])
    #expect(history.store.candidates.isLive(try Self.runID(history)))
    try history.send(
      "2024-03-04 11:00:00", "consent.changed", "c",
      ["topic": "news", "channel": "email", "optedIn": false])
    #expect(history.store.candidates.isLive(try Self.runID(history)))
    let receipt = try history.send(
      "2024-03-04 12:00:00", "customer.updated", "c", ["optedOut": true])
    #expect(!history.store.candidates.isLive(try Self.runID(history)))
    guard case .appended(let position, _) = receipt else { throw MissingEvent() }
    let removals = try history.store.allEvents().filter { $0.header.cause == position }
    #expect(removals.count == 1)
    #expect(removals.first?.payload.value["reason"] == "opted-out")
    let updates = try history.lines("candidate.updated")
    #expect(updates.count == 1)
    // Nothing is left to take away, and a new run makes none.
    try history.send("2024-03-04 13:00:00", "customer.updated", "c", ["optedOut": true])
    try history.send(
      "2024-03-04 13:00:00", "consent.changed", "c", ["topic": "news", "optedIn": true])
    try history.send("2024-03-04 14:00:00", "club.joined", "c", ["club": "b"])
    #expect(try history.lines("candidate.removed").count == 1)
    #expect(try history.lines("candidate.created").count == 1)
  }

  private static func runID(_ history: TestHistory) throws -> String {
    let names = history.store.context.names
    for event in try history.store.allEvents()
    where names.name(.type, event.type) == EventType.runStarted {
      return event.payload.value["runId"]?.string ?? ""
    }
    throw MissingEvent()
  }

  @Test("A cooldown counts runs or deliveries, of the program or of all, in (t - per, t]")
  func cooldown() throws {
    for (of, second) in [("run", "13:00:00"), ("delivery", "15:00:00")] {
      let history = try Self.history([("filters.rest.cooldown.of", of)])
      try history.send("2024-03-04 10:00:00", "club.joined", "c", ["club": "a"])
      let time = second == "13:00:00" ? "12:59:59.999999" : "14:59:59.999999"
      try history.send("2024-03-04 \(time)", "club.joined", "c", ["club": "b"])
      try history.send("2024-03-04 \(second)", "club.joined", "c", ["club": "b"])
      let decisions = try history.lines("decision.made")
      #expect(decisions[1].contains("rejected rest b [rest-]"), "\(of)")
      #expect(decisions[2].contains("eligible b"), "\(of)")
    }
  }
}

/// A test that looks for what is not there.
struct MissingEvent: Error {}
