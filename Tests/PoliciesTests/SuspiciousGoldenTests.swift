import CBOR
import Testing

/// Suspicious logins against logs derived by hand from the description of the program.
@Suite("Golden logins")
struct SuspiciousGoldenTests {
  private static let moscow: CBORValue = [
    "country": "RU", "city": "Moscow", "lat": 55.7, "lon": 37.6,
  ]
  private static let newYork: CBORValue = [
    "country": "US", "city": "New York", "lat": 40.7, "lon": -74.0,
  ]

  /// A customer who signed in at home three days before.
  private func begin() throws -> TestHistory {
    let history = try TestHistory(["suspicious-activity"])
    try history.send(
      "2024-03-01 09:00:00", "customer.updated", "alice",
      [
        "status": "active", "email": "alice@example.com", "phone": "+15550100",
        "pushToken": "token-alice",
      ])
    try login(history, "03-01 10:00:00", "l1")
    return history
  }

  private func login(
    _ history: TestHistory, _ time: String, _ attempt: String, of customer: String = "alice",
    on device: String = "home", from place: CBORValue = newYork, outcome: String? = "success"
  ) throws {
    var fields: [(String, CBORValue)] = [
      ("attemptId", .text(attempt)), ("deviceFingerprint", .text(device)),
      ("ip", device == "evil" ? "203.0.113.9" : "198.51.100.7"), ("location", place),
    ]
    if let outcome { fields.append(("outcome", .text(outcome))) }
    try history.send("2024-\(time)", "login.attempted", customer, .object(fields))
  }

  @Test("Impossible travel on an unknown device is blocked, and locked at the customer's word")
  func blocked() throws {
    let history = try begin()
    try login(history, "03-04 12:00:00", "l2")
    try login(history, "03-04 13:00:00", "l3", on: "evil", from: Self.moscow, outcome: nil)
    try login(history, "03-04 13:05:00", "l3", on: "evil", from: Self.moscow, outcome: nil)
    try history.send("2024-03-04 13:10:00", "login.denied", "alice", ["attemptId": "l3"])
    for (time, outcome) in [("15:00:00", "denied"), ("15:05:00", "passed")] {
      try history.send(
        "2024-03-04 \(time)", "verification.completed", "alice",
        ["method": "photo_id", "outcome": .text(outcome)])
    }
    try login(history, "03-05 12:00:00", "l4")
    try login(history, "03-06 12:00:00", "l5", on: "evil", from: Self.moscow, outcome: nil)
    try Golden.check("login-blocked", history.transcript())
  }

  @Test("\"This was me\" and a second factor make device and place known")
  func own() throws {
    let history = try begin()
    try login(history, "03-04 12:00:00", "l2", on: "phone", from: Self.moscow)
    try login(history, "03-04 12:05:00", "l3", on: "phone", from: Self.moscow)
    try history.send(
      "2024-03-04 12:06:00", "verification.completed", "alice",
      ["method": "two_factor", "outcome": "passed"])
    try history.send("2024-03-04 12:10:00", "login.confirmed", "alice", ["attemptId": "other"])
    try history.send("2024-03-04 12:20:00", "login.confirmed", "alice", ["attemptId": "l2"])
    try login(history, "03-05 09:00:00", "l4", on: "phone", from: Self.moscow)
    try login(history, "03-08 09:00:00", "l5")
    try Golden.check("login-own", history.transcript())
  }

  @Test("Failures and a bad address bring the security team in, which finds fraud")
  func fraud() throws {
    let history = try begin()
    try history.send(
      "2024-03-04 11:00:00", "ip.rated", "203.0.113.9",
      ["ip": "203.0.113.9", "reputation": 0.1])
    try login(history, "03-04 12:00:00", "l2")
    for (number, second) in [(3, "10"), (4, "30"), (5, "50")] {
      try login(
        history, "03-04 12:59:\(second)", "l\(number)", on: "evil", from: Self.moscow,
        outcome: "failure")
    }
    try login(history, "03-04 13:00:00", "l6", on: "evil", from: Self.moscow)
    try history.advance("2024-03-04 15:00:00")
    try history.send("2024-03-04 16:00:00", "login.reviewed", "alice", ["verdict": "fraud"])
    try history.advance("2024-06-01 00:00:00")
    try Golden.check("login-fraud", history.transcript())
  }

  @Test("New devices at home and strangers are let be; word and factor may come in any order")
  func quiet() throws {
    let history = try begin()
    try login(history, "03-04 12:00:00", "l2", on: "tablet")
    try login(history, "03-04 13:00:00", "l3", on: "tablet")
    try login(history, "03-05 12:00:00", "l4", on: "laptop", outcome: "failure")
    try login(history, "03-05 12:00:30", "l5", on: "laptop")
    try login(history, "03-05 12:10:00", "l6", of: "bob")
    try login(history, "03-05 16:00:00", "l7", from: Self.moscow)
    try history.send("2024-03-05 16:30:00", "login.confirmed", "alice", ["attemptId": "l7"])
    try history.advance("2024-03-05 17:30:00")
    try history.send(
      "2024-03-05 18:00:00", "verification.completed", "alice",
      ["method": "two_factor", "outcome": "passed"])
    try history.send(
      "2024-03-06 10:00:00", "login.attempted", "alice",
      ["attemptId": "l8", "deviceFingerprint": "watch"])
    try history.advance("2024-06-01 00:00:00")
    try Golden.check("login-quiet", history.transcript())
  }
}
