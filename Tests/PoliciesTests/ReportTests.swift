import CBOR
import Engine
import Ledger
import Policies
import Programs
import TestSupport
import Testing

/// Tables that the clock makes.
@Suite("Reports")
struct ReportTests {
  private static func program(_ lines: String, missed: String = "once") throws -> Program {
    try BatchPrograms.program(
      """
      id: shop
      title: Shop
      params: {most: 2}
      entities:
        page: {key: event.page}
      features:
        customer:
          views: {count: page.viewed}
        page:
          views: {count: page.viewed, window: 1d}
          readers: {distinct: page.viewed, value: event.subject, window: 1d}
      reports:
        - id: pages
          schedule: {cron: "0 3 * * *", missed: \(missed)}
      \(lines)
      trigger: {event: club.joined, key: event.subject}
      journey: {start: begun, exits: {done: {}}, states: {begun: {after: {1h: done}}}}

      """)
  }

  private static let pages = """
        of: page
        where: page(key).views > 0
        data: {page: key, views: page(key).views, readers: size(page(key).readers)}
        rank: page(key).views
        limit: 2
    """

  /// What the reports of a store say.
  private static func made(_ store: Store) throws -> [String] {
    let names = store.context.names
    return try store.allEvents().compactMap { event in
      let type = names.name(.type, event.type) ?? ""
      guard type == EventType.reportMade || type == EventType.reportSkipped else { return nil }
      let data = event.payload.value
      if let reason = data["reason"]?.string { return "skipped \(reason)" }
      let rows = (data["rows"]?.elements ?? []).map(\.diagnostic).joined(separator: " ")
      return "\(data["found"]?.uint64 ?? 0)-\(data["leftOut"]?.uint64 ?? 0) \(rows)"
    }
  }

  private static func view(_ page: String, _ customer: String, _ id: Int) throws -> Input {
    Input(
      type: "page.viewed", subject: Array(customer.utf8), source: Array("//test".utf8),
      externalID: Array("v\(id)".utf8), occurredAt: try TestHistory.moment("2024-03-04 10:00:00"),
      payload: CBORValue.object([("page", .text(page))]).encoded())
  }

  @Test("The best rows are told and the others counted, whatever the parts are", arguments: 1...5)
  func rows(size: UInt64) throws {
    let directory = TemporaryDirectory()
    var options = StoreOptions.quick()
    options.slices.reportItems = size
    var store = try Store(directory: directory.path, options: options)
    store.engine.holdForFirstTurn(try Self.program(Self.pages).activation(count: 0))
    for (id, view) in ["aA", "bA", "bB", "cA", "cB", "cA", "dA", "dB"].enumerated() {
      _ = try store.engine.turn(
        [try Self.view(String(view.first!), String(view.last!), id)], clock: .event)
    }
    // In the middle of the report everything is closed, read again, and made anew.
    _ = try store.engine.advance(to: try TestHistory.moment("2024-03-05 03:00:00"), limit: 1)
    let live = try store.digest()
    try store.close()
    store = try Store(directory: directory.path, options: options)
    #expect(try store.digest() == live)
    _ = try store.engine.rebuild()
    #expect(try store.digest() == live)
    _ = try store.engine.advance(to: try TestHistory.moment("2024-03-06 04:00:00"))
    #expect(
      try Self.made(store) == [
        #"4-2 {"page": "c", "views": 3, "readers": 2} {"page": "b", "views": 2, "readers": 2}"#,
        "0-0 ",
      ])
    #expect(LedgerLaws.violations(in: try store.allEvents(), store.context.names) == [])
  }

  private static let everybody = """
        of: customers
        where: customer.views > 0
        data: {who: key, views: customer.views}
    """

  @Test("Customers are items too, without a rank in their order; nobody is not one")
  func customers() throws {
    let history = try TestHistory(programs: [try Self.program(Self.everybody)])
    for (id, view) in ["aA", "bC", "bB", "bB"].enumerated() {
      _ = try history.store.engine.turn(
        [try Self.view(String(view.first!), String(view.last!), id)], clock: .event)
    }
    try history.advance("2024-03-05 03:30:00")
    #expect(
      try Self.made(history.store) == [
        #"3-0 {"who": "A", "views": 1} {"who": "C", "views": 1} {"who": "B", "views": 2}"#
      ])
  }

  private static let many = """
        of: page
        data: {page: key}
        limit: 1000
    """

  @Test("Rows that one event does not hold are left out and counted")
  func large() throws {
    let history = try TestHistory(programs: [try Self.program(Self.many)])
    for id in 0..<400 {
      let page = String(repeating: "p", count: 200) + String(id)
      _ = try history.store.engine.turn([try Self.view(page, "A", id)], clock: .event)
    }
    try history.advance("2024-03-05 03:30:00")
    let names = history.store.context.names
    let event = try #require(
      history.store.allEvents().first { names.name(.type, $0.type) == EventType.reportMade })
    let rows = event.payload.value["rows"]?.elements?.count ?? 0
    #expect(event.payload.encoded.count < Limits.payloadBytes && rows > 200 && rows < 400)
    #expect(event.payload.value["leftOut"]?.uint64 == UInt64(400 - rows))
  }

  @Test(
    "Reports missed are made once, each, or skipped with the reason",
    arguments: [("once", 1), ("all", 4), ("none", 4)])
  func missed(word: String, count: Int) throws {
    let directory = TemporaryDirectory()
    let store = try Store(directory: directory.path)
    var now = try TestHistory.moment("2024-03-04 10:00:00")
    _ = try store.engine.turn(
      [try Self.program(Self.pages, missed: word).activation(count: 0)], clock: .wall(now: now))
    now = try TestHistory.moment("2024-03-08 04:00:00")
    _ = try store.engine.turn([], clock: .wall(now: now))
    let made = try Self.made(store)
    #expect(made.count == (word == "none" ? 1 : count), "\(made)")
    #expect(made.allSatisfy { $0.hasPrefix("skipped missed") == (word == "none") })
  }
}
