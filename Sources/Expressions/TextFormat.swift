import CivilTime

/// `"%s has %d".format([…])` of the strings extension.
struct TextFormat {
  private static let maximumPrecision = 1_000
  private let arguments: [Value]
  private var nextArgument = 0
  private var output = ""

  static func format(
    _ pattern: Value, _ arguments: Value, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let pattern = try TextFunctions.text(pattern, "format")
    var formatter = TextFormat(arguments: try ListFunctions.list(arguments, "format"))
    try formatter.run(pattern, &frame.budget)
    return .string(formatter.output)
  }

  private init(arguments: [Value]) {
    self.arguments = arguments
  }

  private mutating func run(
    _ pattern: String, _ budget: inout WorkBudget
  ) throws(EvaluationError) {
    try budget.charge(1 + pattern.utf8.count / 8)
    var rest = pattern.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "%" else {
        output.unicodeScalars.append(scalar)
        continue
      }
      if rest.first == "%" {
        rest.removeFirst()
        output += "%"
        continue
      }
      let precision = try TextFormat.precision(&rest)
      guard let verb = rest.popFirst() else { throw TextFormat.failure("ends after '%'") }
      guard nextArgument < arguments.count else {
        throw TextFormat.failure("needs more than \(arguments.count) arguments")
      }
      output += try TextFormat.text(arguments[nextArgument], verb, precision, &budget)
      nextArgument += 1
    }
  }

  private static func precision(
    _ rest: inout Substring.UnicodeScalarView
  ) throws(EvaluationError) -> Int {
    guard rest.first == "." else { return 6 }
    rest.removeFirst()
    let digits = rest.prefix { $0 >= "0" && $0 <= "9" }
    rest = rest.dropFirst(digits.count)
    guard let number = Int(String(digits)), number <= maximumPrecision else {
      throw failure("has a precision that is no number from 0 to \(maximumPrecision)")
    }
    return number
  }

  private static func failure(_ problem: String) -> EvaluationError {
    EvaluationError(.invalidArgument, "the format \(problem)")
  }

  private static func text(
    _ value: Value, _ verb: Unicode.Scalar, _ precision: Int, _ budget: inout WorkBudget
  ) throws(EvaluationError) -> String {
    switch verb {
    case "s": return try plain(value, &budget)
    case "d":
      switch value {
      case .int(let number): return String(number)
      case .uint(let number): return String(number)
      case .double(let number):
        return number.isFinite
          ? DecimalText.plainShortest(number) : DecimalText.shortest(number)
      default: break
      }
    case "f", "e":
      if let number = double(value) {
        guard number.isFinite else { return DecimalText.shortest(number) }
        let expansion = DecimalExpansion(number)
        return verb == "f"
          ? expansion.fixed(precision) : expansion.scientific(precision)
      }
    case "b", "o", "x", "X": return try digits(value, verb)
    default: throw failure("has the unknown verb '%\(verb)': use s, d, f, e, b, o, x or X")
    }
    throw refusal(verb, value)
  }

  private static func refusal(_ verb: Unicode.Scalar, _ value: Value) -> EvaluationError {
    failure("'%\(verb)' does not take \(value.type.name)")
  }

  private static func double(_ value: Value) -> Double? {
    switch value {
    case .double(let number): number
    case .int(let number): Double(number)
    case .uint(let number): Double(number)
    default: nil
    }
  }

  private static func digits(
    _ value: Value, _ verb: Unicode.Scalar
  ) throws(EvaluationError) -> String {
    let radix = verb == "b" ? 2 : verb == "o" ? 8 : 16
    switch value {
    case .int(let number): return String(number, radix: radix, uppercase: verb == "X")
    case .uint(let number): return String(number, radix: radix, uppercase: verb == "X")
    case .bool(let truth) where verb == "b": return truth ? "1" : "0"
    case .string(let text) where radix == 16: return hex(text.utf8, isUpper: verb == "X")
    case .bytes(let bytes) where radix == 16: return hex(bytes, isUpper: verb == "X")
    default: throw refusal(verb, value)
    }
  }

  private static func hex(_ bytes: some Sequence<UInt8>, isUpper: Bool) -> String {
    let digits = Array((isUpper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// What `%s` gives: texts as they are, lists and maps with their elements, maps by key.
  private static func plain(
    _ value: Value, _ budget: inout WorkBudget
  ) throws(EvaluationError) -> String {
    try budget.charge(1)
    switch value {
    case .null: return "null"
    case .bool(let truth): return truth ? "true" : "false"
    case .int(let number): return String(number)
    case .uint(let number): return String(number)
    case .double(let number): return DecimalText.shortest(number)
    case .string(let text):
      try budget.charge(text.utf8.count / 16)
      return text
    case .bytes(let bytes):
      try budget.charge(bytes.count / 16)
      return String(decoding: bytes, as: UTF8.self)
    case .timestamp(let seconds, let nanos): return RFC3339(seconds: seconds, nanos: nanos).text
    case .duration(let seconds, let nanos): return DecimalText.seconds(seconds, nanos: nanos)
    case .type(let type): return type.name
    case .list(let list):
      var parts: [String] = []
      for element in list { parts.append(try plain(element, &budget)) }
      return "[" + parts.joined(separator: ", ") + "]"
    case .map(let map):
      var parts: [(key: String, value: String)] = []
      for position in 0..<map.count {
        let (key, value) = map.entry(at: position)
        parts.append((try plain(key, &budget), try plain(value, &budget)))
      }
      parts.sort { textOrder($0.key, $1.key) < 0 }
      return "{" + parts.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
    case .abstract(.address(let address)): return address.text
    case .abstract(.network(let network)): return network.text
    case .optional: throw refusal("s", value)
    }
  }
}
