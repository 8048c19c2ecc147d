import CivilTime

/// `int`, `uint`, `double`, `string`, `bytes`, `bool`, `type`, `dyn` and `size`
/// (cel-spec langdef, "List of Standard Definitions").
enum ConversionFunctions {
  static let table: [String: Builtin] = [
    "int/1": .unary(int), "uint/1": .unary(uint), "double/1": .unary(double),
    "string/1": .unary(string), "bytes/1": .unary(bytes), "bool/1": .unary(bool),
    "type/1": .unary { (value, _) throws(EvaluationError) in .type(value.type) },
    "dyn/1": .unary { (value, _) throws(EvaluationError) in value },
    "size/1": .unary(size), ".size/1": .unary(size),
  ]

  private static func failure(_ value: Value, to type: String) -> EvaluationError {
    EvaluationError(.conversion, "\(value.shortText) to \(type)")
  }

  private static func int(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .int: return value
    case .uint(let number):
      guard let exact = Int64(exactly: number) else {
        throw EvaluationError(.outOfRange, "\(number)u does not fit an int")
      }
      return .int(exact)
    case .double(let number):
      // The ends themselves are refused too: -2^63 and 2^63 are what doubles round to.
      guard number > -0x1p63, number < 0x1p63 else {
        throw EvaluationError(.outOfRange, "\(number) does not fit an int")
      }
      return .int(Int64(number))
    case .string(let text):
      guard let number = Int64(text) else { throw failure(value, to: "int") }
      return .int(number)
    case .timestamp(let seconds, _): return .int(seconds)
    case .duration(let seconds, let nanos):
      // Durations count in nanoseconds here, as in CEL's reference implementation.
      return .int(seconds * 1_000_000_000 + Int64(nanos))
    default: throw Builtin.refusal("int", value)
    }
  }

  private static func uint(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .uint: return value
    case .int(let number):
      guard let exact = UInt64(exactly: number) else {
        throw EvaluationError(.outOfRange, "\(number) does not fit a uint")
      }
      return .uint(exact)
    case .double(let number):
      guard number >= 0, number < 0x1p64 else {
        throw EvaluationError(.outOfRange, "\(number) does not fit a uint")
      }
      return .uint(UInt64(number))
    case .string(let text):
      guard let number = UInt64(text), text.utf8.first != 0x2B else {
        throw failure(value, to: "uint")
      }
      return .uint(number)
    default: throw Builtin.refusal("uint", value)
    }
  }

  private static func double(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .double: return value
    case .int(let number): return .double(Double(number))
    case .uint(let number): return .double(Double(number))
    case .string(let text):
      switch text {
      case "NaN", "nan": return .double(.nan)
      case "Infinity", "+Infinity", "Inf", "+Inf", "inf", "+inf", "infinity":
        return .double(.infinity)
      case "-Infinity", "-Inf", "-inf", "-infinity": return .double(-.infinity)
      default: break
      }
      let signs: [UInt8] = [0x2B, 0x2D, 0x2E, 0x45, 0x65]
      let plain = text.utf8.allSatisfy { isDigit($0) || signs.contains($0) }
      guard plain, let number = Double(text), number.isFinite else {
        throw failure(value, to: "double")
      }
      return .double(number)
    default: throw Builtin.refusal("double", value)
    }
  }

  private static func string(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .string: return value
    case .int(let number): return .string(String(number))
    case .uint(let number): return .string(String(number))
    case .double(let number): return .string(DecimalText.shortest(number))
    case .bool(let truth): return .string(truth ? "true" : "false")
    case .bytes(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw EvaluationError(.conversion, "bytes to string: they are not valid UTF-8")
      }
      return .string(text)
    case .timestamp(let seconds, let nanos):
      return .string(RFC3339(seconds: seconds, nanos: nanos).text)
    case .duration(let seconds, let nanos):
      return .string(DecimalText.seconds(seconds, nanos: nanos))
    case .abstract(.address(let address)): return .string(address.text)
    case .abstract(.network(let network)): return .string(network.text)
    default: throw Builtin.refusal("string", value)
    }
  }

  private static func bytes(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .bytes: return value
    case .string(let text): return .bytes(Array(text.utf8))
    default: throw Builtin.refusal("bytes", value)
    }
  }

  private static func bool(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .bool: return value
    case .string(let text):
      switch text {
      case "1", "t", "T", "true", "TRUE", "True": return .bool(true)
      case "0", "f", "F", "false", "FALSE", "False": return .bool(false)
      default: throw failure(value, to: "bool")
      }
    default: throw Builtin.refusal("bool", value)
    }
  }

  private static func size(_ value: Value, _: inout Frame) throws(EvaluationError) -> Value {
    switch value {
    case .string(let text): .int(Int64(text.unicodeScalars.count))
    case .bytes(let bytes): .int(Int64(bytes.count))
    case .list(let list): .int(Int64(list.count))
    case .map(let map): .int(Int64(map.count))
    default: throw Builtin.refusal("size", value)
    }
  }
}

