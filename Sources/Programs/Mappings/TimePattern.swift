internal import CivilTime

/// A way to write moments with a fixed place for each digit, such as `dd.MM.yyyy HH:mm`.
package struct TimePattern: Sendable, Equatable {
  enum Part: Sendable, Equatable {
    case year, month, day, hour, minute, second, millisecond
    /// A byte that stands there as it is.
    case sign(UInt8)
  }

  private static let letters: [(text: String, part: Part)] = [
    ("yyyy", .year), ("MM", .month), ("dd", .day), ("HH", .hour), ("mm", .minute),
    ("ss", .second), ("SSS", .millisecond),
  ]

  let parts: [Part]

  /// Parses a pattern; nil where a letter means nothing, or year, month or day is missing or
  /// stands twice.
  package init?(_ text: String) {
    var rest = Substring(text)
    var parts: [Part] = []
    while let first = rest.utf8.first {
      if let known = Self.letters.first(where: { rest.hasPrefix($0.text) }) {
        guard !parts.contains(known.part) else { return nil }
        parts.append(known.part)
        rest = rest.dropFirst(known.text.count)
        continue
      }
      // Of letters only the T between date and time stands for itself.
      guard first < 0x80, (first | 0x20) &- 0x61 >= 26 || first == UInt8(ascii: "T") else {
        return nil
      }
      parts.append(.sign(first))
      rest = rest.dropFirst()
    }
    guard [Part.year, .month, .day].allSatisfy({ parts.contains($0) }) else { return nil }
    self.parts = parts
  }

  /// The seconds from 1970-01-01T00:00:00 on the local clock, and the milliseconds within them,
  /// that `text` tells; nil where it is written otherwise, or names no date or time.
  package func localTime(_ text: String) -> (seconds: Int64, milliseconds: Int64)? {
    var bytes = Array(text.utf8)[...]
    var values: (year: Int64, month: Int64, day: Int64) = (0, 0, 0)
    var hour: Int64 = 0
    var minute: Int64 = 0
    var second: Int64 = 0
    var millisecond: Int64 = 0
    for part in parts {
      switch part {
      case .sign(let byte):
        guard bytes.popFirst() == byte else { return nil }
      case .year: guard Self.take(4, &bytes, into: &values.year) else { return nil }
      case .month: guard Self.take(2, &bytes, into: &values.month) else { return nil }
      case .day: guard Self.take(2, &bytes, into: &values.day) else { return nil }
      case .hour: guard Self.take(2, &bytes, into: &hour) else { return nil }
      case .minute: guard Self.take(2, &bytes, into: &minute) else { return nil }
      case .second: guard Self.take(2, &bytes, into: &second) else { return nil }
      case .millisecond: guard Self.take(3, &bytes, into: &millisecond) else { return nil }
      }
    }
    let last = CivilTime.daysInMonth(year: values.year, month: values.month)
    guard bytes.isEmpty, values.year >= 1, last > 0, (1...last).contains(values.day), hour < 24,
      minute < 60, second < 60
    else { return nil }
    let days = CivilTime.days(year: values.year, month: values.month, day: values.day)
    let seconds = days * CivilTime.secondsPerDay + hour * 3_600 + minute * 60 + second
    return (seconds, millisecond)
  }

  private static func take(
    _ count: Int, _ bytes: inout ArraySlice<UInt8>, into value: inout Int64
  ) -> Bool {
    guard bytes.count >= count else { return false }
    for _ in 0..<count {
      let digit = bytes.removeFirst() &- 0x30
      guard digit <= 9 else { return false }
      value = value * 10 + Int64(digit)
    }
    return true
  }
}
