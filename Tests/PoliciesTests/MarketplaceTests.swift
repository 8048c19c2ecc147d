import CBOR
import Engine
import Journeys
import Ledger
import Policies
import Programs
import Testing

/// What programs override for a marketplace.
@Suite("Marketplaces")
struct MarketplaceTests {
  private static let text = """
    id: bazaar
    title: Bazaar
    timeZone: Europe/Berlin
    quietHours: {from: "21:00", to: "08:00"}
    holdout: {percent: 0}
    threshold: 0.5
    levels: {high: 0.8, low: 0}
    marketplaces:
      US: {}
      IN: {enabled: false}
      JP:
        timeZone: Asia/Tokyo
        quietHours: {from: "08:00", to: "12:00"}
        templates: {note: note-ja}
      BR: {holdout: {percent: 100}}
      UK: {threshold: 0.9}
      FR: {levels: {top: 0.6, bottom: 0}, quietHours: false}
    trigger: {event: stall.visited, key: event.stall}
    filters: [{id: open, pass: "true"}]
    score: {model: flat, features: {visits: 1}}
    journey:
      set: {zone: zone()}
      start: greeted
      exits: {over: {fromStart: 2d}}
      states:
        greeted: {send: {channel: sms, template: note, variables: {why: score.level}}}
    """

  private static func program(_ text: String = text) throws -> Program {
    let files = [
      "program.yaml": text, "templates/note.yaml": "text: \"{{why}}\"\n",
      "templates/note-ja.yaml": "text: \"ja {{why}}\"\n",
      "models/flat.yaml": """
      id: flat
      kind: scorecard
      link: clipped
      features: [{name: visits, bins: [{to: 1, points: 0}, {from: 1, points: 0.7}]}]
      """,
    ]
    return try Program(
      body: ProgramBody(files: files.mapValues { Array($0.utf8) }), folder: "bazaar")
  }

  private static func history(_ program: Program, at time: String, _ codes: [String]) throws
    -> TestHistory
  {
    let history = try TestHistory(programs: [program])
    for code in codes {
      try history.send(
        "2024-03-04 00:00:00", "customer.updated", "c-\(code)",
        ["marketplace": .text(code), "phone": "+49123"])
    }
    for code in codes {
      try history.send(time, "stall.visited", "c-\(code)", ["stall": "s"])
    }
    return history
  }

  /// The data of events of a type by the subject's marketplace.
  private static func data(_ history: TestHistory, _ type: String) throws -> [String: CBORValue] {
    let names = history.store.context.names
    var data: [String: CBORValue] = [:]
    for event in try history.store.allEvents() where names.name(.type, event.type) == type {
      data[String(event.subject.dropFirst(2))] = event.payload.value
    }
    return data
  }

  private static let codes = ["US", "IN", "JP", "BR", "UK", "FR", "XX", ""]

  @Test("A program rejects where it is not enabled, and says what it read")
  func enabled() throws {
    let history = try Self.history(Self.program(), at: "2024-03-04 13:00:00", Self.codes)
    let decisions = try Self.data(history, EventType.decisionMade)
    let refused = try #require(decisions["IN"])
    #expect(refused["outcome"] == "rejected" && refused["reason"] == "marketplace")
    #expect(
      refused["filters"] == [
        ["id": "marketplace", "verdict": "fail", "read": ["customer.marketplace": "IN"]]
      ])
    for code in ["US", "JP", "FR", "XX", ""] {
      #expect(decisions[code]?["outcome"] == "eligible", "\(code)")
      #expect(decisions[code]?["filters"]?.elements?.count == 1)
    }
  }

  @Test("Holdout, threshold and levels are the marketplace's, the buckets the program's")
  func scores() throws {
    let history = try Self.history(Self.program(), at: "2024-03-04 13:00:00", Self.codes)
    let decisions = try Self.data(history, EventType.decisionMade)
    #expect(decisions["BR"]?["outcome"] == "held-out")
    #expect(decisions["BR"]?["propensity"]?.double == 1)
    #expect(decisions["US"]?["propensity"] == nil)
    #expect(decisions["UK"]?["outcome"] == "below-threshold")
    let runs = try Self.data(history, EventType.runStarted)
    #expect(runs["FR"]?["level"] == "top" && runs["US"]?["level"] == "low")
  }

  @Test("Zone and template are the marketplace's, for customers without a zone of their own")
  func zones() throws {
    let history = try Self.history(Self.program(), at: "2024-03-04 13:00:00", Self.codes)
    let runs = try Self.data(history, EventType.runStarted)
    #expect(runs["JP"]?["set"]?["zone"] == "Asia/Tokyo")
    #expect(runs["US"]?["set"]?["zone"] == "Europe/Berlin")
    let sent = try Self.data(history, EventType.deliveryRequested)
    #expect(sent["JP"]?["template"] == "note-ja" && sent["US"]?["template"] == "note")
    try history.send(
      "2024-03-04 14:00:00", "customer.updated", "c-JP", ["timeZone": "America/New_York"])
    try history.send("2024-03-04 14:00:00", "stall.visited", "c-JP", ["stall": "other"])
    #expect(
      try Self.data(history, EventType.runStarted)["JP"]?["set"]?["zone"] == "America/New_York")
  }

  @Test("Quiet hours are the marketplace's, or none")
  func quiet() throws {
    // 22:30 in Berlin, 06:30 in Tokyo; then 00:30 and 08:30.
    let evening = try Self.history(Self.program(), at: "2024-03-04 21:30:00", ["US", "JP", "FR"])
    #expect(try Self.data(evening, EventType.deliveryRequested).keys.sorted() == ["FR", "JP"])
    let night = try Self.history(Self.program(), at: "2024-03-04 23:30:00", ["US", "JP", "FR"])
    #expect(try Self.data(night, EventType.deliveryRequested).keys.sorted() == ["FR"])
    try night.advance("2024-03-05 03:00:00")
    #expect(try Self.data(night, EventType.deliveryRequested).keys.sorted() == ["FR", "JP"])
    try night.advance("2024-03-05 07:00:00")
    #expect(try Self.data(night, EventType.deliveryRequested).keys.sorted() == ["FR", "JP", "US"])
  }

  @Test("Who is where a program does not run belongs to no population")
  func population() throws {
    let text = Self.text.replacing(
      "trigger: {event: stall.visited, key: event.stall}",
      with: "trigger: {event: fair.opened}\npopulation: {of: customers, rank: score.value}")
    let history = try TestHistory(programs: [Self.program(text)])
    for code in ["US", "IN", "UK"] {
      try history.send(
        "2024-03-04 00:00:00", "customer.updated", "c-\(code)",
        ["marketplace": .text(code), "phone": "+49123"])
    }
    try history.send("2024-03-04 13:00:00", "fair.opened", "fair", [:])
    try history.advance("2024-03-04 14:00:00")
    let decisions = try Self.data(history, EventType.decisionMade)
    #expect(decisions["US"]?["outcome"] == "eligible")
    #expect(decisions["IN"] == nil && decisions["UK"] == nil)
  }
}
