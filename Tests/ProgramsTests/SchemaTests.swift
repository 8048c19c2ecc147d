import ModelSamples
import Programs
import Testing
import Yams

/// The files of the programs that tests have, and the schemas of files.
struct SchemaSample {
  private let program = SchemaValidator(root: ProgramSchema.program.value)
  private let features = SchemaValidator(root: ProgramSchema.features.value)
  private let models = SchemaValidator(root: ProgramSchema.models.value)
  private let templates = SchemaValidator(root: ProgramSchema.templates.value)

  /// The sample, the one with models of every kind, what `programs new` writes, and the shipped ones.
  static func all() throws -> [(folder: String, files: [String: String])] {
    let skeleton = ProgramSkeleton(id: "fresh").files
    let shipped = try Shipped.names.map { ($0, texts(try Shipped.body($0).files)) }
    return [
      ("sample", Sample.files), ("scored", ScoresSample.files), ("fresh", texts(skeleton)),
    ] + shipped
  }

  private static func texts(_ files: [String: [UInt8]]) -> [String: String] {
    files.filter { $0.key.hasSuffix(".yaml") }.mapValues { String(decoding: $0, as: UTF8.self) }
  }

  /// The schema of a file by its name.
  func schema(of file: String) -> SchemaValidator? {
    guard file.hasSuffix(".yaml") else { return nil }
    if file.hasPrefix("models/") { return models }
    if file.hasPrefix("templates/") { return templates }
    return file == "features.yaml" ? features : program
  }

  /// What the schemas say about the files of a program.
  func errors(_ files: [String: String]) throws -> [String] {
    try files.sorted { $0.key < $1.key }.flatMap { name, text -> [String] in
      guard let schema = schema(of: name) else { return [] }
      return schema.errors(try SchemaValue(yaml: text)).map { "\(name)\($0)" }
    }
  }
}

@Suite("The schema of the format")
struct SchemaTests {
  @Test("accepts every program that the check accepts")
  func accepts() throws {
    let schemas = SchemaSample()
    for (folder, files) in try SchemaSample.all() {
      #expect(try schemas.errors(files) == [], "\(folder)")
    }
  }

  @Test("knows the keys that the check knows, in every mapping of every sample")
  func unknownKeys() throws {
    let schemas = SchemaSample()
    var asked: Set<[String]> = []
    let examples = try ReferenceTests.examples().compactMap { try ReferenceTests.program(of: $0) }
    for (folder, files) in try SchemaSample.all() + examples {
      for (name, text) in files.sorted(by: { $0.key < $1.key }) {
        guard let schema = schemas.schema(of: name),
          let root = try Parser(yaml: text, resolver: .basic).singleRoot()
        else { continue }
        for path in mappingPaths(root) where asked.insert(place(name, path)).inserted {
          let spoiled = adding("zzz", at: path[...], in: root)
          var files = files
          files[name] = try serialize(node: spoiled)
          let problems = try Sample.problems(of: files, folder: folder)
          let isUnknown = problems.contains { $0.contains("unknown field \"zzz\"") }
          let errors = schema.errors(try SchemaValue(spoiled))
          let isRefused = errors.contains { $0.hasSuffix("unknown key zzz") }
          #expect(isUnknown == isRefused, "\(folder)/\(name) at \(path): \(problems) \(errors)")
        }
      }
    }
    #expect(asked.count > 100)
  }

  @Test(
    "refuses what the check refuses for its keys, kinds of values and words",
    arguments: [brokenProgram, brokenJourney, brokenTiming, brokenFiles, brokenModels])
  func refuses(table: String) throws {
    let schemas = SchemaSample()
    let sample = table == brokenModels ? ScoresSample.files : Sample.files
    var asked = 0
    for fault in Fault.table(table) {
      guard fault.printed.contains(where: isAboutKeysOrTypes) else { continue }
      var files = sample
      let text = try #require(files[fault.file])
      let range = try #require(text.firstRange(of: fault.old))
      files[fault.file] = text.replacingCharacters(in: range, with: fault.new)
      guard let errors = try? schemas.errors(files) else { continue }
      #expect(errors != [], "\(fault.printed)")
      asked += 1
    }
    #expect(asked >= 5)
  }

