import CivilTime
import TestSupport
import Testing

@Suite("Local times")
struct LocalTimeTests {
  private static func moment(_ text: String) throws -> Int64 {
    try RFC3339.microseconds(parsing: text)
  }

  private static func zone(_ name: String) throws -> TimeZoneTable {
    try TimeZoneTable(tzif: try #require(RuleZone.zones[name]))
  }

  @Test(
    "The next local time is the first at or after the moment, after a gap, and of two the first",
    arguments: [
      ("Europe/Berlin", "10:00", "2024-03-04T08:59:59Z", "2024-03-04T09:00:00Z"),
      ("Europe/Berlin", "10:00", "2024-03-04T09:00:00Z", "2024-03-04T09:00:00Z"),
      ("Europe/Berlin", "10:00", "2024-03-04T09:00:00.000001Z", "2024-03-05T09:00:00Z"),
      ("Asia/Tokyo", "10:00", "2024-03-04T02:00:00Z", "2024-03-05T01:00:00Z"),
      ("Asia/Kolkata", "00:00", "2024-03-04T18:29:00Z", "2024-03-04T18:30:00Z"),
      // 02:30 does not exist on 31 March, and is there twice on 27 October.
      ("Europe/Berlin", "02:30", "2024-03-30T12:00:00Z", "2024-03-31T01:00:00Z"),
      ("Europe/Berlin", "02:30", "2024-10-26T12:00:00Z", "2024-10-27T00:30:00Z"),
      ("Europe/Berlin", "02:30", "2024-10-27T00:30:00.000001Z", "2024-10-28T01:30:00Z"),
      ("America/New_York", "02:30", "2024-03-10T00:00:00Z", "2024-03-10T07:00:00Z"),
    ])
  func next(zone: String, time: String, from: String, expected: String) throws {
    let time = try #require(LocalTime(parsing: time))
    let found = try Self.zone(zone).next(time, on: .all, from: Self.moment(from))
    #expect(found == (try Self.moment(expected)))
  }

  @Test("A day of the week is one of the zone's own days")
  func weekdays() throws {
    let ten = try #require(LocalTime(parsing: "10:00"))
    // 2024-03-04 is a Monday; in Tokyo it is past ten then.
    let run = try Self.moment("2024-03-04T02:00:00Z")
    let tokyo = try Self.zone("Asia/Tokyo").next(ten, on: Weekdays([1]), from: run)
    #expect(tokyo == (try Self.moment("2024-03-11T01:00:00Z")))
    let york = try Self.zone("America/New_York").next(ten, on: Weekdays([1]), from: run)
    #expect(york == (try Self.moment("2024-03-04T15:00:00Z")))
    let both = try Self.zone("Asia/Tokyo").next(ten, on: Weekdays([1, 2]), from: run)
    #expect(both == (try Self.moment("2024-03-05T01:00:00Z")))
  }

  @Test(
    "Every hour of two years finds the same as a search minute by minute", arguments: [0, 1, 2])
  func search(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let names = RuleZone.zones.keys.sorted()
    for _ in 0..<40 {
      let zone = try Self.zone(names[Int(random.next() % UInt64(names.count))])
      let minute = Int64(random.next() % 1_440)
      let text = (minute / 60 < 10 ? "0" : "") + "\(minute / 60):"
      let time = try #require(
        LocalTime(parsing: text + (minute % 60 < 10 ? "0" : "") + "\(minute % 60)"))
      let start = 1_709_546_400 + Int64(random.next() % 17_520) * 3_600
      let found = zone.next(time, on: .all, from: start * 1_000_000) / 1_000_000
      // The local time at the answer is the one asked for, or just after a gap that swallowed it.
      let local = found + Int64(zone.offsetSeconds(atUnixSeconds: found))
      let before = found - 60 + Int64(zone.offsetSeconds(atUnixSeconds: found - 60))
      let wanted = time.secondOfDay
      let shown = CivilTime.floorRemainder(local, 86_400)
      let isAfterGap = local - before > 60 && shown > wanted && shown - wanted < 3_600
      #expect(shown == wanted || isAfterGap)
      #expect(found >= start && found - start <= 90_000)
    }
  }

  @Test("Texts that are no time of day are none", arguments: ["24:00", "9:00", "10:60", "10", "a"])
  func refusal(text: String) {
    #expect(LocalTime(parsing: text) == nil)
  }

  @Test("A window over midnight has its ends outside, also on the day that clocks change")
  func windows() throws {
    let window = DailyWindow(
      from: try #require(LocalTime(parsing: "21:00")),
      to: try #require(LocalTime(parsing: "08:00")))
    let berlin = try Self.zone("Europe/Berlin")
    func end(_ text: String) throws -> Int64? {
      window.occurrence(around: try Self.moment(text), in: berlin)?.end
    }
    #expect(try end("2024-03-04T20:00:00Z") == nil)
    #expect(try end("2024-03-04T20:00:00.000001Z") == Self.moment("2024-03-05T07:00:00Z"))
    #expect(try end("2024-03-05T03:00:00Z") == Self.moment("2024-03-05T07:00:00Z"))
    #expect(try end("2024-03-05T07:00:00Z") == nil)
    #expect(try end("2024-03-05T12:00:00Z") == nil)
    // The night of 31 March is an hour shorter.
    #expect(try end("2024-03-30T23:00:00Z") == Self.moment("2024-03-31T06:00:00Z"))
  }
}
