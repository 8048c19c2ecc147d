import CBOR
import Engine
import Ledger
import Programs
import Testing

/// What depends on the clocks of a customer: local times and quiet hours.
@Suite("Timing")
struct TimingTests {
  private static func history() throws -> TestHistory {
    try TestHistory(programs: [try ClubProgram.plain()])
  }

  private static func join(_ history: TestHistory, zone: String?) throws {
    try history.send(
      "2024-03-04 01:00:00", "customer.updated", "c",
      [
        "email": "c@example.com", "phone": "+1", "pushToken": "t",
        "timeZone": zone.map { .text($0) } ?? .null,
      ])
  }

  @Test("A message at night waits for the morning; the run goes on meanwhile")
  func delay() throws {
    let history = try Self.history()
    try Self.join(history, zone: "Europe/Berlin")
    // 22:30 in Berlin; the second state would write at 00:30.
    try history.send("2024-03-04 21:30:00", "club.joined", "c", ["club": "k"])
    try history.advance("2024-03-06 00:00:00")
    #expect(
      try history.lines("delivery.requested", "delivery.withheld") == [
        "03-04 23:30 delivery.withheld c: k sms nudged planned 03-04 23:30 because quiet-hours",
        "03-04 23:30 delivery.requested c: k push nudged to t",
        "03-05 07:00 delivery.requested c: k email greeted to c@example.com 10%",
      ])
  }

  @Test("Without a zone of the customer's own the program's counts, and an unknown one does not")
  func fallback() throws {
    for zone in [nil, "Mars/Olympus"] {
      let history = try Self.history()
      try Self.join(history, zone: zone)
      // 22:30 in New York.
      try history.send("2024-03-05 03:30:00", "club.joined", "c", ["club": "k"])
      try history.advance("2024-03-06 00:00:00")
      let mail = try history.lines("delivery.requested").filter { $0.contains("email") }
      #expect(mail.first?.hasPrefix("03-05 13:00 delivery.requested c: k email greeted") == true)
    }
  }

  @Test("The ends of quiet hours are allowed")
  func ends() throws {
    for (time, expected) in [("20:00:00", "03-04 20:00"), ("20:00:01", "03-05 07:00")] {
      let history = try Self.history()
      try Self.join(history, zone: "Europe/Berlin")
      try history.send("2024-03-04 \(time)", "club.joined", "c", ["club": "k"])
      try history.advance("2024-03-05 07:00:00")
      let mail = try history.lines("delivery.requested").filter { $0.contains("email") }
      #expect(mail.count == 1 && mail[0].hasPrefix(expected))
    }
  }

  @Test("What waits is asked again when due, in the zone of that moment")
  func again() throws {
    let history = try Self.history()
    try Self.join(history, zone: "Europe/Berlin")
    try history.send("2024-03-04 21:30:00", "club.joined", "c", ["club": "k"])
    // By then the customer is in New York, where it is two o'clock at night.
    try history.send(
      "2024-03-05 01:00:00", "customer.updated", "c", ["timeZone": "America/New_York"])
    try history.advance("2024-03-06 00:00:00")
    let mail = try history.lines("delivery.requested").filter { $0.contains("email") }
    #expect(mail.count == 1 && mail[0].hasPrefix("03-05 13:00"))
  }

  @Test("What waits is dropped by an exit and by what the customer does, with the reason")
  func drops() throws {
    let history = try Self.history()
    try Self.join(history, zone: "Europe/Berlin")
    try history.send("2024-03-04 21:30:00", "club.joined", "c", ["club": "k"])
    try history.advance("2024-03-05 00:00:00")
    try history.send("2024-03-05 00:10:00", "club.pinged", "c", [:])
    try history.send("2024-03-05 01:00:00", "club.left", "c", ["club": "k"])
    let withheld = try history.lines("delivery.withheld").filter { $0.contains("email") }
    #expect(
      withheld == [
        "03-05 00:10 delivery.withheld c: k email greeted planned 03-05 07:00 because club.pinged",
        "03-05 01:00 delivery.withheld c: k email greeted planned 03-05 07:00 because left",
      ])
    // The run is over with its exit, so that its message cannot wait.
    let sms = try history.lines("delivery.withheld").first { $0.contains("sms left") }
    #expect(
      sms == "03-05 01:00 delivery.withheld c: k sms left planned 03-05 01:00 because quiet-hours")
    try history.advance("2024-03-07 00:00:00")
    #expect(try history.lines("delivery.requested").filter { $0.contains("email") } == [])
  }

  @Test("A local time comes on its days, and a planned message before the night")
  func local() throws {
    let history = try Self.history()
    try Self.join(history, zone: "Asia/Tokyo")
    // Monday 11:00 in Tokyo; the state with the local time is entered at 13:00.
    try history.send("2024-03-04 02:00:00", "club.joined", "c", ["club": "k"])
    try history.advance("2024-03-12 00:00:00")
    let moves = try history.lines("run.moved").filter { $0.contains(" to ") }
    #expect(
      moves.map { String($0.prefix(11)) } == ["03-04 04:00", "03-07 01:00", "03-07 10:00"])
  }
}
