/// A static type, as the checker knows it.
package indirect enum ValueType: Hashable, Sendable {
  /// Anything: checked at run time.
  case dyn
  case null, bool, int, uint, double, string, bytes, timestamp, duration
  case list(ValueType)
  case map(ValueType, ValueType)
  case optional(ValueType)
  /// The type of a type: `type(x)` for x of the parameter's type.
  case type(ValueType)
  case record(RecordType)
  /// An extension type, such as `net.IP`, with its parameters.
  case abstract(String, [ValueType])
  /// A type parameter of a function's overload, by name.
  case parameter(String)
  /// A type that the checker still has to find out; appears in no result.
  case inferred(Int)
}

/// A named object type. At run time its values are maps with string keys.
package struct RecordType: Hashable, Sendable {
  /// The name, for messages; two record types with one name are the same type.
  package let name: String
  /// The declared fields.
  package let fields: [String: ValueType]
  /// Whether other fields may be selected too, as `dyn`; otherwise they are a check error.
  package let isOpen: Bool

  /// The record type with these fields.
  package init(name: String, fields: [String: ValueType], isOpen: Bool) {
    self.name = name
    self.fields = fields
    self.isOpen = isOpen
  }

  /// Whether both have the same name.
  package static func == (left: RecordType, right: RecordType) -> Bool {
    sameText(left.name, right.name)
  }

  /// Hashes the name.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(name)
  }
}

extension ValueType: CustomStringConvertible {
  /// The type as CEL's tools write it: `map(string, list(dyn))`.
  package var description: String {
    switch self {
    case .dyn: "dyn"
    case .null: "null_type"
    case .bool: "bool"
    case .int: "int"
    case .uint: "uint"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .timestamp: "google.protobuf.Timestamp"
    case .duration: "google.protobuf.Duration"
    case .list(let element): "list(\(element))"
    case .map(let key, let value): "map(\(key), \(value))"
    case .optional(let wrapped): "optional_type(\(wrapped))"
    case .type(let type): "type(\(type))"
    case .record(let record): record.name
    case .abstract(let name, let parameters):
      parameters.isEmpty
        ? name : "\(name)(\(parameters.map(\.description).joined(separator: ", ")))"
    case .parameter(let name): name
    case .inferred: "dyn"
    }
  }

  /// Parses what `description` writes; `timestamp` and `duration` are short for the long names, a
  /// single capital letter is a type parameter, and any other name an abstract type.
  ///
  /// - Returns: nil if the text is not a type.
  package init?(parsing text: String) {
    var reader = TypeReader(text: text)
    guard let type = reader.type(depth: 0), reader.isAtEnd else { return nil }
    self = type
  }
}

/// Reads the text of types and of signatures.
struct TypeReader {
  private let bytes: [UInt8]
  private var position = 0

  init(text: String) {
    bytes = Array(text.utf8)
  }

  var isAtEnd: Bool { position == bytes.count }

  /// One type, nested at most 32 deep.
  mutating func type(depth: Int) -> ValueType? {
    guard depth < 32, let name = name() else { return nil }
    guard let parameters = skip(0x28) ? list(depth: depth + 1) : [] else { return nil }
    switch (name, parameters.count) {
    case ("dyn", 0): return .dyn
    case ("null_type", 0): return .null
    case ("bool", 0): return .bool
    case ("int", 0): return .int
    case ("uint", 0): return .uint
    case ("double", 0): return .double
    case ("string", 0): return .string
    case ("bytes", 0): return .bytes
    case ("timestamp", 0), ("google.protobuf.Timestamp", 0): return .timestamp
    case ("duration", 0), ("google.protobuf.Duration", 0): return .duration
    case ("list", 1): return .list(parameters[0])
    case ("map", 2): return .map(parameters[0], parameters[1])
    case ("optional_type", 1): return .optional(parameters[0])
    case ("type", 1): return .type(parameters[0])
    case ("type", 0): return .type(.dyn)
    default:
      let isParameter = parameters.isEmpty && name.utf8.count == 1 && name < "["
      return isParameter ? .parameter(name) : .abstract(name, parameters)
    }
  }

  /// The types up to a closing parenthesis.
  mutating func list(depth: Int) -> [ValueType]? {
    var types: [ValueType] = []
    if skip(0x29) { return types }
    repeat {
      guard let type = type(depth: depth) else { return nil }
      types.append(type)
    } while skip(0x2C)
    return skip(0x29) ? types : nil
  }

  /// A dotted name, with `@` and `_` and the signs of operators allowed.
  mutating func name() -> String? {
    while position < bytes.count, bytes[position] == 0x20 { position += 1 }
    let start = position
    while position < bytes.count, ![0x20, 0x28, 0x29, 0x2C].contains(bytes[position]) {
      position += 1
    }
    return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    while position < bytes.count, bytes[position] == 0x20 { position += 1 }
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }
}
