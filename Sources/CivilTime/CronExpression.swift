/// When something happens again and again: a cron expression.
///
/// ```
/// ┌ seconds 0-59 (only with six or seven fields; else 0)
/// │ ┌ minutes 0-59
/// │ │ ┌ hours 0-23
/// │ │ │ ┌ days of the month 1-31, L: the last one
/// │ │ │ │ ┌ months 1-12 or JAN-DEC
/// │ │ │ │ │ ┌ days of the week 0-7 (0 and 7: Sunday) or SUN-SAT; 1#1: the first Monday of the
/// │ │ │ │ │ │ month; 5L: its last Friday
/// │ │ │ │ │ │ ┌ years 1970-2199 (only with seven fields)
/// 0 0 2 * * MON *
/// ```
///
/// A field is a list of values, ranges `a-b` and steps `*/n`, `a-b/n`, `a/n` (from a on); `*` and `?`
/// stand for all. Where both the day of the month and the day of the week are restricted (neither
/// begins with `*` or `?`), a day that fits one of them fits, as in Vixie's cron.
package struct CronExpression: Hashable, Sendable {
  /// The text that it was made from.
  package let text: String
  let fields: CronFields

  /// Parses `text`.
  /// - Throws: The first field that is wrong, and for an expression that never fires, such as one for
  ///   30 February.
  package init(parsing text: String) throws(CronError) {
    self.text = text
    fields = try CronFields(parsing: text)
    guard fields.everFires else {
      throw CronError(text: text, problem: "never fires: no year has such a day")
    }
  }

  /// The first moment after `time` at which it fires, in microseconds since 1970.
  ///
  /// A time that clocks in `zone` skip counts as the first moment after the gap, and a time that they
  /// show twice as the first of the two.
  /// - Parameter zone: nil: UTC.
  /// - Returns: nil where its years are over. Cost: a few microseconds; more for days that are rare.
  package func next(after time: Int64, in zone: TimeZoneTable? = nil) -> Int64? {
    let seconds = CivilTime.floorDivide(time, CivilTime.microsecondsPerSecond)
    guard let zone else {
      return fields.nextLocal(after: seconds).map { $0 * CivilTime.microsecondsPerSecond }
    }
    // Unix time never falls while local time rises, so the first local time that gives a moment
    // after `seconds` is the answer; none that is not after the clock's present time can.
    var local = seconds + Int64(zone.offsetSeconds(atUnixSeconds: seconds))
    while let next = fields.nextLocal(after: local) {
      let moment = zone.unixSeconds(localSeconds: next)
      if moment > seconds { return moment * CivilTime.microsecondsPerSecond }
      local = next
    }
    return nil
  }
}

/// What a cron expression allows, a bit a value.
struct CronFields: Hashable, Sendable {
  /// The years that a field may name.
  static let years: ClosedRange<Int64> = 1_970...2_199
  /// After so many years the calendar repeats.
  private static let cycle: Int64 = 400

  var seconds: UInt64 = 1
  var minutes: UInt64 = 0
  var hours: UInt64 = 0
  var days: UInt64 = 0
  /// `L` among the days of the month.
  var hasLastDay = false
  var months: UInt64 = 0
  var weekdays: UInt64 = 0
  /// `w#n`: bit 8 n + w; `wL`: bit w.
  var nthWeekdays: UInt64 = 0
  var restrictsDays = false
  var restrictsWeekdays = false
  /// Sorted; nil: every year.
  var years: [Int64]?

  /// Whether there is any day that fits.
  var everFires: Bool {
    let first = years?.first ?? 2_000
    return firstDay(from: CivilTime.days(year: first, month: 1, day: 1)) != nil
  }

  /// The first second after `time` that fits, both on a clock without a zone.
  func nextLocal(after time: Int64) -> Int64? {
    let start = time + 1
    let day = CivilTime.floorDivide(start, CivilTime.secondsPerDay)
    let rest = CivilTime.floorRemainder(start, CivilTime.secondsPerDay)
    guard let first = firstDay(from: day) else { return nil }
    if first == day, let second = firstSecond(from: rest) {
      return day * CivilTime.secondsPerDay + second
    }
    guard let later = first == day ? firstDay(from: day + 1) : first,
      let second = firstSecond(from: 0)
    else { return nil }
    return later * CivilTime.secondsPerDay + second
  }

  /// The first second of a day, from `rest` on, that fits.
  private func firstSecond(from rest: Int64) -> Int64? {
    var hour = rest / 3_600
    var minute = rest % 3_600 / 60
    var second = rest % 60
    while let nextHour = Self.first(in: hours, from: hour) {
      if nextHour > hour { (minute, second) = (0, 0) }
      hour = nextHour
      while let nextMinute = Self.first(in: minutes, from: minute) {
        if nextMinute > minute { second = 0 }
        minute = nextMinute
        if let nextSecond = Self.first(in: seconds, from: second) {
          return hour * 3_600 + minute * 60 + nextSecond
        }
        minute += 1
        second = 0
      }
      hour += 1
      (minute, second) = (0, 0)
    }
    return nil
  }

  /// The first day from `day` (counted from 1970) on that fits.
  private func firstDay(from day: Int64) -> Int64? {
    var date = CivilTime.date(days: day)
    let last = years?.last ?? min(date.year + Self.cycle, 9_999)
    while date.year <= last {
      if let years, !years.contains(date.year) {
        date = CivilDate(year: date.year + 1, month: 1, day: 1)
        continue
      }
      if months & 1 << UInt64(date.month) != 0, let found = firstDay(inMonthOf: date) {
        return found
      }
      date = CivilDate(
        year: date.month == 12 ? date.year + 1 : date.year, month: date.month % 12 + 1, day: 1)
    }
    return nil
  }

  private func firstDay(inMonthOf date: CivilDate) -> Int64? {
    let length = CivilTime.daysInMonth(year: date.year, month: date.month)
    let start = date.days - date.day
    var day = date.day
    while day <= length {
      if allows(day: day, of: length, weekday: CivilTime.weekday(days: start + day)) {
        return start + day
      }
      day += 1
    }
    return nil
  }

  private func allows(day: Int64, of length: Int64, weekday: Int64) -> Bool {
    let fitsDay = days & 1 << UInt64(day) != 0 || hasLastDay && day == length
    let nth = (day - 1) / 7 + 1
    let fitsWeekday =
      weekdays & 1 << UInt64(weekday) != 0
      || nthWeekdays & 1 << UInt64(8 * nth + weekday) != 0
      || nthWeekdays & 1 << UInt64(weekday) != 0 && day + 7 > length
    if restrictsDays && restrictsWeekdays { return fitsDay || fitsWeekday }
    return fitsDay && fitsWeekday
  }

  /// The first value from `value` on whose bit is set.
  private static func first(in set: UInt64, from value: Int64) -> Int64? {
    guard value < 64 else { return nil }
    let rest = set >> UInt64(value)
    return rest == 0 ? nil : value + Int64(rest.trailingZeroBitCount)
  }
}
