/// Why a text is no cron expression.
package struct CronError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text.
  package let text: String
  /// The rest of a sentence that begins with the text.
  package let problem: String

  /// The error as a sentence.
  package var description: String { "the cron expression \"\(text)\" \(problem)" }
}

extension CronFields {
  /// Parses five, six or seven fields.
  init(parsing text: String) throws(CronError) {
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    guard (5...7).contains(parts.count) else {
      throw CronError(
        text: text,
        problem: "has \(parts.count) fields; write minute hour day month weekday, with seconds in "
          + "front and years behind where they are needed")
    }
    let first = parts.count == 5 ? 0 : 1
    let parser = CronFieldParser(text: text)
    if first == 1 { seconds = try parser.values(parts[0], .second) }
    minutes = try parser.values(parts[first], .minute)
    hours = try parser.values(parts[first + 1], .hour)
    try parser.days(parts[first + 2], &self)
    months = try parser.values(parts[first + 3], .month)
    try parser.weekdays(parts[first + 4], &self)
    if parts.count == 7 { years = try parser.years(parts[6]) }
  }
}

/// Parses the fields of one expression.
private struct CronFieldParser {
  let text: String

  struct Field: Sendable {
    let name: String
    let range: ClosedRange<Int64>
    var names: [String] = []

    static let second = Field(name: "seconds", range: 0...59)
    static let minute = Field(name: "minutes", range: 0...59)
    static let hour = Field(name: "hours", range: 0...23)
    static let day = Field(name: "days of the month", range: 1...31)
    static let month = Field(
      name: "months", range: 1...12,
      names: [
        "", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
      ])
    static let weekday = Field(
      name: "days of the week", range: 0...7,
      names: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"])
    static let year = Field(name: "years", range: CronFields.years)
  }

  /// The values of a field, a bit each.
  func values(_ part: String, _ field: Field) throws(CronError) -> UInt64 {
    var set: UInt64 = 0
    for item in elements(part) {
      for value in try self.item(item, field) { set |= 1 << UInt64(value) }
    }
    return set
  }

  func days(_ part: String, _ fields: inout CronFields) throws(CronError) {
    fields.restrictsDays = !isOpen(part)
    for item in elements(part) {
      if item.uppercased() == "L" {
        fields.hasLastDay = true
        continue
      }
      for value in try self.item(item, .day) { fields.days |= 1 << UInt64(value) }
    }
  }

  func weekdays(_ part: String, _ fields: inout CronFields) throws(CronError) {
    fields.restrictsWeekdays = !isOpen(part)
    for item in elements(part) {
      let halves = item.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
      if halves.count == 2 {
        let weekday = try value(halves[0], .weekday) % 7
        guard let nth = Int64(halves[1]), (1...5).contains(nth) else {
          throw error("\"\(item)\" must name the 1st to the 5th, such as 1#1", .weekday)
        }
        fields.nthWeekdays |= 1 << UInt64(8 * nth + weekday)
      } else if item.count > 1, item.uppercased().hasSuffix("L") {
        let weekday = try value(String(item.dropLast()), .weekday) % 7
        fields.nthWeekdays |= 1 << UInt64(weekday)
      } else {
        for value in try self.item(item, .weekday) { fields.weekdays |= 1 << UInt64(value % 7) }
      }
    }
  }

  /// Sorted; nil: all.
  func years(_ part: String) throws(CronError) -> [Int64]? {
    if part == "*" || part == "?" { return nil }
    var years: [Int64] = []
    for item in elements(part) { years += try self.item(item, .year) }
    return years.sorted()
  }

  private func elements(_ part: String) -> [String] {
    part.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// Whether a field leaves its days to the other one.
  private func isOpen(_ part: String) -> Bool {
    part.hasPrefix("*") || part.hasPrefix("?")
  }

  /// The values of a value, a range, a step or a star.
  private func item(_ item: String, _ field: Field) throws(CronError) -> [Int64] {
    let halves = item.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard halves.count <= 2 else { throw error("\"\(item)\" has more than one step", field) }
    var step: Int64 = 1
    if halves.count == 2 {
      guard let given = number(halves[1]), given >= 1, given <= field.range.upperBound else {
        throw error("\"\(item)\" needs a step from 1 to \(field.range.upperBound)", field)
      }
      step = given
    }
    let range = try range(halves[0], field, isOpenEnded: halves.count == 2)
    return Array(stride(from: range.lowerBound, through: range.upperBound, by: Int(step)))
  }

  private func range(
    _ part: String, _ field: Field, isOpenEnded: Bool
  ) throws(CronError) -> ClosedRange<Int64> {
    // Of the days of the week 7 is another name of the first one.
    let upper = field.name == Field.weekday.name ? 6 : field.range.upperBound
    if part == "*" || part == "?" { return field.range.lowerBound...upper }
    let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    if ends.count == 1 {
      let value = try value(part, field)
      return value...(isOpenEnded ? max(value, upper) : value)
    }
    guard ends.count == 2 else { throw error("\"\(part)\" is no range", field) }
    let (first, last) = (try value(ends[0], field), try value(ends[1], field))
    guard first <= last else {
      throw error(
        "\"\(part)\" ends before it begins; write \(ends[0])-\(upper),"
          + "\(field.range.lowerBound)-\(ends[1])", field)
    }
    return first...last
  }

  private func value(_ part: String, _ field: Field) throws(CronError) -> Int64 {
    if let index = field.names.firstIndex(of: part.uppercased()), !part.isEmpty {
      return Int64(index)
    }
    guard let value = number(part), field.range.contains(value) else {
      let names = field.names.last.map { " or a name such as \($0)" } ?? ""
      throw error(
        "\"\(part)\" must be from \(field.range.lowerBound) to \(field.range.upperBound)\(names)",
        field)
    }
    return value
  }

  /// A whole number without a sign, of at most four digits.
  private func number(_ part: String) -> Int64? {
    let digits = part.utf8
    guard (1...4).contains(digits.count), digits.allSatisfy({ $0 &- 0x30 <= 9 }) else { return nil }
    return Int64(part)
  }

  private func error(_ problem: String, _ field: Field) -> CronError {
    CronError(text: text, problem: "is wrong in its \(field.name): \(problem)")
  }
}