/// Decimal texts of numbers.
enum DecimalText {
  /// The shortest digits that give the same double back: plain up to 21 digits before the point
  /// and 6 zeros after it, with an exponent beyond; whole numbers without a point.
  static func shortest(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    let (isNegative, digits, exponent) = shortestDigits(number)
    let sign = isNegative ? "-" : ""
    let point = digits.count + exponent
    let text = String(decoding: digits, as: UTF8.self)
    if point > 21 || point < -5 {
      let rest = text.dropFirst()
      let power = point - 1
      let magnitude = power.magnitude < 10 ? "0\(power.magnitude)" : "\(power.magnitude)"
      return sign + text.prefix(1) + (rest.isEmpty ? "" : "." + rest)
        + "e" + (power < 0 ? "-" : "+") + magnitude
    }
    return sign + plain(text, point: point)
  }

  /// The shortest digits without an exponent, however long that is.
  static func plainShortest(_ number: Double) -> String {
    let (isNegative, digits, exponent) = shortestDigits(number)
    let text = String(decoding: digits, as: UTF8.self)
    return (isNegative ? "-" : "") + plain(text, point: digits.count + exponent)
  }

  private static func plain(_ digits: String, point: Int) -> String {
    if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.utf8.count {
      return digits + String(repeating: "0", count: point - digits.utf8.count)
    }
    return digits.prefix(point) + "." + digits.dropFirst(point)
  }

  /// Sign, digits without zeros at either end, and the power of ten of the last digit.
  private static func shortestDigits(
    _ number: Double
  ) -> (isNegative: Bool, digits: [UInt8], exponent: Int) {
    var digits: [UInt8] = []
    var exponent = 0
    var isAfterPoint = false
    // Swift's own description holds the shortest digits; only its form is changed.
    let text = Array(number.magnitude.description.utf8)
    let mantissa = text.prefix { $0 != 0x65 }
    for byte in mantissa {
      if byte == 0x2E {
        isAfterPoint = true
      } else {
        digits.append(byte)
        if isAfterPoint { exponent -= 1 }
      }
    }
    if mantissa.count < text.count {
      let power = String(decoding: text[(mantissa.count + 1)...], as: UTF8.self)
      exponent += Int(power) ?? 0
    }
    while digits.count > 1, digits.last == 0x30 {
      digits.removeLast()
      exponent += 1
    }
    while digits.count > 1, digits.first == 0x30 { digits.removeFirst() }
    if digits == [0x30] { exponent = 0 }
    return (number.sign == .minus, digits, exponent)
  }

  /// A duration in seconds as CEL writes it: `1.5s`.
  static func seconds(_ seconds: Int64, nanos: Int32) -> String {
    let sign = seconds < 0 || nanos < 0 ? "-" : ""
    let whole = "\(sign)\(seconds.magnitude)"
    if nanos == 0 { return whole + "s" }
    var digits = Array(String(nanos.magnitude).utf8)
    digits = Array(repeating: 0x30, count: 9 - digits.count) + digits
    while digits.last == 0x30 { digits.removeLast() }
    return "\(whole).\(String(decoding: digits, as: UTF8.self))s"
  }
}
