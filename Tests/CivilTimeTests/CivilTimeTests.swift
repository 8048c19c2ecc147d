import CivilTime
import TestSupport
import Testing

@Suite("Calendar")
struct CivilTimeTests {
  @Test("Every day of the years 1 to 9999 follows the day before it")
  func daysFollow() {
    var date = CivilDate(year: 1, month: 1, day: 1)
    var days: Int64 = -719_162
    while date.year < 10_000 {
      guard date.days == days, CivilTime.date(days: days) == date else {
        Issue.record("day \(days) is not \(date)")
        return
      }
      days += 1
      date.day += 1
      if date.day > CivilTime.daysInMonth(year: date.year, month: date.month) {
        date = CivilDate(year: date.year, month: date.month + 1, day: 1)
        if date.month > 12 { date = CivilDate(year: date.year + 1, month: 1, day: 1) }
      }
    }
    #expect(days == 2_932_897)
  }

  @Test(
    "Weekday and day of the year are those of the calendar",
    arguments: [
      (1970, 1, 1, 4, 0), (2000, 2, 29, 2, 59), (2023, 12, 31, 0, 364), (2024, 12, 31, 2, 365),
      (1, 1, 1, 1, 0), (9999, 12, 31, 5, 364), (1900, 3, 1, 4, 59),
    ] as [(Int64, Int64, Int64, Int64, Int64)])
  func weekdays(year: Int64, month: Int64, day: Int64, weekday: Int64, dayOfYear: Int64) {
    let days = CivilTime.days(year: year, month: month, day: day)
    #expect(CivilTime.weekday(days: days) == weekday)
    #expect(CivilTime.dayOfYear(days: days) == dayOfYear)
  }

  @Test("A wall clock shows what it was set to", arguments: 0..<16 as Range<UInt64>)
  func wallClock(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let seconds = Int64.random(in: CivilTime.firstSecond...CivilTime.lastSecond, using: &random)
      #expect(WallClock(localSeconds: seconds).localSeconds == seconds)
    }
  }
}
