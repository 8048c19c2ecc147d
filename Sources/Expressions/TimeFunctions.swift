import CivilTime

/// `timestamp`, `duration` and the parts of both (cel-spec langdef, "Timestamps and Durations").
enum TimeFunctions {
  static let table: [String: Builtin] = {
    var table: [String: Builtin] = [
      "timestamp/1": .unary(timestamp), "duration/1": .unary(duration),
    ]
    for part in Part.allCases {
      table[".\(part.rawValue)/1"] = .unary { (value, _) throws(EvaluationError) in
        switch value {
        case .timestamp(let seconds, let nanos): .int(part.of(seconds, nanos: nanos))
        case .duration(let seconds, let nanos):
          .int(try part.ofDuration(seconds, nanos: nanos))
        default: throw Builtin.refusal(part.rawValue, value)
        }
      }
      table[".\(part.rawValue)/2"] = .binary { (value, zone, frame) throws(EvaluationError) in
        guard case .timestamp(let seconds, let nanos) = value, case .string(let name) = zone
        else { throw Builtin.refusal(part.rawValue, value, zone) }
        let offset = try offsetSeconds(name, at: seconds, frame.timeZones)
        return .int(part.of(seconds + offset, nanos: nanos))
      }
    }
    return table
  }()

  private enum Part: String, CaseIterable {
    case getFullYear, getMonth, getDayOfYear, getDayOfMonth, getDate, getDayOfWeek, getHours
    case getMinutes, getSeconds, getMilliseconds

    /// The part of a moment, given in seconds on the scale of its zone.
    func of(_ localSeconds: Int64, nanos: Int32) -> Int64 {
      let clock = WallClock(localSeconds: localSeconds)
      return switch self {
      case .getFullYear: clock.date.year
      case .getMonth: clock.date.month - 1
      case .getDayOfYear: CivilTime.dayOfYear(days: clock.date.days)
      case .getDayOfMonth: clock.date.day - 1
      case .getDate: clock.date.day
      case .getDayOfWeek: CivilTime.weekday(days: clock.date.days)
      case .getHours: clock.hour
      case .getMinutes: clock.minute
      case .getSeconds: clock.second
      case .getMilliseconds: Int64(nanos) / 1_000_000
      }
    }

    /// The whole length in hours, minutes or seconds; of milliseconds only those in the second.
    func ofDuration(_ seconds: Int64, nanos: Int32) throws(EvaluationError) -> Int64 {
      switch self {
      case .getHours: return seconds / 3_600
      case .getMinutes: return seconds / 60
      case .getSeconds: return seconds
      case .getMilliseconds: return Int64(nanos) / 1_000_000
      default:
        throw EvaluationError(.noSuchOverload, "\(rawValue)(google.protobuf.Duration)")
      }
    }
  }

  /// The offset that a zone's text stands for: `UTC`, `+hh:mm`, `-hh:mm`, `hh:mm`, or a name that
  /// the host's rules know.
  private static func offsetSeconds(
    _ zone: String, at seconds: Int64, _ zones: TimeZoneBox?
  ) throws(EvaluationError) -> Int64 {
    if zone == "UTC" || zone == "Z" { return 0 }
    if let fixed = fixedOffset(zone) { return fixed }
    if let offset = zones?.rules.offsetSeconds(zone: zone, atUnixSeconds: seconds) {
      return Int64(offset)
    }
    throw EvaluationError(.invalidArgument, "unknown time zone '\(zone)'")
  }

  /// Whether a zone's text needs no rules.
  static func isFixed(_ zone: String) -> Bool {
    zone == "UTC" || zone == "Z" || fixedOffset(zone) != nil
  }

  private static func fixedOffset(_ zone: String) -> Int64? {
    var bytes = Array(zone.utf8)
    let sign: Int64 = bytes.first == 0x2D ? -1 : 1
    if bytes.first == 0x2D || bytes.first == 0x2B { bytes.removeFirst() }
    guard bytes.count == 5, bytes[2] == 0x3A,
      [0, 1, 3, 4].allSatisfy({ isDigit(bytes[$0]) })
    else { return nil }
    let digits = bytes.map { Int64($0) - 0x30 }
    let hours = digits[0] * 10 + digits[1]
    let minutes = digits[3] * 10 + digits[4]
    guard hours < 24, minutes < 60 else { return nil }
    return sign * (hours * 3_600 + minutes * 60)
  }

