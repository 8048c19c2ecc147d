import Programs
import Yams

/// Validates values against a JSON Schema: the keywords that the product's schemas use. A keyword
/// that it does not know is an error, so that no rule goes unasked.
struct SchemaValidator {
  let root: SchemaValue
  private let patterns = Patterns()

  init(root: SchemaValue) {
    self.root = root
  }

  /// Patterns that were used before: making one takes long.
  private final class Patterns {
    var made: [String: Regex<AnyRegexOutput>] = [:]
  }

  private func pattern(_ text: String) -> Regex<AnyRegexOutput>? {
    if let made = patterns.made[text] { return made }
    patterns.made[text] = try? Regex(text)
    return patterns.made[text]
  }

  /// What is wrong with a value; empty: nothing.
  func errors(_ value: SchemaValue) -> [String] {
    errors(value, root, at: "")
  }

  func errors(_ value: SchemaValue, _ schema: SchemaValue, at path: String) -> [String] {
    guard case .object(let keywords) = schema else { return ["\(path): no schema"] }
    var errors: [String] = []
    for keyword in keywords {
      errors += check(keyword.key, keyword.value, value, schema, at: path)
    }
    return errors
  }

  private func check(
    _ keyword: String, _ rule: SchemaValue, _ value: SchemaValue, _ schema: SchemaValue,
    at path: String
  ) -> [String] {
    switch keyword {
    case "$schema", "$id", "title", "description", "default", "examples", "$defs", "then": return []
    case "$ref":
      guard case .text(let name) = rule, name.hasPrefix("#/$defs/"),
        let target = root["$defs"]?[String(name.dropFirst(8))]
      else { return ["\(path): no definition \(rule)"] }
      return errors(value, target, at: path)
    case "anyOf", "oneOf", "allOf": return combined(keyword, rule, value, at: path)
    case "if":
      guard errors(value, rule, at: path).isEmpty, let then = schema["then"] else { return [] }
      return errors(value, then, at: path)
    case "type":
      let types = rule.elements ?? [rule]
      return types.contains { value.isOf($0) } ? [] : ["\(path): not of type \(rule)"]
    case "enum":
      return rule.elements?.contains(value) == true ? [] : ["\(path): not one of \(rule)"]
    case "const": return rule == value ? [] : ["\(path): not \(rule)"]
    default:
      return sized(keyword, rule, value, at: path) ?? object(keyword, rule, value, schema, path)
    }
  }

  private func combined(
    _ keyword: String, _ rule: SchemaValue, _ value: SchemaValue, at path: String
  ) -> [String] {
    let results = (rule.elements ?? []).map { errors(value, $0, at: path) }
    let fitting = results.count { $0.isEmpty }
    switch keyword {
    case "allOf": return results.flatMap { $0 }
    case "oneOf":
      return fitting == 1 ? [] : ["\(path): \(fitting) of oneOf"] + results.flatMap { $0 }
    default: return fitting >= 1 ? [] : ["\(path): none of anyOf"] + results.flatMap { $0 }
    }
  }

  /// Keywords about numbers, texts and lists; nil for others.
  private func sized(
    _ keyword: String, _ rule: SchemaValue, _ value: SchemaValue, at path: String
  ) -> [String]? {
    let isFitting: Bool
    switch (keyword, value) {
    case ("minimum", _): isFitting = value.number.map { $0 >= rule.number ?? 0 } ?? true
    case ("maximum", _): isFitting = value.number.map { $0 <= rule.number ?? 0 } ?? true
    case ("minLength", .text(let text)):
      isFitting = Double(text.unicodeScalars.count) >= rule.number!
    case ("maxLength", .text(let text)):
      isFitting = Double(text.unicodeScalars.count) <= rule.number!
    case ("minItems", .list(let list)): isFitting = Double(list.count) >= rule.number!
    case ("maxItems", .list(let list)): isFitting = Double(list.count) <= rule.number!
    case ("maxProperties", .object(let entries)): isFitting = Double(entries.count) <= rule.number!
    case ("uniqueItems", .list(let list)):
      isFitting = list.indices.allSatisfy { !list[..<$0].contains(list[$0]) }
    case ("pattern", .text(let text)):
      guard case .text(let source) = rule, let regex = pattern(source) else {
        return ["\(path): no pattern"]
      }
      isFitting = text.contains(regex)
    case ("items", .list(let list)):
      return list.enumerated().flatMap { errors($0.element, rule, at: "\(path)/\($0.offset)") }
    case ("minLength", _), ("maxLength", _), ("minItems", _), ("maxItems", _), ("uniqueItems", _),
      ("maxProperties", _), ("pattern", _), ("items", _):
      return []
    default: return nil
    }
    return isFitting ? [] : ["\(path): breaks \(keyword) \(rule)"]
  }

