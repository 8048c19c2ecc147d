import CivilTime
import Expressions

/// Why a file is no conformance file.
package struct ConformanceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with the file.
  package var message: String
  /// The same as `message`.
  package var description: String { message }
}

/// Values as the conformance files write them: an object with one key that names the kind.
enum ConformanceValue {
  static func value(_ json: JSONValue) throws(ConformanceError) -> Value {
    guard case .object(let members) = json, members.count == 1 else {
      throw ConformanceError(message: "a value is an object with one key")
    }
    let (kind, content) = members[0]
    switch (kind, content) {
    case ("null", _): return .null
    case ("bool", .bool(let truth)): return .bool(truth)
    case ("string", .string(let text)): return .string(text)
    case ("type", .string(let name)): return .type(TypeValue(name))
    case ("list", .array(let elements)):
      var list: [Value] = []
      for element in elements { list.append(try value(element)) }
      return .list(list)
    case ("map", .array(let entries)): return try map(entries)
    case (_, .string(let text)):
      if let scalar = scalar(kind, text) { return scalar }
    default: break
    }
    throw ConformanceError(message: "unknown value of kind '\(kind)'")
  }

  private static func scalar(_ kind: String, _ text: String) -> Value? {
    switch kind {
    case "int": return Int64(text).map { .int($0) }
    case "uint": return UInt64(text).map { .uint($0) }
    case "double": return Double(text).map { .double($0) }
    case "timestamp":
      guard let moment = try? RFC3339(parsing: text) else { return nil }
      return .timestamp(seconds: moment.seconds, nanos: moment.nanos)
    case "duration": return evaluated("duration('\(text)')")
    case "bytes": return evaluated("base64.decode('\(text)')")
    default: return nil
    }
  }

  /// The value of an expression without variables: the language reads its own notations best.
  private static func evaluated(_ source: String) -> Value? {
    guard let expression = try? CompiledExpression(source, declarations: Declarations()) else {
      return nil
    }
    return try? expression.evaluate(ConformanceActivation(attributes: [], bindings: [:]))
  }

  private static func map(_ entries: [JSONValue]) throws(ConformanceError) -> Value {
    var made: [(key: Value, value: Value)] = []
    for entry in entries {
      guard let pair = entry.elements, pair.count == 2 else {
        throw ConformanceError(message: "a map's entry is a list of two")
      }
      made.append((try value(pair[0]), try value(pair[1])))
    }
    guard let map = MapValue(made) else {
      throw ConformanceError(message: "a map has a key twice or one that cannot be a key")
    }
    return .map(map)
  }

  /// Whether both are the same value of the same kind; NaN matches NaN.
  static func matches(_ wanted: Value, _ found: Value) -> Bool {
    switch (wanted, found) {
    case (.double(let first), .double(let second)):
      return first.isNaN ? second.isNaN : first.bitPattern == second.bitPattern
    case (.list(let first), .list(let second)):
      return first.count == second.count && zip(first, second).allSatisfy { matches($0, $1) }
    case (.map(let first), .map(let second)):
      return first.count == second.count
        && zip(first.keys, first.values).allSatisfy { key, value in
          second.keys.contains(key) && second[key].map { matches(value, $0) } ?? false
        }
    default: return wanted == found
    }
  }

  /// The value for reports.
  static func text(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .bool(let truth): "\(truth)"
    case .int(let number): "\(number)"
    case .uint(let number): "\(number)u"
    case .double(let number): "\(number)"
    case .string(let text): text.debugDescription
    case .bytes(let bytes): "bytes\(bytes)"
    case .list(let list): "[" + list.map(text).joined(separator: ", ") + "]"
    case .map(let map):
      "{"
        + zip(map.keys, map.values).map { "\(text($0)): \(text($1))" }.joined(separator: ", ")
        + "}"
    case .timestamp(let seconds, let nanos):
      "timestamp \(RFC3339(seconds: seconds, nanos: nanos).text)"
    case .duration(let seconds, let nanos): "duration \(seconds)s \(nanos)ns"
    case .type(let type): "type \(type.name)"
    case .optional(let content): content.map { "optional(\(text($0)))" } ?? "optional none"
    case .abstract(.address(let address)): "ip \(address.text)"
    case .abstract(.network(let network)): "cidr \(network.text)"
    }
  }
}

/// Answers attributes from a test's bindings.
final class ConformanceActivation: Activation {
  private let attributes: [Attribute]
  private let bindings: [String: Value]

  init(attributes: [Attribute], bindings: [String: Value]) {
    self.attributes = attributes
    self.bindings = bindings
  }

  func attribute(_ slot: Int) throws(EvaluationError) -> Value? {
    guard let root = bindings[attributes[slot].root] else { return nil }
    return root.selecting(attributes[slot].path)
  }

  func call(_ slot: Int, _ arguments: [Value]) throws(EvaluationError) -> Value {
    throw EvaluationError(.host, "the tests' functions are declared, not defined")
  }
}
