/// A POSIX TZ text such as `EST5EDT,M3.2.0,M11.1.0`, with the extensions of RFC 9636 section 3.3.2
/// (times of change from -167 to 167 hours): the rule for all years after a TZif file's table.
struct PosixZone: Hashable, Sendable {
  private enum Day: Hashable {
    /// 1…365, 29 February never counted.
    case julianWithoutLeapDay(Int64)
    /// 0…365, 29 February counted.
    case zeroBased(Int64)
    /// Month 1…12, week 1…5 (5 is the last), weekday 0…6.
    case weekdayOfMonth(month: Int64, week: Int64, weekday: Int64)
  }

  private struct Change: Hashable {
    var day: Day
    var secondsOfDay: Int64
  }

  private var standardOffset: Int32 = 0
  private var daylightOffset: Int32 = 0
  private var daylightStart: Change?
  private var daylightEnd: Change?

  /// nil if `text` is not a POSIX TZ text.
  init?(parsing text: [UInt8]) {
    var reader = PosixZoneReader(bytes: text)
    guard reader.skipName(), let west = reader.readTime(maximumHours: 24) else { return nil }
    standardOffset = Int32(-west)
    if reader.isAtEnd { return }
    guard reader.skipName() else { return nil }
    daylightOffset = standardOffset + 3_600
    if !reader.isAtEnd, !reader.isAt(0x2C) {
      guard let west = reader.readTime(maximumHours: 24) else { return nil }
      daylightOffset = Int32(-west)
    }
    guard let start = PosixZone.readChange(&reader), let end = PosixZone.readChange(&reader),
      reader.isAtEnd
    else { return nil }
    daylightStart = start
    daylightEnd = end
  }

  /// The stretch of standard or daylight-saving time that a Unix second lies in.
  func segment(atUnixSeconds seconds: Int64) -> TimeZoneTable.Segment {
    guard let daylightStart, let daylightEnd else {
      return .init(offsetSeconds: standardOffset, isDaylight: false, end: nil)
    }
    // Far beyond any calendar nothing is looked up, so that the arithmetic below cannot overflow.
    guard seconds.magnitude < 1 << 57 else {
      return .init(offsetSeconds: standardOffset, isDaylight: false, end: nil)
    }
    let days = CivilTime.floorDivide(seconds, CivilTime.secondsPerDay)
    let year = CivilTime.date(days: days).year
    var last: (time: Int64, toDaylight: Bool)?
    var next: Int64?
    for candidate in (year - 1)...(year + 1) {
      for toDaylight in [true, false] {
        let change = toDaylight ? daylightStart : daylightEnd
        let before = toDaylight ? standardOffset : daylightOffset
        let time = PosixZone.seconds(of: change, year: candidate) - Int64(before)
        if time <= seconds {
          // Of two changes at one moment the start of daylight-saving time wins: a rule that
          // starts where it ends means daylight-saving time all year.
          if last.map({ time > $0.time || (time == $0.time && toDaylight) }) ?? true {
            last = (time, toDaylight)
          }
        } else if next.map({ time < $0 }) ?? true {
          next = time
        }
      }
    }
    let isDaylight = last?.toDaylight ?? false
    return .init(
      offsetSeconds: isDaylight ? daylightOffset : standardOffset, isDaylight: isDaylight,
      end: next)
  }

  private static func seconds(of change: Change, year: Int64) -> Int64 {
    let newYear = CivilTime.days(year: year, month: 1, day: 1)
    let days: Int64
    switch change.day {
    case .julianWithoutLeapDay(let day):
      days = newYear + day - 1 + (CivilTime.isLeap(year: year) && day >= 60 ? 1 : 0)
    case .zeroBased(let day):
      days = newYear + day
    case .weekdayOfMonth(let month, let week, let weekday):
      let first = CivilTime.days(year: year, month: month, day: 1)
      let shift = CivilTime.floorRemainder(weekday - CivilTime.weekday(days: first), 7)
      var day = shift + (week - 1) * 7
      if day >= CivilTime.daysInMonth(year: year, month: month) { day -= 7 }
      days = first + day
    }
    return days * CivilTime.secondsPerDay + change.secondsOfDay
  }

  private static func readChange(_ reader: inout PosixZoneReader) -> Change? {
    guard reader.skip(0x2C) else { return nil }
    let day: Day
    if reader.skip(0x4D) {
      guard let month = reader.readNumber(in: 1...12), reader.skip(0x2E),
        let week = reader.readNumber(in: 1...5), reader.skip(0x2E),
        let weekday = reader.readNumber(in: 0...6)
      else { return nil }
      day = .weekdayOfMonth(month: month, week: week, weekday: weekday)
    } else if reader.skip(0x4A) {
      guard let number = reader.readNumber(in: 1...365) else { return nil }
      day = .julianWithoutLeapDay(number)
    } else {
      guard let number = reader.readNumber(in: 0...365) else { return nil }
      day = .zeroBased(number)
    }
    guard reader.skip(0x2F) else { return Change(day: day, secondsOfDay: 7_200) }
    guard let time = reader.readTime(maximumHours: 167) else { return nil }
    return Change(day: day, secondsOfDay: time)
  }
}

/// Walks over the bytes of a POSIX TZ text.
private struct PosixZoneReader {
  private let bytes: [UInt8]
  private var position = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { position >= bytes.count }

  func isAt(_ byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard isAt(byte) else { return false }
    position += 1
    return true
  }

  /// A name of letters, or of anything between angle brackets.
  mutating func skipName() -> Bool {
    if skip(0x3C) {
      while position < bytes.count, bytes[position] != 0x3E { position += 1 }
      return skip(0x3E)
    }
    let start = position
    while position < bytes.count, (bytes[position] | 0x20) &- 0x61 < 26 { position += 1 }
    return position - start >= 3
  }

  mutating func readNumber(in range: ClosedRange<Int64>) -> Int64? {
    let start = position
    var value: Int64 = 0
    while position < bytes.count, bytes[position] &- 0x30 <= 9, position - start < 4 {
      value = value * 10 + Int64(bytes[position] - 0x30)
      position += 1
    }
    return position > start && range.contains(value) ? value : nil
  }

  /// `[+-]hh[:mm[:ss]]` in seconds.
  mutating func readTime(maximumHours: Int64) -> Int64? {
    let isNegative = isAt(0x2D)
    if isNegative || isAt(0x2B) { position += 1 }
    guard let hours = readNumber(in: 0...maximumHours) else { return nil }
    var seconds = hours * 3_600
    for unit: Int64 in [60, 1] {
      guard skip(0x3A) else { break }
      guard let part = readNumber(in: 0...59) else { return nil }
      seconds += part * unit
    }
    return isNegative ? -seconds : seconds
  }
}
