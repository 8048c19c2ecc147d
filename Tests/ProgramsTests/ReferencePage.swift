import Programs
import Testing

import class Foundation.FileManager

/// A page of Markdown with tables of keys and examples of YAML.
struct ReferencePage {
  var lines: [String]
  let path: String

  /// A page of the repository, by its path there.
  init(_ path: String) throws {
    let parts = #filePath.split(separator: "/").dropLast(3)
    self.path = "/" + parts.joined(separator: "/") + "/" + path
    guard let data = FileManager.default.contents(atPath: self.path) else {
      throw SampleError(missing: self.path)
    }
    lines = String(decoding: data, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// Writes the page back.
  func save() {
    let text = lines.joined(separator: "\n")
    _ = FileManager.default.createFile(atPath: path, contents: .init(text.utf8))
  }

  /// An example: what stands behind `yaml` in the first line of its fence, and its text.
  struct Example: CustomTestStringConvertible, Sendable {
    var line: Int
    var marks: [String]
    var text: String
    var testDescription: String { "line \(line)" }
  }

  /// All examples in YAML, in the order of the page.
  var examples: [Example] {
    var examples: [Example] = []
    var open: Example?
    for (index, line) in lines.enumerated() {
      if var example = open {
        if line.hasPrefix("```") {
          examples.append(example)
          open = nil
        } else {
          example.text += line + "\n"
          open = example
        }
      } else if line.hasPrefix("```yaml") {
        let marks = line.dropFirst(7).split(separator: " ").map(String.init)
        open = Example(line: index + 1, marks: marks, text: "")
      }
    }
    return examples
  }

  /// The tables that the page has, by the mapping that each is of.
  var tables: [(name: String, lines: Range<Int>)] {
    lines.indices.compactMap { start in
      let words = lines[start].split(separator: " ")
      guard words.count == 4, words[0] == "<!--", words[1] == "keys",
        let end = lines[start...].firstIndex(of: "<!-- end -->")
      else { return nil }
      return (String(words[2]), start + 1..<end)
    }
  }

  /// The page with the tables as the format has them.
  func withTables(_ make: (String) -> [String]) -> ReferencePage {
    var page = self
    for table in tables.reversed() {
      page.lines.replaceSubrange(table.lines, with: make(table.name))
    }
    return page
  }
}

/// Tables of keys, made of the schemas.
struct KeyTables {
  /// The mappings by name, the whole files among them.
  private(set) var mappings: [String: SchemaValue] = [:]
  /// In the order of the schemas.
  private(set) var names: [String] = []

  init() {
    let files: [(String, ProgramSchema)] = [
      ("program", .program), ("", .features), ("", .models), ("template", .templates),
      ("importMapping", .mapping),
    ]
    for (name, file) in files {
      let schema = file.value
      if !name.isEmpty { add(name, schema) }
      for entry in schema["$defs"]?.entries ?? [] where entry.value["properties"] != nil {
        add(entry.key, entry.value)
      }
    }
  }

  private mutating func add(_ name: String, _ schema: SchemaValue) {
    if mappings.updateValue(schema, forKey: name) == nil { names.append(name) }
  }

  /// The lines of a table.
  func lines(of name: String) -> [String] {
    guard let schema = mappings[name] else { return ["no mapping \(name)"] }
    let required = schema["required"]?.elements ?? []
    var lines = [
      "*\(name)*: \(text(schema["description"]))", "",
      "| Key | Type | Default | Example | |", "| --- | --- | --- | --- | --- |",
    ]
    for key in schema["properties"]?.entries ?? [] {
      let star = required.contains(.text(key.key)) ? "*" : ""
      let fallback = key.value["default"].map { "`\(escaped($0.flow))`" } ?? ""
      let example = key.value["examples"]?.elements?.first?.flow ?? ""
      lines.append(
        "| `\(key.key)`\(star) | \(type(key.value)) | \(fallback) | `\(escaped(example))` | "
          + "\(escaped(text(key.value["description"]))) |")
    }
    if let others = schema["additionalProperties"], others != false {
      lines.append("| any identifier | \(type(others)) | | `discount: 20` | Its own fields. |")
    }
    return lines
  }

  private func text(_ value: SchemaValue?) -> String {
    if case .text(let text) = value { text } else { "" }
  }

  private func escaped(_ text: String) -> String { text.replacing("|", with: "\\|") }

  private static let words = [
    "eventType": "event type", "eventTypes": "event types",
    "eventTypesOrAny": "event types or `\"*\"`", "localTime": "time of day",
    "timeZone": "time zone", "condition": "expression: true or false",
    "timestampExpression": "expression: timestamp",
    "keyExpression": "expression: text or whole number",
    "keysExpression": "expression: text or list of texts", "numberExpression": "expression: number",
    "listExpression": "expression: list", "textExpression": "expression: text",
    "valueExpression": "expression", "expressionTree": "names and expressions",
  ]

  /// What may stand behind a key, in words.
  private func type(_ schema: SchemaValue) -> String {
    if case .text(let reference) = schema["$ref"] {
      let name = String(reference.dropFirst(8))
      return mappings[name] != nil ? "*\(name)*" : Self.words[name] ?? name
    }
    if let words = schema["enum"]?.elements {
      return words.map { "`\(text($0))`" }.joined(separator: ", ")
    }
    if schema["const"] == false { return "`false`" }
    if let choices = schema["anyOf"]?.elements {
      return choices.map { type($0) }.joined(separator: " or ")
    }
    switch schema["type"] {
    case "boolean": return "flag"
    case "number": return "number"
    case "null": return "nothing"
    case "integer":
      return "\(schema["minimum"]?.flow ?? "") to \(schema["maximum"]?.flow ?? "")"
    case "array": return "list of \(schema["items"].map(type) ?? "")"
    case "object": return "{NAME: \(schema["additionalProperties"].map(type) ?? "")}"
    default: return "any value"
    }
  }
}

extension SchemaValue {
  /// The value as YAML in one line.
  var flow: String {
    switch self {
    case .null: "null"
    case .flag(let flag): "\(flag)"
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .text(let text): Self.quoted(text)
    case .list(let elements): "[\(elements.map(\.flow).joined(separator: ", "))]"
    case .object(let entries):
      "{\(entries.map { "\($0.key): \($0.value.flow)" }.joined(separator: ", "))}"
    }
  }

  private static func quoted(_ text: String) -> String {
    let looksOtherwise = ["", "true", "false", "null", "no", "yes"].contains(text)
    let isPlain = text.first.map { $0.isLetter } ?? false
    let breaks = text.contains { "{}[],#\n".contains($0) } || text.contains(": ")
    if isPlain, !breaks, !looksOtherwise { return text }
    return text.contains("\"") ? "'\(text.replacing("'", with: "''"))'" : "\"\(text)\""
  }
}
