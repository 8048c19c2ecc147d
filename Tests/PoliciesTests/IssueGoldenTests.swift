import CBOR
import Programs
import Testing

/// Errors that keep coming against logs derived by hand from the description of the program.
@Suite("Golden issues")
struct IssueGoldenTests {
  /// A customer in good standing, with an engagement of her own making or a stated one.
  private func join(
    _ history: TestHistory, _ customer: String, worth value: Int64 = 50_000,
    status: String = "active", engagement: Double? = nil
  ) throws {
    var fields: [(String, CBORValue)] = [
      ("status", .text(status)), ("email", .text("\(customer)@example.com")),
      ("phone", "+15550100"), ("lifetimeValue", .signed(value)),
    ]
    if let engagement { fields.append(("engagement", .double(engagement))) }
    try history.send("2024-03-04 09:00:00", "customer.updated", customer, .object(fields))
  }

  private func begin(_ overrides: [ProgramOverride] = []) throws -> TestHistory {
    let history = try TestHistory(["predictive-issue-resolution"], overrides: overrides)
    try join(history, "alice")
    try history.send("2024-03-04 09:30:00", "page.viewed", "alice", ["page": "home"])
    return history
  }

  private func error(
    _ history: TestHistory, _ time: String, _ type: String, of customer: String = "alice"
  ) throws {
    try history.send(
      "2024-\(time)", "app.error", customer,
      [
        "errorType": .text(type), "severity": "error", "appVersion": "2.5.1",
        "deviceType": "mobile",
      ])
  }

  @Test("The third error of a type in a day brings an SMS and an e-mail; an update ends it")
  func selfService() throws {
    let history = try begin()
    try error(history, "03-04 10:00:00", "timeout")
    try error(history, "03-04 11:00:00", "timeout")
    try error(history, "03-04 11:30:00", "crash")
    try error(history, "03-04 12:00:00", "timeout")
    for (time, version) in [("12:20:00", "2.5.1"), ("12:30:00", "2.6.0")] {
      try history.send(
        "2024-03-04 \(time)", "app.updated", "alice", ["appVersion": .text(version)])
    }
    try error(history, "03-04 13:30:00", "timeout")
    try Golden.check("issue-self-service", history.transcript())
  }

  @Test("A callback is a ticket of high priority, and support's after an hour")
  func callback() throws {
    let history = try begin()
    for hour in 10...12 { try error(history, "03-04 \(hour):00:00", "crash") }
    try history.send("2024-03-04 12:20:00", "callback.requested", "alice", [:])
    try history.send("2024-03-04 12:21:00", "ticket.opened", "alice", ["ticketId": "t1"])
    try history.send("2024-03-04 12:30:00", "callback.requested", "alice", [:])
    try history.send("2024-03-04 14:00:00", "ticket.closed", "alice", ["ticketId": "t1"])
    try Golden.check("issue-callback", history.transcript())
  }

  @Test("What nobody answers is a manager's after an hour where much is at stake, and expires")
  func manager() throws {
    let history = try begin([ProgramOverride(path: "params.managerAt", value: "0.4")])
    for hour in 10...12 { try error(history, "03-04 \(hour):00:00", "crash") }
    try history.advance("2024-06-01 00:00:00")
    try Golden.check("issue-manager", history.transcript())
  }

  @Test("Open tickets, resolved errors, little value and old errors are rejected with the reason")
  func rejections() throws {
    let history = try TestHistory(["predictive-issue-resolution"])
    try join(history, "alice")
    try join(history, "bob", worth: 9_999)
    try join(history, "carol", status: "suspended")
    try join(history, "dave", engagement: 0.4)
    try history.send("2024-03-04 09:30:00", "page.viewed", "alice", ["page": "home"])
    try history.send("2024-03-04 09:40:00", "ticket.opened", "alice", ["ticketId": "t1"])
    for minute in 0...2 { try error(history, "03-04 10:0\(minute):00", "timeout") }
    try history.send("2024-03-04 10:03:00", "ticket.closed", "alice", ["ticketId": "t1"])
    try history.send("2024-03-04 10:04:00", "issue.resolved", "alice", ["errorType": "timeout"])
    for minute in 10...12 { try error(history, "03-04 10:\(minute):00", "timeout") }
    try history.send("2024-03-04 10:15:00", "issue.resolved", "alice", ["errorType": "timeout"])
    for minute in 0...2 { try error(history, "03-04 12:0\(minute):00", "crash", of: "bob") }
    try error(history, "03-04 12:03:00", "crash", of: "carol")
    for time in ["03-04 12:10:00", "03-05 09:00:00", "03-05 12:10:00", "03-05 12:10:01"] {
      try error(history, time, "data_loss", of: "dave")
    }
    try Golden.check("issue-rejections", history.transcript())
  }
}
