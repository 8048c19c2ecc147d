import Binding
import CBOR
import CivilTime
import Expressions
import Intake
import Programs

/// Reads the texts of a declared field as values.
struct FieldReader {
  let field: ImportMapping.Field
  /// The rules of the field's zone; nil: UTC.
  let zone: TimeZoneTable?

  /// The value of a text.
  /// - Throws: Where it is written otherwise than declared.
  func value(_ text: String) throws(Refusal) -> Value {
    switch field.type {
    case .text: return .string(text)
    case .int:
      guard let number = Decimal(text), let value = number.scaled(by: 0) else {
        throw refusal("is \"\(shown(text))\", not a whole number of 64 bits")
      }
      return .int(value)
    case .number:
      guard Decimal(text) != nil, let value = Double(text), value.isFinite else {
        throw refusal("is \"\(shown(text))\", not a number such as 12.5")
      }
      return .double(value)
    case .money(let decimals): return .int(try money(text, decimals))
    case .bool(let trueWords, let falseWords):
      let word = text.lowercased()
      if trueWords.contains(word) { return .bool(true) }
      if falseWords.contains(word) { return .bool(false) }
      throw refusal(
        "is \"\(shown(text))\", none of \((trueWords + falseWords).joined(separator: ", ")); name "
          + "the words in the mapping")
    case .time(let form, _): return try moment(text, form)
    case .list(let separator):
      return .list(split(text, separator).map { .string($0) })
    }
  }

  /// The value of an item of JSON; nil for null.
  /// - Throws: Where it is of another kind than declared.
  func value(_ item: CBORView) throws(Refusal) -> Value? {
    switch (Value(item), field.type) {
    case (.null, _): return nil
    case (.string(let text), _): return try value(text)
    case (.bool(let flag), .bool): return .bool(flag)
    case (.int(let number), .int): return .int(number)
    case (.int(let number), .number): return .double(Double(number))
    case (.int(let number), .text), (.int(let number), .money): return try value(String(number))
    case (.int(let number), .bool), (.int(let number), .time): return try value(String(number))
    case (.double(let number), .number): return .double(number)
    case (.double(let number), .money): return try value("\(number)")
    case (.list(let elements), .list):
      guard elements.allSatisfy({ if case .string = $0 { true } else { false } }) else {
        throw refusal("holds something other than texts")
      }
      return .list(elements)
    case (let value, _):
      throw refusal("is a JSON \(value.type.name), which does not fit the declared type")
    }
  }

  private func money(_ text: String, _ decimals: Int) throws(Refusal) -> Int64 {
    guard let number = Decimal(text) else {
      throw refusal("is \"\(shown(text))\", not an amount such as 12.50")
    }
    guard let value = number.scaled(by: decimals) else {
      throw refusal(
        "is \"\(shown(text))\", which has more than \(decimals) decimals or exceeds 64 bits")
    }
    return value
  }

  private func moment(_ text: String, _ form: ImportMapping.TimeForm) throws(Refusal) -> Value {
    switch form {
    case .rfc3339:
      do {
        let time = try RFC3339(parsing: text)
        return .timestamp(seconds: time.seconds, nanos: time.nanos)
      } catch {
        throw refusal("is \(error)")
      }
    case .unixSeconds: return try moment(text, decimals: 6, perSecond: 1_000_000)
    case .unixMilliseconds: return try moment(text, decimals: 3, perSecond: 1_000_000)
    case .pattern(let pattern):
      guard let local = pattern.localTime(text) else {
        throw refusal("is \"\(shown(text))\", not a time in the declared format")
      }
      let seconds = zone?.unixSeconds(localSeconds: local.seconds) ?? local.seconds
      return .timestamp(seconds: seconds, nanos: Int32(local.milliseconds) * 1_000_000)
    }
  }

  /// A moment as a number of seconds with six decimals, or of milliseconds with three: both are
  /// microseconds without their point.
  private func moment(
    _ text: String, decimals: Int, perSecond: Int64
  ) throws(Refusal) -> Value {
    guard let microseconds = Decimal(text)?.scaled(by: decimals) else {
      throw refusal("is \"\(shown(text))\", not a number of seconds or milliseconds since 1970")
    }
    let seconds = CivilTime.floorDivide(microseconds, perSecond)
    guard seconds >= CivilTime.firstSecond, seconds <= CivilTime.lastSecond else {
      throw refusal("is \"\(shown(text))\", which lies beyond the year 9999")
    }
    let rest = CivilTime.floorRemainder(microseconds, perSecond)
    return .timestamp(seconds: seconds, nanos: Int32(rest) * 1_000)
  }

  /// The parts between separators, spaces around them cut off; none of an empty text.
  private func split(_ text: String, _ separator: String) -> [String] {
    var parts: [String] = []
    var part: [UInt8] = []
    var bytes = Array(text.utf8)[...]
    let mark = Array(separator.utf8)
    while let byte = bytes.first {
      if bytes.starts(with: mark) {
        parts.append(trimmed(part))
        part = []
        bytes = bytes.dropFirst(mark.count)
      } else {
        part.append(byte)
        bytes = bytes.dropFirst()
      }
    }
    parts.append(trimmed(part))
    return parts.filter { !$0.isEmpty }
  }

  private func trimmed(_ bytes: [UInt8]) -> String {
    let inner = bytes.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed()
    return String(decoding: Array(inner), as: UTF8.self)
  }

  private func refusal(_ reason: String) -> Refusal {
    Refusal(field: field.column.joined(separator: "/"), reason: reason)
  }

  private func shown(_ text: String) -> String { String(text.prefix(64)) }
}
