/// The string functions of the standard library and of the strings extension. Positions count
/// code points.
enum TextFunctions {
  typealias Scalars = [Unicode.Scalar]

  static let table: [String: Builtin] = [
    ".contains/2": .binary { (text, part, frame) throws(EvaluationError) in
      let (first, second) = try pair(text, part, "contains")
      try frame.budget.charge(1 + first.utf8.count * min(second.utf8.count, 1_024) / 32)
      return .bool(holds(first.utf8.span, second.utf8.span))
    },
    ".startsWith/2": .binary { (text, part, _) throws(EvaluationError) in
      let (first, second) = try pair(text, part, "startsWith")
      return .bool(first.utf8.starts(with: second.utf8))
    },
    ".endsWith/2": .binary { (text, part, _) throws(EvaluationError) in
      let (first, second) = try pair(text, part, "endsWith")
      return .bool(first.utf8.reversed().starts(with: second.utf8.reversed()))
    },
    ".charAt/2": .binary(character), ".indexOf/2": .variadic(firstIndex),
    ".indexOf/3": .variadic(firstIndex), ".lastIndexOf/2": .variadic(lastIndex),
    ".lastIndexOf/3": .variadic(lastIndex), ".join/1": .variadic(join), ".join/2": .variadic(join),
    ".lowerAscii/1": .unary { (text, frame) throws(EvaluationError) in
      try mapASCII(text, from: 0x41, "lowerAscii", &frame)
    },
    ".upperAscii/1": .unary { (text, frame) throws(EvaluationError) in
      try mapASCII(text, from: 0x61, "upperAscii", &frame)
    },
    ".replace/3": .variadic(replace), ".replace/4": .variadic(replace),
    ".split/2": .variadic(split), ".split/3": .variadic(split),
    ".substring/2": .variadic(substring), ".substring/3": .variadic(substring),
    ".trim/1": .unary(trim), ".reverse/1": .unary(reverse), "strings.quote/1": .unary(quote),
    ".format/2": .binary(TextFormat.format),
  ]

  static func text(_ value: Value, _ name: String) throws(EvaluationError) -> String {
    guard case .string(let text) = value else { throw Builtin.refusal(name, value) }
    return text
  }

  static func scalars(
    _ value: Value, _ name: String, _ frame: inout Frame
  ) throws(EvaluationError) -> Scalars {
    let text = try text(value, name)
    try frame.budget.charge(1 + text.utf8.count / 8)
    return Array(text.unicodeScalars)
  }

  static func make(_ scalars: some Sequence<Unicode.Scalar>) -> Value {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return .string(String(text))
  }

  private static func pair(
    _ text: Value, _ part: Value, _ name: String
  ) throws(EvaluationError) -> (String, String) {
    guard case .string(let first) = text, case .string(let second) = part else {
      throw Builtin.refusal(name, text, part)
    }
    return (first, second)
  }

  private static func holds(_ text: Span<UInt8>, _ part: Span<UInt8>) -> Bool {
    guard part.count <= text.count else { return false }
    for start in 0...(text.count - part.count) {
      var matched = 0
      while matched < part.count, text[start + matched] == part[matched] { matched += 1 }
      if matched == part.count { return true }
    }
    return false
  }

  private static func character(
    _ text: Value, _ index: Value, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    guard case .int(let position) = index else { throw Builtin.refusal("charAt", text, index) }
    let scalars = try scalars(text, "charAt", &frame)
    guard position >= 0, position <= scalars.count else { throw outOfRange(position) }
    return make(scalars[Int(position)...].prefix(1))
  }

  private static func outOfRange(_ position: Int64) -> EvaluationError {
    EvaluationError(.outOfRange, "index \(position) in a text")
  }

  private static func index(
    _ arguments: [Value], _ position: Int, _ name: String, or fallback: Int
  ) throws(EvaluationError) -> Int {
    guard arguments.count > position else { return fallback }
    guard case .int(let number) = arguments[position] else {
      throw Builtin.refusal(name, arguments[position])
    }
    return Int(number)
  }

  private static func firstIndex(
    _ arguments: [Value], _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let text = try scalars(arguments[0], "indexOf", &frame)
    let part = try scalars(arguments[1], "indexOf", &frame)
    let start = try index(arguments, 2, "indexOf", or: 0)
    guard start >= 0, start <= text.count else { throw outOfRange(Int64(start)) }
    try frame.budget.charge(text.count * min(part.count, 1_024) / 32)
    return .int(Int64(find(part, in: text, from: start) ?? -1))
  }

  private static func lastIndex(
    _ arguments: [Value], _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let text = try scalars(arguments[0], "lastIndexOf", &frame)
    let part = try scalars(arguments[1], "lastIndexOf", &frame)
    let limit = try index(arguments, 2, "lastIndexOf", or: text.count)
    guard limit >= 0, limit <= text.count else { throw outOfRange(Int64(limit)) }
    try frame.budget.charge(text.count * min(part.count, 1_024) / 32)
    guard part.count <= text.count else { return .int(-1) }
    for start in (0...min(limit, text.count - part.count)).reversed()
    where text[start..<(start + part.count)].elementsEqual(part) { return .int(Int64(start)) }
    return .int(-1)
  }

