/// Calendar arithmetic of the proleptic Gregorian calendar, on plain integers.
///
/// Days count from 1970-01-01. The supported years are 1…9999, as in RFC 3339; the arithmetic
/// itself is exact for every day that a number of seconds or microseconds in an `Int64` reaches.
/// No function here knows a time zone.
package enum CivilTime {
  /// Seconds in a day; leap seconds do not exist on this scale.
  package static let secondsPerDay: Int64 = 86_400
  /// Microseconds in a second.
  package static let microsecondsPerSecond: Int64 = 1_000_000
  /// 0001-01-01T00:00:00Z in seconds since 1970.
  package static let firstSecond: Int64 = -62_135_596_800
  /// 9999-12-31T23:59:59Z in seconds since 1970.
  package static let lastSecond: Int64 = 253_402_300_799

  /// Whether `year` has a 29 February.
  package static func isLeap(year: Int64) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// How many days `month` (1…12) of `year` has; 0 for a month that does not exist.
  package static func daysInMonth(year: Int64, month: Int64) -> Int64 {
    switch month {
    case 2: isLeap(year: year) ? 29 : 28
    case 4, 6, 9, 11: 30
    case 1, 3, 5, 7, 8, 10, 12: 31
    default: 0
    }
  }

  /// Days from 1970-01-01 to the given date.
  ///
  /// - Parameters: `month` 1…12 and `day` 1…31; the caller has checked that the date exists.
  package static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    // Years start in March, so that the leap day is the last day of the year; an era is the
    // 400 years after which the calendar repeats (146,097 days).
    let shifted = month <= 2 ? year - 1 : year
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The date that lies `days` after 1970-01-01.
  package static func date(days: Int64) -> CivilDate {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return CivilDate(year: year, month: month, day: day)
  }

  /// The day of the week that lies `days` after 1970-01-01: 0 is Sunday, 6 Saturday.
  package static func weekday(days: Int64) -> Int64 {
    floorRemainder(days + 4, 7)
  }

  /// The day's number within its year: 0 is 1 January.
  package static func dayOfYear(days: Int64) -> Int64 {
    let date = date(days: days)
    return days - self.days(year: date.year, month: 1, day: 1)
  }

  /// The quotient rounded toward minus infinity; `divisor` is positive.
  package static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }

  /// The remainder that belongs to `floorDivide`: 0 ..< `divisor`.
  package static func floorRemainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let remainder = value % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}

/// A date of the proleptic Gregorian calendar: `month` 1…12, `day` 1…31.
package struct CivilDate: Hashable, Sendable {
  /// 1…9999 where RFC 3339 is to write it.
  package var year: Int64
  /// 1…12.
  package var month: Int64
  /// 1…31.
  package var day: Int64

  /// The date with these parts; nothing is checked.
  package init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Days since 1970-01-01.
  package var days: Int64 { CivilTime.days(year: year, month: month, day: day) }
}

/// What a clock on the wall shows: a date and a time of day, without a zone.
package struct WallClock: Hashable, Sendable {
  /// The date on the clock.
  package var date: CivilDate
  /// 0…23.
  package var hour: Int64
  /// 0…59.
  package var minute: Int64
  /// 0…59.
  package var second: Int64

  /// The clock that shows `seconds` since 1970-01-01T00:00:00 on its own scale: for a zone, the
  /// Unix time plus the zone's offset.
  package init(localSeconds seconds: Int64) {
    let days = CivilTime.floorDivide(seconds, CivilTime.secondsPerDay)
    let rest = CivilTime.floorRemainder(seconds, CivilTime.secondsPerDay)
    date = CivilTime.date(days: days)
    hour = rest / 3_600
    minute = rest % 3_600 / 60
    second = rest % 60
  }

  /// Seconds since 1970-01-01T00:00:00 on the clock's own scale.
  package var localSeconds: Int64 {
    date.days * CivilTime.secondsPerDay + hour * 3_600 + minute * 60 + second
  }
}