  private static func timestamp(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .timestamp: return value
    case .int(let seconds):
      guard seconds >= CivilTime.firstSecond, seconds <= CivilTime.lastSecond else {
        throw EvaluationError(.outOfRange, "a timestamp lies in the years 1 to 9999")
      }
      return .timestamp(seconds: seconds, nanos: 0)
    case .string(let text):
      do {
        let moment = try RFC3339(parsing: text)
        return .timestamp(seconds: moment.seconds, nanos: moment.nanos)
      } catch {
        throw EvaluationError(.conversion, "'\(text)' to timestamp: \(error.description)")
      }
    default: throw Builtin.refusal("timestamp", value)
    }
  }

  private static func duration(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .duration: return value
    // As in CEL's reference implementation, and the inverse of `int(duration)`.
    case .int(let nanos): return TimeArithmetic.duration(nanos: nanos)
    case .string(let text):
      guard let nanos = nanoseconds(Array(text.utf8)) else {
        throw EvaluationError(
          .conversion,
          "'\(text)' to duration: write 1h30m, 90s or 1.5s, at most 292 years in all")
      }
      return TimeArithmetic.duration(nanos: nanos)
    default: throw Builtin.refusal("duration", value)
    }
  }

  /// The nanoseconds of `-1h2m3.5s`; nil if the text is none or they do not fit.
  static func nanoseconds(_ text: [UInt8]) -> Int64? {
    var position = 0
    let isNegative = text.first == 0x2D
    if isNegative || text.first == 0x2B { position = 1 }
    if text[position...].elementsEqual([0x30]) { return 0 }
    guard position < text.count else { return nil }
    // Summed below zero, where one more value fits.
    var total: Int64 = 0
    while position < text.count {
      guard let part = component(text, &position) else { return nil }
      let (sum, overflow) = total.subtractingReportingOverflow(part)
      guard !overflow else { return nil }
      total = sum
    }
    if isNegative { return total }
    return total == .min ? nil : -total
  }

  /// One number with its unit, in nanoseconds; digits finer than a nanosecond are cut off.
  private static func component(_ text: [UInt8], _ position: inout Int) -> Int64? {
    let start = position
    while position < text.count, isDigit(text[position]) { position += 1 }
    let whole = text[start..<position]
    var fraction: ArraySlice<UInt8> = []
    if position < text.count, text[position] == 0x2E {
      position += 1
      let fractionStart = position
      while position < text.count, isDigit(text[position]) { position += 1 }
      fraction = text[fractionStart..<position]
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    let unitStart = position
    while position < text.count, !isDigit(text[position]), text[position] != 0x2E { position += 1 }
    guard let unit = units[String(decoding: text[unitStart..<position], as: UTF8.self)] else {
      return nil
    }
    guard let number = whole.isEmpty ? 0 : Int64(String(decoding: whole, as: UTF8.self)) else {
      return nil
    }
    let (scaled, overflow) = number.multipliedReportingOverflow(by: unit)
    guard !overflow else { return nil }
    let (sum, overflowInAll) = scaled.addingReportingOverflow(fractionNanos(fraction, unit: unit))
    return overflowInAll ? nil : sum
  }

  private static func fractionNanos(_ digits: ArraySlice<UInt8>, unit: Int64) -> Int64 {
    // unit is at most 3.6e12, so 15 digits times it need 128 bits; later digits tell nothing.
    var numerator: Int128 = 0
    var denominator: Int128 = 1
    for digit in digits.prefix(15) {
      numerator = numerator * 10 + Int128(digit - 0x30)
      denominator *= 10
    }
    return Int64(numerator * Int128(unit) / denominator)
  }

  private static let units: [String: Int64] = [
    "ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000,
    "m": 60_000_000_000, "h": 3_600_000_000_000,
  ]
}
