import Foundation
import Programs
import Testing
import Yams

private let reference = "Projections/Programs/README.md"
private let tutorial = "Sources/Programs/Programs.docc/WritingAProgram.md"

@Suite("The reference of the format")
struct ReferenceTests {
  /// `RECORD_REFERENCE=1 swift test --filter ReferenceTests` writes them anew.
  @Test("has a table of every mapping, with every key")
  func tables() throws {
    let page = try ReferencePage(reference)
    let made = KeyTables()
    let names = page.tables.map(\.name)
    #expect(Set(made.names) == Set(names))
    #expect(Set(names).count == names.count)
    let current = page.withTables { made.lines(of: $0) }
    if ProcessInfo.processInfo.environment["RECORD_REFERENCE"] != nil {
      current.save()
    } else {
      #expect(page.lines == current.lines, "record it with RECORD_REFERENCE=1")
    }
  }

  @Test("gives examples that the schema accepts as they stand there")
  func flow() throws {
    let made = KeyTables()
    for name in made.names {
      for key in made.mappings[name]?["properties"]?.entries ?? [] {
        let example = try #require(key.value["examples"]?.elements?.first)
        #expect(try SchemaValue(yaml: example.flow) == example, "\(name).\(key.key)")
      }
    }
  }

  @Test("has only examples that the check accepts", arguments: try examples())
  func holds(_ example: ReferencePage.Example) throws {
    switch example.marks.first {
    case "template": break
    case "mapping":
      let schema = SchemaValidator(root: ProgramSchema.mapping.value)
      #expect(schema.errors(try SchemaValue(yaml: example.text)) == [])
      _ = try ImportMapping(name: "map.yaml", bytes: Array(example.text.utf8))
    default:
      let program = try #require(try Self.program(of: example), "what it is is not said")
      let schemas = SchemaSample()
      #expect(try schemas.errors(program.files) == [])
      #expect(try Sample.problems(of: program.files, folder: program.folder) == [])
    }
  }

  /// The example as a program with what it lacks; nil for what is part of none.
  static func program(
    of example: ReferencePage.Example
  ) throws -> (folder: String, files: [String: String])? {
    switch example.marks.first {
    case "program":
      let id = try SchemaValue(yaml: example.text)["id"]
      guard case .text(let folder) = id else { return nil }
      return (folder, try files(example.text, templates: templates(), model: orders))
    case "top": return ("example", try files(completed(example.text), model: orders))
    case "model": return ("example", try files(completed(scored), model: example.text))
    default: return nil
    }
  }

  static func examples() throws -> [ReferencePage.Example] {
    try ReferencePage(reference).examples + ReferencePage(tutorial).examples
  }

  private static let scored = """
    features: {customer: {orders: {count: order.placed}}}
    score: {model: risk, features: {orders: customer.orders}}

    """

  /// The templates that the page's whole programs use.
  private static func templates() throws -> [String: String] {
    var templates: [String: String] = [:]
    for example in try examples() where example.marks.first == "template" {
      templates[example.marks[1]] = example.text
    }
    return templates
  }

  /// A part of a program with what it lacks.
  private static func completed(_ part: String) throws -> String {
    let given = try SchemaValue(yaml: part)
    var text = "id: example\ntitle: Example\n" + part
    if given["trigger"] == nil, given["schedule"] == nil {
      text += "trigger: {event: cart.abandoned, key: event.cartId}\n"
    }
    if given["journey"] == nil {
      text += "journey: {start: only, exits: {over: {fromStart: 9d}}, states: {only: {}}}\n"
    }
    return text
  }

  private static func files(
    _ text: String, templates: [String: String] = [:], model: String
  ) throws -> [String: String] {
    var files = ["program.yaml": text]
    for (name, template) in templates where text.contains(name) {
      files["templates/\(name).yaml"] = template
    }
    if text.contains("template: hello") {
      files["templates/hello.yaml"] = "subject: Hello\ntext: \"{{discount}}\"\n"
    }
    if text.contains("model: risk") { files["models/risk.yaml"] = model }
    return files
  }

  /// A model of one feature.
  private static let orders = """
    id: risk
    kind: scorecard
    features: [{name: orders, bins: [{to: 1, points: 0}, {from: 1, points: 1}]}]
    """
}
