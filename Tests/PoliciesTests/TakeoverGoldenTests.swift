import CBOR
import Testing

/// Account takeovers against logs derived by hand from the description of the program.
@Suite("Golden takeover runs")
struct TakeoverGoldenTests {
  private static let moscow: CBORValue = [
    "country": "RU", "city": "Moscow", "lat": 55.7, "lon": 37.6,
  ]
  private static let newYork: CBORValue = [
    "country": "US", "city": "New York", "lat": 40.7, "lon": -74.0,
  ]

  /// A customer who signed in at home three days before.
  private func begin() throws -> TestHistory {
    let history = try TestHistory(["account-takeover"])
    try history.send(
      "2024-03-01 09:00:00", "customer.updated", "alice",
      ["status": "active", "email": "alice@example.com", "phone": "+15550100"])
    try history.send(
      "2024-03-01 10:00:00", "login.attempted", "alice",
      [
        "attemptId": "l1", "deviceFingerprint": "home", "ip": "198.51.100.7",
        "location": Self.newYork, "outcome": "success",
      ])
    return history
  }

  private func change(
    _ id: String, _ field: String, new: String? = nil, action: String = "changed",
    device: String = "evil", from place: CBORValue = newYork
  ) -> CBORValue {
    var fields: [(String, CBORValue)] = [
      ("changeId", .text(id)), ("field", .text(field)), ("action", .text(action)),
      ("deviceFingerprint", .text(device)), ("ip", "203.0.113.9"), ("location", place),
    ]
    if let new { fields.append(("new", .text(new))) }
    return .object(fields)
  }

  @Test("Two critical changes lock, a third takes all back once, and the owner recovers")
  func growing() throws {
    let history = try begin()
    try history.send(
      "2024-03-04 12:00:00", "account.changed", "alice", change("c1", "password"))
    try history.send(
      "2024-03-04 12:02:00", "account.changed", "alice",
      change("c2", "email", new: "evil@example.com"))
    try history.send(
      "2024-03-04 12:04:00", "account.changed", "alice",
      change("c3", "recovery_phone", new: "+15550666"))
    try history.send(
      "2024-03-04 12:05:00", "account.changed", "alice",
      change("c4", "payment_method", new: "card-9", action: "added"))
    try history.send(
      "2024-03-04 12:06:00", "account.changed", "alice",
      change("c2", "email", new: "evil@example.com"))
    try history.send(
      "2024-03-04 15:00:00", "verification.started", "alice", ["method": "sms_code"])
    try history.send(
      "2024-03-04 15:05:00", "verification.completed", "alice",
      ["method": "sms_code", "outcome": "denied"])
    try history.send(
      "2024-03-04 15:10:00", "verification.completed", "alice",
      ["method": "sms_code", "outcome": "passed"])
    try history.advance("2024-06-01 00:00:00")
    try Golden.check("takeover-growing", history.transcript())
  }

  @Test("A burst in one event is answered once, escalates 2 h after the lock, and can be a mistake")
  func burst() throws {
    let history = try begin()
    let burst: CBORValue = [
      "changeId": "b1", "deviceFingerprint": "evil", "ip": "203.0.113.9", "ipReputation": 0.1,
      "location": Self.moscow,
      "changes": [
        ["field": "password", "action": "changed"],
        ["field": "email", "action": "changed", "new": "evil@example.com"],
        ["field": "recovery_phone", "action": "changed", "new": "+15550666"],
      ],
    ]
    try history.send("2024-03-04 12:00:00", "account.changed", "alice", burst)
    try history.send("2024-03-04 12:10:00", "account.changed", "alice", burst)
    try history.send(
      "2024-03-04 12:30:00", "verification.started", "alice", ["method": "photo_id"])
    try history.send(
      "2024-03-04 12:40:00", "verification.completed", "alice",
      ["method": "sms_code", "outcome": "passed"])
    try history.send(
      "2024-03-04 12:45:00", "verification.completed", "alice",
      ["method": "photo_id", "outcome": "denied"])
    try history.advance("2024-03-04 14:30:00")
    try history.send("2024-03-04 15:00:00", "account.confirmed", "alice", [:])
    try history.advance("2024-06-01 00:00:00")
    try Golden.check("takeover-burst", history.transcript())
  }

  @Test("Known devices and strangers are left alone; a lone far change is watched, not locked")
  func mild() throws {
    let history = try begin()
    try history.send(
      "2024-03-04 12:00:00", "account.changed", "alice", change("c1", "password", device: "home"))
    try history.send(
      "2024-03-04 12:01:00", "account.changed", "alice",
      change("c2", "email", new: "alice@new.example", device: "home"))
    try history.send(
      "2024-03-04 12:02:00", "account.changed", "bob",
      change("c3", "password", from: Self.moscow))
    try history.send(
      "2024-03-11 12:00:00", "account.changed", "alice",
      change("c4", "password", from: Self.moscow))
    try history.advance("2024-03-13 00:00:00")
    try history.send(
      "2024-03-13 12:00:00", "account.changed", "alice",
      change("c5", "password", from: Self.moscow))
    try history.send("2024-03-13 13:00:00", "account.confirmed", "alice", [:])
    try history.advance("2024-06-01 00:00:00")
    try Golden.check("takeover-mild", history.transcript())
  }
}
