/// A length of time as programs write it: `30m`, `23h`, `7d`, `2w`, `1h30m`, `500ms`.
///
/// Units are `w` (7 days), `d` (24 hours), `h`, `m` (minutes), `s`, `ms` and `us`; each at most
/// once, the larger before the smaller, each a whole number. There is no sign: a delay is never
/// negative. Days are always 24 hours long, also where a clock is put forward.
package struct DurationText: Hashable, Sendable, CustomStringConvertible {
  /// The length in microseconds.
  package var microseconds: Int64

  /// The given length.
  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// Parses the UTF-8 bytes of `text`.
  ///
  /// - Throws: What is wrong with the text and how it is written instead; also for a length beyond
  ///   `Int64` microseconds (292,000 years).
  package init(parsing text: String) throws(DurationTextError) {
    let bytes = text.utf8.span
    var position = 0
    var total: Int64 = 0
    var lastUnit = -1
    guard !bytes.isEmpty else { throw DurationTextError(text: text, problem: "is empty") }
    while position < bytes.count {
      let amount = try DurationText.number(bytes, &position, text)
      let unit = try DurationText.unit(bytes, &position, text)
      guard unit > lastUnit else {
        let problem = "must name each unit once, the larger first"
        throw DurationTextError(text: text, problem: problem)
      }
      lastUnit = unit
      let (product, tooLong) = amount.multipliedReportingOverflow(by: units[unit].microseconds)
      let (sum, tooLongInAll) = total.addingReportingOverflow(product)
      guard !tooLong, !tooLongInAll else {
        let problem = "is too long: at most \(Int64.max) us (about 292,000 years) fit"
        throw DurationTextError(text: text, problem: problem)
      }
      total = sum
    }
    microseconds = total
  }

  /// The canonical text: days, hours, minutes, seconds, milliseconds and microseconds without the
  /// parts that are zero; `0s` for nothing. Parsing it gives the same length; a negative length,
  /// which only arithmetic makes, has a minus in front and is refused by the parser.
  package var description: String {
    if microseconds == 0 { return "0s" }
    var rest = microseconds.magnitude
    var text = microseconds < 0 ? "-" : ""
    // Weeks are left out: 14d says more than 2w where a window of 8d stands beside it.
    for unit in units.dropFirst() {
      let size = UInt64(unit.microseconds)
      if rest >= size { text += "\(rest / size)\(unit.name)" }
      rest %= size
    }
    return text
  }

  private static func number(
    _ bytes: Span<UInt8>, _ position: inout Int, _ text: String
  ) throws(DurationTextError) -> Int64 {
    let start = position
    var value: Int64 = 0
    while position < bytes.count, bytes[position] &- 0x30 <= 9 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowInAll) = product.addingReportingOverflow(Int64(bytes[position] - 0x30))
      guard !overflow, !overflowInAll else {
        throw DurationTextError(text: text, problem: "has a number that is too large")
      }
      value = sum
      position += 1
    }
    guard position > start else {
      throw DurationTextError(text: text, problem: "needs a whole number before each unit")
    }
    return value
  }

  private static func unit(
    _ bytes: Span<UInt8>, _ position: inout Int, _ text: String
  ) throws(DurationTextError) -> Int {
    var name: [UInt8] = []
    while position < bytes.count, bytes[position] &- 0x30 > 9 {
      name.append(bytes[position])
      position += 1
    }
    let found = String(decoding: name, as: UTF8.self)
    guard let index = units.firstIndex(where: { $0.name == found }) else {
      let problem =
        found.isEmpty
        ? "needs a unit after each number: w, d, h, m, s, ms or us"
        : "has the unknown unit '\(found)': use w, d, h, m, s, ms or us"
      throw DurationTextError(text: text, problem: problem)
    }
    return index
  }
}

/// Why a text is not a length of time, and the mend.
package struct DurationTextError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The whole text.
  package var text: String
  /// What is wrong with it, as the rest of a sentence.
  package var problem: String

  /// The error as a sentence with examples.
  package var description: String {
    "duration '\(text)' \(problem) (for example 30m, 1h30m or 7d)"
  }
}

/// The units from the largest to the smallest.
private let units: [(name: String, microseconds: Int64)] = [
  ("w", 604_800_000_000), ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000),
  ("s", 1_000_000), ("ms", 1_000), ("us", 1),
]