  private func object(
    _ keyword: String, _ rule: SchemaValue, _ value: SchemaValue, _ schema: SchemaValue,
    _ path: String
  ) -> [String] {
    let entries = value.entries ?? []
    switch keyword {
    case "properties":
      return entries.flatMap { entry in
        rule[entry.key].map { errors(entry.value, $0, at: "\(path)/\(entry.key)") } ?? []
      }
    case "required":
      guard value.entries != nil else { return [] }
      return (rule.elements ?? []).compactMap { name in
        guard case .text(let name) = name, value[name] == nil else { return nil }
        return "\(path): no \(name)"
      }
    case "additionalProperties":
      return entries.flatMap { entry -> [String] in
        guard schema["properties"]?[entry.key] == nil else { return [] }
        if rule == false { return ["\(path): unknown key \(entry.key)"] }
        return errors(entry.value, rule, at: "\(path)/\(entry.key)")
      }
    case "propertyNames":
      return entries.flatMap { errors(.text($0.key), rule, at: "\(path)/\($0.key)") }
    case "dependentRequired":
      return (rule.entries ?? []).filter { value[$0.key] != nil }.flatMap { entry in
        (entry.value.elements ?? []).compactMap { name -> String? in
          guard case .text(let name) = name, value[name] == nil else { return nil }
          return "\(path): \(entry.key) without \(name)"
        }
      }
    default: return ["\(path): the validator does not know \(keyword)"]
    }
  }
}

extension SchemaValue {
  var elements: [SchemaValue]? {
    if case .list(let elements) = self { elements } else { nil }
  }

  var entries: [Entry]? {
    if case .object(let entries) = self { entries } else { nil }
  }

  var number: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }

  fileprivate func isOf(_ type: SchemaValue) -> Bool {
    switch (self, type) {
    case (.null, "null"), (.flag, "boolean"), (.text, "string"), (.list, "array"),
      (.object, "object"), (.integer, "integer"), (.integer, "number"), (.number, "number"):
      true
    default: false
    }
  }

  /// A value of YAML as editors read it: by the core schema of YAML 1.2.
  init(yaml text: String) throws {
    let node = try Parser(yaml: text, resolver: .basic).singleRoot()
    self = try node.map { try SchemaValue($0) } ?? .null
  }

  init(_ node: Node) throws {
    switch node {
    case .scalar(let scalar): self = Self.value(of: scalar)
    case .sequence(let sequence): self = .list(try sequence.map { try SchemaValue($0) })
    case .mapping(let mapping):
      self = .object(
        try mapping.map {
          Entry(key: $0.key.scalar?.string ?? "", value: try SchemaValue($0.value))
        })
    case .alias: throw SampleError(missing: "aliases")
    }
  }

  private static func value(of scalar: Node.Scalar) -> SchemaValue {
    guard scalar.style == .plain || scalar.style == .any else { return .text(scalar.string) }
    switch scalar.string {
    case "", "~", "null": return .null
    case "true": return .flag(true)
    case "false": return .flag(false)
    default:
      if let whole = Int(scalar.string) { return .integer(whole) }
      let isNumber = scalar.string.contains(/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/)
      return isNumber ? .number(Double(scalar.string) ?? 0) : .text(scalar.string)
    }
  }
}
