import CivilTime
import Foundation
import Testing

import struct TestSupport.SplitMix64

/// Cron expressions against a search that knows nothing but the calendar.
@Suite("Cron expressions")
struct CronTests {
  private static func moment(_ text: String) throws -> Int64 {
    try RFC3339.microseconds(parsing: text)
  }

  @Test(
    "The next moment is the first that fits",
    arguments: [
      ("0 2 * * *", "2024-03-04T01:59:59.999999Z", "2024-03-04T02:00:00Z"),
      ("0 2 * * *", "2024-03-04T02:00:00Z", "2024-03-05T02:00:00Z"),
      ("0 2 * * MON", "2024-03-04T02:00:00Z", "2024-03-11T02:00:00Z"),
      ("0 2 * * 1#1", "2024-03-04T02:00:00Z", "2024-04-01T02:00:00Z"),
      ("0 2 * * 1#5", "2024-03-04T02:00:00Z", "2024-04-29T02:00:00Z"),
      ("0 0 * * 5L", "2024-03-04T02:00:00Z", "2024-03-29T00:00:00Z"),
      ("0 0 L * *", "2024-02-04T02:00:00Z", "2024-02-29T00:00:00Z"),
      ("0 0 29 2 *", "2024-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
      ("0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"),
      ("*/15 9-17 * * 1-5", "2024-03-08T17:45:00Z", "2024-03-11T09:00:00Z"),
      ("10 30 4 * * *", "2024-03-08T04:30:09Z", "2024-03-08T04:30:10Z"),
      ("*/20 * * * * *", "2024-12-31T23:59:40Z", "2025-01-01T00:00:00Z"),
      ("0 0 0 1 JAN ? 2030", "2024-12-31T23:59:40Z", "2030-01-01T00:00:00Z"),
      ("5/20 0 * * 7", "2024-03-09T00:00:00Z", "2024-03-10T00:05:00Z"),
      ("0 0 13 * FRI", "2024-03-04T00:00:00Z", "2024-03-08T00:00:00Z"),
      ("0 0 */2 * MON", "2024-03-04T00:00:00Z", "2024-03-11T00:00:00Z"),
      ("0 0 1 1,jul *", "2024-01-01T00:00:00Z", "2024-07-01T00:00:00Z"),
      ("0 0 * * 5-7", "2024-03-07T00:00:00Z", "2024-03-08T00:00:00Z"),
      ("59 23 31 12 *", "1969-06-01T00:00:00Z", "1969-12-31T23:59:00Z"),
    ] as [(String, String, String)])
  func next(text: String, after: String, expected: String) throws {
    let cron = try CronExpression(parsing: text)
    #expect(cron.next(after: try Self.moment(after)) == (try Self.moment(expected)))
  }

  @Test("Years that are over have no next moment")
  func years() throws {
    let cron = try CronExpression(parsing: "0 0 0 1 1 * 2020,2022-2023")
    #expect(
      cron.next(after: try Self.moment("2020-01-01T00:00:00Z"))
        == (try Self.moment("2022-01-01T00:00:00Z")))
    #expect(cron.next(after: try Self.moment("2023-01-01T00:00:00Z")) == nil)
  }

