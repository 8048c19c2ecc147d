/// A time of day as clocks on the wall show it, to the second.
package struct LocalTime: Hashable, Sendable, CustomStringConvertible {
  /// 0 ..< 86,400.
  package let secondOfDay: Int64

  /// 00:00.
  package static let midnight = LocalTime(secondOfDay: 0)

  private init(secondOfDay: Int64) {
    self.secondOfDay = secondOfDay
  }

  /// Reads `HH:MM` or `HH:MM:SS`, 00:00 to 23:59:59; nil for any other text.
  package init?(parsing text: String) {
    let parts = text.utf8.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3 else { return nil }
    var numbers: [Int64] = []
    for part in parts {
      guard part.count == 2, part.allSatisfy({ $0 &- 0x30 <= 9 }) else { return nil }
      numbers.append(part.reduce(0) { $0 * 10 + Int64($1 - 0x30) })
    }
    guard numbers[0] < 24, numbers.dropFirst().allSatisfy({ $0 < 60 }) else { return nil }
    secondOfDay = numbers[0] * 3_600 + numbers[1] * 60 + (numbers.count == 3 ? numbers[2] : 0)
  }

  /// `HH:MM`, with seconds where there are any.
  package var description: String {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes = "\(two(secondOfDay / 3_600)):\(two(secondOfDay / 60 % 60))"
    return secondOfDay % 60 == 0 ? minutes : "\(minutes):\(two(secondOfDay % 60))"
  }
}

/// Days of the week.
package struct Weekdays: Hashable, Sendable {
  /// Sunday to Saturday, as ``CivilTime/weekday(days:)`` counts them.
  package static let names = [
    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
  ]
  private var bits: UInt8

  /// All seven.
  package static let all = Weekdays(bits: 0x7F)

  private init(bits: UInt8) {
    self.bits = bits
  }

  /// The given days: 0 is Sunday, 6 Saturday.
  package init(_ days: [Int]) {
    bits = days.reduce(0) { $0 | 1 << UInt8($1) }
  }

  /// Whether it has this day: 0 is Sunday, 6 Saturday.
  package func contains(_ day: Int64) -> Bool { bits >> UInt8(day) & 1 == 1 }
}

extension TimeZoneTable {
  /// The first moment at or after `moment` (microseconds since 1970 UTC) at which clocks in the
  /// zone show `time` on one of `days`.
  ///
  /// On a day on which clocks skip the time it is the first moment after the gap; where they show
  /// it twice, the first. Cost: at most ten conversions.
  package func next(_ time: LocalTime, on days: Weekdays, from moment: Int64) -> Int64 {
    let seconds = CivilTime.floorDivide(moment, 1_000_000)
    let local = seconds + Int64(offsetSeconds(atUnixSeconds: seconds))
    let today = CivilTime.floorDivide(local, CivilTime.secondsPerDay)
    // A gap of a whole day moves its time into the next one, so that the search begins a day
    // early; eight days on every day of the week was there.
    var day = today - 1
    while true {
      if days.contains(CivilTime.weekday(days: day)) {
        let found = unixSeconds(localSeconds: day * CivilTime.secondsPerDay + time.secondOfDay)
        if found * 1_000_000 >= moment || day > today + 8 { return found * 1_000_000 }
      }
      day += 1
    }
  }
}

/// A part of every day, from one local time to another, perhaps over midnight.
package struct DailyWindow: Hashable, Sendable {
  /// Where it begins.
  package let from: LocalTime
  /// Where it ends: after ``from``, or on the next day.
  package let to: LocalTime

  /// The window between two different times.
  package init(from: LocalTime, to: LocalTime) {
    self.from = from
    self.to = to
  }

  /// The occurrence of the window in `zone` that has `moment` strictly inside it; nil: the moment
  /// is outside, or just at an end. All in microseconds since 1970 UTC.
  package func occurrence(
    around moment: Int64, in zone: TimeZoneTable
  ) -> (start: Int64, end: Int64)? {
    let seconds = CivilTime.floorDivide(moment, 1_000_000)
    let local = seconds + Int64(zone.offsetSeconds(atUnixSeconds: seconds))
    let today = CivilTime.floorDivide(local, CivilTime.secondsPerDay)
    let nights: Int64 = from.secondOfDay < to.secondOfDay ? 0 : 1
    for day in [today - 1, today] {
      let midnight = day * CivilTime.secondsPerDay
      let start = zone.unixSeconds(localSeconds: midnight + from.secondOfDay) * 1_000_000
      let end =
        zone.unixSeconds(
          localSeconds: midnight + nights * CivilTime.secondsPerDay + to.secondOfDay) * 1_000_000
      if start < moment && moment < end { return (start, end) }
    }
    return nil
  }
}