  /// Problems that a look at one place of one file finds.
  private func isAboutKeysOrTypes(_ problem: String) -> Bool {
    let parts = [
      "unknown field", "must be a mapping", "must be a list", "; add it", "must be true or false",
      "must be a whole number", "must be a number", "must be a duration", "is not a name",
      "is not an event type", "cannot be used in", "reserved word", "says nothing to fold",
      "asks nothing", "make two filters", "has \"each\" without", "has \"as\" without",
      "unknown unit", "write a time of day", "is empty", "known: scorecard", "known: marketing",
      "known: delay", "known: run,", "known: string", "can only be \"current\"",
    ]
    // What these mean depends on another place.
    let other = ["the score gives no", "the trigger has no", "is empty or comes twice"]
    return parts.contains { problem.contains($0) } && !other.contains { problem.contains($0) }
  }

  @Test("describes every key, and gives defaults and examples that it accepts")
  func keys() throws {
    var count = 0
    for file in ProgramSchema.allCases {
      let schema = SchemaValidator(root: file.value)
      let definitions = try #require(schema.root["$defs"]?.entries)
      for definition in [SchemaValue.Entry(key: "root", value: schema.root)] + definitions {
        for key in definition.value["properties"]?.entries ?? [] {
          guard file != .models || definition.key != "root" else { continue }
          let place = "\(file) \(definition.key).\(key.key)"
          count += 1
          guard case .text(let says) = key.value["description"] else {
            Issue.record("\(place) is not described")
            continue
          }
          #expect(says.hasSuffix(".") && says.utf8.count < 200, "\(place)")
          let examples = try #require(key.value["examples"]?.elements, "\(place)")
          for value in examples + [key.value["default"]].compactMap({ $0 }) {
            #expect(schema.errors(value, key.value, at: place) == [])
          }
        }
      }
    }
    #expect(count > 250)
  }

  @Test("is the same at each call, and closed but for names of the program's own")
  func shape() throws {
    for file in ProgramSchema.allCases {
      #expect(file.value == file.value)
      let names = try #require(file.value["$defs"]?.entries).map(\.key)
      #expect(Set(names).count == names.count)
      let open = (file.value["$defs"]?.entries ?? []).filter {
        $0.value["properties"] != nil && $0.value["additionalProperties"] != false
      }
      #expect(open.map(\.key) == (file == .program ? ["offer"] : []))
    }
  }

  @Test("of mappings accepts a whole one, and refuses unknown keys and types")
  func mapping() throws {
    let schema = SchemaValidator(root: ProgramSchema.mapping.value)
    let good = """
      format: csv
      delimiter: ";"
      source: //a
      fields:
        id: text
        at: {type: time, format: yyyy-MM-dd, zone: Europe/Berlin, required: true}
      events:
        - {type: seen, id: row.id, subject: row.id, time: row.at, data: {id: row.id}}
      """
    #expect(schema.errors(try SchemaValue(yaml: good)) == [])
    for (old, new) in [
      ("format: csv", "format: xlsx"), ("source: //a\n", ""), ("id: text", "id: string"),
      ("type: seen", "typ: seen"), ("type: seen", "type: s een"), ("required", "requird"),
    ] {
      #expect(schema.errors(try SchemaValue(yaml: good.replacing(old, with: new))) != [], "\(new)")
    }
  }

  /// The paths of all mappings in a tree; an element of a list by its index.
  private func mappingPaths(_ node: Node, _ path: [String] = []) -> [[String]] {
    switch node {
    case .mapping(let mapping):
      [path] + mapping.flatMap { mappingPaths($0.value, path + [$0.key.scalar?.string ?? ""]) }
    case .sequence(let sequence):
      sequence.enumerated().flatMap { mappingPaths($0.element, path + ["\($0.offset)"]) }
    default: []
    }
  }

  /// Where in the format a mapping stands: indexes and names of the program's own do not matter.
  private func place(_ file: String, _ path: [String]) -> [String] {
    [String(file.prefix { $0 != "/" })] + path.map { Self.keys.contains($0) ? $0 : "*" }
  }

  /// All keys of the format.
  private static let keys = Set(
    KeyTables().mappings.values.flatMap { ($0["properties"]?.entries ?? []).map(\.key) })

  private func adding(_ key: String, at path: ArraySlice<String>, in node: Node) -> Node {
    var result = node
    guard let first = path.first else {
      result[key] = Node("1", .implicit, .plain)
      return result
    }
    switch node {
    case .sequence(var sequence):
      let index = Int(first) ?? 0
      sequence[index] = adding(key, at: path.dropFirst(), in: sequence[index])
      result = .sequence(sequence)
    default:
      if let inner = node[first] { result[first] = adding(key, at: path.dropFirst(), in: inner) }
    }
    return result
  }
}