  private static func find(_ part: Scalars, in text: Scalars, from start: Int) -> Int? {
    guard start + part.count <= text.count else { return nil }
    return (start...(text.count - part.count)).first {
      text[$0..<($0 + part.count)].elementsEqual(part)
    }
  }

  private static func join(
    _ arguments: [Value], _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let separator = arguments.count == 2 ? try text(arguments[1], "join") : ""
    var joined = ""
    for (position, element) in try ListFunctions.list(arguments[0], "join").enumerated() {
      let part = try text(element, "join")
      try frame.budget.charge(1 + (part.utf8.count + separator.utf8.count) / 16)
      if position > 0 { joined += separator }
      joined += part
    }
    return .string(joined)
  }

  private static func mapASCII(
    _ value: Value, from first: UInt8, _ name: String, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let text = try text(value, name)
    try frame.budget.charge(1 + text.utf8.count / 16)
    let bytes = text.utf8.map { $0 &- first < 26 ? $0 ^ 0x20 : $0 }
    return .string(String(decoding: bytes, as: UTF8.self))
  }

  private static func replace(
    _ arguments: [Value], _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let text = try scalars(arguments[0], "replace", &frame)
    let old = try scalars(arguments[1], "replace", &frame)
    let new = try scalars(arguments[2], "replace", &frame)
    let count = try index(arguments, 3, "replace", or: -1)
    var limit = count < 0 ? Int.max : count
    var made: Scalars = []
    var position = 0
    while limit > 0, let found = find(old, in: text, from: position) {
      try frame.budget.charge(1 + (found - position + new.count + old.count) / 4)
      limit -= 1
      made += text[position..<found]
      made += new
      position = found + old.count
      // Nothing is found everywhere: before each code point and at the end.
      if old.isEmpty {
        guard position < text.count else {
          position = text.count
          break
        }
        made.append(text[position])
        position += 1
      }
    }
    return make(made + text[position...])
  }

  private static func split(
    _ arguments: [Value], _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let text = try scalars(arguments[0], "split", &frame)
    let separator = try scalars(arguments[1], "split", &frame)
    let count = try index(arguments, 2, "split", or: -1)
    var limit = count < 0 ? Int.max : count
    guard limit > 0 else { return .list([]) }
    var parts: [Value] = []
    var position = 0
    while limit > 1 {
      let end: Int
      if separator.isEmpty {
        guard position + 1 < text.count else { break }
        end = position + 1
      } else {
        guard let found = find(separator, in: text, from: position) else { break }
        end = found
      }
      try frame.budget.charge(1 + (end - position) / 4)
      parts.append(make(text[position..<end]))
      position = end + separator.count
      limit -= 1
    }
    if separator.isEmpty, text.isEmpty { return .list([]) }
    parts.append(make(text[position...]))
    return .list(parts)
  }

  private static func substring(
    _ arguments: [Value], _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    let text = try scalars(arguments[0], "substring", &frame)
    let start = try index(arguments, 1, "substring", or: 0)
    let end = try index(arguments, 2, "substring", or: text.count)
    guard start >= 0, start <= text.count else { throw outOfRange(Int64(start)) }
    guard end >= 0, end <= text.count else { throw outOfRange(Int64(end)) }
    guard start <= end else {
      throw EvaluationError(.outOfRange, "substring from \(start) to \(end)")
    }
    return make(text[start..<end])
  }

  private static func trim(_ value: Value, _ frame: inout Frame) throws(EvaluationError) -> Value {
    let text = try scalars(value, "trim", &frame)
    let start = text.firstIndex { !$0.properties.isWhitespace } ?? text.endIndex
    let end = text.lastIndex { !$0.properties.isWhitespace }.map { $0 + 1 } ?? start
    return make(text[start..<end])
  }

  private static func reverse(
    _ value: Value, _ frame: inout Frame
  ) throws(EvaluationError) -> Value {
    if case .list(let list) = value {
      try frame.budget.charge(list.count)
      return .list(list.reversed())
    }
    return make(try scalars(value, "reverse", &frame).reversed())
  }

  private static func quote(_ value: Value, _ frame: inout Frame) throws(EvaluationError) -> Value {
    let escapes: [UInt8: String] = [
      0x07: "\\a", 0x08: "\\b", 0x0C: "\\f", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t",
      0x0B: "\\v", 0x5C: "\\\\", 0x22: "\\\"",
    ]
    let text = try text(value, "strings.quote")
    try frame.budget.charge(1 + text.utf8.count / 8)
    var quoted: [UInt8] = [0x22]
    for byte in text.utf8 {
      if let escape = escapes[byte] { quoted += escape.utf8 } else { quoted.append(byte) }
    }
    quoted.append(0x22)
    return .string(String(decoding: quoted, as: UTF8.self))
  }
}