  @Test(
    "What is wrong is told with its field",
    arguments: [
      ("", "has 0 fields"), ("* * * *", "has 4 fields"), ("* * * * * * * *", "has 8 fields"),
      ("60 * * * *", "minutes: \"60\" must be from 0 to 59"),
      ("* 24 * * *", "hours: \"24\" must be from 0 to 23"),
      ("* * 0 * *", "days of the month: \"0\" must be from 1 to 31"),
      ("* * * 13 *", "months: \"13\" must be from 1 to 12 or a name such as DEC"),
      ("* * * * 8", "days of the week: \"8\" must be from 0 to 7 or a name such as SAT"),
      ("* * * * MOO", "days of the week: \"MOO\""), ("* * * * 1#6", "1st to the 5th"),
      ("* * * * 1#", "1st to the 5th"), ("* * * * L", "days of the week: \"L\""),
      ("*/0 * * * *", "needs a step from 1 to 59"), ("*/1/2 * * * *", "more than one step"),
      ("5-1 * * * *", "ends before it begins"), ("1-2-3 * * * *", "is no range"),
      ("1,,2 * * * *", "minutes: \"\""), ("-1 * * * *", "minutes: \"\""),
      ("+1 * * * *", "minutes: \"+1\""), ("1.5 * * * *", "minutes: \"1.5\""),
      ("* * * * * * 1969", "years: \"1969\" must be from 1970 to 2199"),
      ("0 0 30 2 *", "never fires"), ("0 0 31 4,6,9,11 *", "never fires"),
      ("0 0 0 29 2 * 2023", "never fires"),
    ] as [(String, String)])
  func refusals(text: String, words: String) {
    #expect {
      try CronExpression(parsing: text)
    } throws: { error in
      "\(error)".contains(words)
    }
  }

  @Test("No text traps", arguments: 0..<200 as Range<UInt64>)
  func fuzz(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let characters = Array("0123456789*/,-#?LJANMON \t+.é")
    for _ in 0..<50 {
      let text = String(
        (0..<random.below(24)).map { _ in characters[random.below(characters.count)] })
      guard let cron = try? CronExpression(parsing: text) else { continue }
      var time: Int64 = 1_700_000_000_000_000
      for _ in 0..<3 {
        guard let next = cron.next(after: time) else { break }
        #expect(next > time)
        time = next
      }
    }
  }

  // MARK: - Against a search

  /// A cron expression that was drawn, with what it allows written out.
  private struct Drawn {
    var text = ""
    var minutes: Set<Int64> = []
    var hours: Set<Int64> = []
    var days: Set<Int64> = []
    var months: Set<Int64> = []
    var weekdays: Set<Int64> = []
    /// (weekday, n) of `w#n`.
    var nth: [(Int64, Int64)] = []
    var isDayOpen = true
    var isWeekdayOpen = true

    /// Draws one by a way of its own: sets first, then a text for them.
    init(_ random: inout SplitMix64) {
      let minute = Self.field(&random, 0...59, width: 3)
      let hour = Self.field(&random, 0...23, width: 3)
      let day = random.chance(1, of: 2) ? nil : Self.field(&random, 1...31, width: 3)
      let month = random.chance(1, of: 2) ? nil : Self.field(&random, 1...12, width: 4)
      let kind = random.below(3)
      (minutes, hours) = (minute.values, hour.values)
      days = day?.values ?? Set(1...31)
      isDayOpen = day?.text.hasPrefix("*") ?? true
      months = month?.values ?? Set(1...12)
      var weekdayText = "*"
      weekdays = Set(0...6)
      if kind == 1 {
        let weekday = Self.field(&random, 0...6, width: 2)
        (weekdays, weekdayText) = (weekday.values, weekday.text)
        isWeekdayOpen = weekdayText.hasPrefix("*")
      } else if kind == 2 {
        let (weekday, n) = (Int64(random.below(7)), Int64(random.below(4) + 1))
        (weekdays, nth, weekdayText) = ([], [(weekday, n)], "\(weekday)#\(n)")
        isWeekdayOpen = false
      }
      text = "\(minute.text) \(hour.text) \(day?.text ?? "*") \(month?.text ?? "*") \(weekdayText)"
    }

    private static func field(
      _ random: inout SplitMix64, _ range: ClosedRange<Int64>, width: Int
    ) -> (values: Set<Int64>, text: String) {
      let count = range.upperBound - range.lowerBound + 1
      func value() -> Int64 { range.lowerBound + Int64(random.below(Int(count))) }
      switch random.below(3) {
      case 0:
        let step = Int64(random.below(5) + 2)
        return (
          Set(stride(from: range.lowerBound, through: range.upperBound, by: Int(step))), "*/\(step)"
        )
      case 1:
        let (a, b) = (value(), value())
        return (Set(min(a, b)...max(a, b)), "\(min(a, b))-\(max(a, b))")
      default:
        let list = (0..<width).map { _ in value() }
        return (Set(list), list.map(String.init).joined(separator: ","))
      }
    }

    /// Whether a clock that shows these seconds since 1970 fits.
    func fits(_ local: Int64) -> Bool {
      let clock = WallClock(localSeconds: local)
      guard clock.second == 0, minutes.contains(clock.minute), hours.contains(clock.hour),
        months.contains(clock.date.month)
      else { return false }
      let weekday = CivilTime.weekday(days: clock.date.days)
      let fitsDay = days.contains(clock.date.day)
      let fitsWeekday =
        weekdays.contains(weekday)
        || nth.contains { $0.0 == weekday && (clock.date.day - 1) / 7 + 1 == $0.1 }
      return isDayOpen || isWeekdayOpen ? fitsDay && fitsWeekday : fitsDay || fitsWeekday
    }
  }

  @Test("It is what a search minute by minute finds", arguments: 0..<40 as Range<UInt64>)
  func againstSearch(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<5 {
      let drawn = Drawn(&random)
      let cron = try CronExpression(parsing: drawn.text)
      let start = 1_600_000_000 + Int64(random.below(300_000_000))
      let found = cron.next(after: start * 1_000_000 + Int64(random.below(1_000_000)))
      var minute = (start / 60 + 1) * 60
      let end = start + 86_400 * 800
      while minute < end, !drawn.fits(minute) { minute += 60 }
      #expect(
        minute < end ? found == minute * 1_000_000 : found ?? .max >= end * 1_000_000,
        "\(drawn.text)")
    }
  }

  @Test(
    "Over changes of the clock each time that clocks show fires once, a skipped one after the gap",
    arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"],
    0..<12 as Range<UInt64>)
  func zones(name: String, seed: UInt64) throws {
    guard let zone = Zones.system(name) else { return }
    var random = SplitMix64(seed: seed)
    let drawn = Drawn(&random)
    let cron = try CronExpression(parsing: drawn.text)
    // Minute by minute of real time: a local minute that was not reached before is reached now, also
    // where the clock jumps over it.
    var expected: [Int64] = []
    let start = (1_672_531_200 + Int64(random.below(30_000_000))) / 60 * 60
    var reached = start + Int64(zone.offsetSeconds(atUnixSeconds: start))
    var time = start
    while time < start + 86_400 * 250 {
      time += 60
      let local = time + Int64(zone.offsetSeconds(atUnixSeconds: time))
      while reached < local {
        reached += 60
        if drawn.fits(reached), expected.last != time { expected.append(time) }
      }
    }
    var found: [Int64] = []
    var last = start * 1_000_000
    while let next = cron.next(after: last, in: zone), next <= time * 1_000_000 {
      found.append(next / 1_000_000)
      last = next
    }
    let same = zip(found, expected).prefix { $0 == $1 }.count
    #expect(
      found.count == same && expected.count == same,
      "\(drawn.text): \(found.dropFirst(same).prefix(1)), not \(expected.dropFirst(same).prefix(1))"
    )
  }
}

extension SplitMix64 {
  fileprivate mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  fileprivate mutating func chance(_ numerator: Int, of denominator: Int) -> Bool {
    below(denominator) < numerator
  }
}

/// The zones of the machine, where it has them.
private enum Zones {
  static func system(_ name: String) -> TimeZoneTable? {
    guard let data = try? Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/\(name)")) else {
      return nil
    }
    return try? TimeZoneTable(tzif: [UInt8](data))
  }
}
