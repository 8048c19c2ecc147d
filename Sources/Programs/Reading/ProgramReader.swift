internal import Expressions

/// Reads a program's YAML and collects all that is wrong with it.
///
/// Every reading function gives a value in any case: where something is wrong it reports a problem
/// and goes on with a stand-in, so that one mistake hides no other. What it made is used only if
/// there was no problem.
final class ProgramReader {
  private(set) var problems: [ProgramProblem] = []
  private(set) var notes: [ProgramProblem] = []
  /// The parsed files by name, for places inside scalars.
  private(set) var files: [String: YAMLFile] = [:]
  /// How many YAML nodes may still come.
  var nodesLeft = ProgramLimits.nodes

  /// What expressions may name; complete once the program's own names are known.
  var declarations = ProgramDeclarations() {
    didSet { declarationsByScope = [:] }
  }
  private var declarationsByScope: [ProgramDeclarations.Scope: Declarations] = [:]
  var parameterNames: [String] = []
  var traits: [Program.Trait] = []
  var entities: [Program.Entity] = []
  var references: [Program.Reference] = []
  var declaredFeatures: [Program.Feature] = []
  var scoreNames: [String] = []
  var offerFields: [String] = []
  /// Models by id, as far as they were read; nil for one with a problem.
  var models: [String: ScoringModel?] = [:]
  /// Files below `models/` that a model names.
  var modelFiles: Set<String> = []
  var journey = JourneyNames()
  var templates: [TemplateFile] = []
  var concerned = ConcernedTypes()
  /// The time zones that the program names.
  var usedZones: Set<String> = []
  var messageClass = Program.MessageClass.marketing
  var experimentNames: [String] = []
  /// What sends have unless they say otherwise.
  var programQuietHours: Program.QuietHours?
  var programTopic: Program.Topic?
  /// Whether anything asks for local times.
  var usesTimeZones = false
  var sends: [Program.Send] = []
  /// Where the journey's sends stand, without those of templates that marketplaces replace.
  var sentByProgram: [SendPlace] = []
  /// The first expression that reads data of the event, since this was last set to nil.
  var eventRead: Place?

  /// The declarations for a scope, made once.
  func cachedDeclarations(for scope: ProgramDeclarations.Scope) -> Declarations {
    if let made = declarationsByScope[scope] { return made }
    let made = declarations.declarations(for: scope)
    declarationsByScope[scope] = made
    return made
  }

  /// Records a problem; those beyond `ProgramLimits.problems` are left out.
  func report(
    _ place: Place, _ message: @autoclosure () -> String,
    mend: @autoclosure () -> String? = nil
  ) {
    guard !hasEnoughProblems else { return }
    problems.append(problem(place, message(), mend()))
  }

  /// Whether further problems are left out, so that looking for mends would be in vain.
  var hasEnoughProblems: Bool { problems.count >= ProgramLimits.problems }

  /// Records something that is allowed but looks unintended.
  func note(_ place: Place, _ message: String, mend: String? = nil) {
    notes.append(problem(place, message, mend))
  }

  private func problem(_ place: Place, _ message: String, _ mend: String?) -> ProgramProblem {
    ProgramProblem(
      file: place.file, line: place.line, column: place.column, message: message, mend: mend)
  }

  /// Parses a file; nil after reporting why it is no YAML.
  func parse(_ name: String, _ bytes: [UInt8]) -> YAMLNode? {
    do {
      let file = try YAMLFile(name: name, bytes: bytes, nodesLeft: &nodesLeft)
      files[name] = file
      return file.root
    } catch {
      if !hasEnoughProblems { problems.append(error) }
      return nil
    }
  }

  /// The place of a code point inside a scalar.
  func place(of index: Int, in scalar: YAMLScalar, at place: Place) -> Place {
    guard let file = files[place.file] else { return place }
    return ScalarPlaces.place(of: index, in: scalar, at: place, lines: file.lines)
  }
}

/// The fields of a mapping that has been checked for unknown and missing ones.
struct Fields {
  /// What the mapping is, for messages: `the program`, `filter "trust"`.
  let what: String
  let place: Place
  private let values: [YAMLEntry]

  init(what: String, place: Place, values: [YAMLEntry]) {
    self.what = what
    self.place = place
    self.values = values
  }

  /// The value of a field; nil where it is absent or nothing stands there.
  subscript(name: String) -> YAMLNode? {
    values.first { $0.key == name }.flatMap { $0.value.isNull ? nil : $0.value }
  }

  /// Where the field's key stands, else where the mapping begins.
  func place(of name: String) -> Place {
    values.first { $0.key == name }?.keyPlace ?? place
  }
}

extension ProgramReader {
  /// The fields of a mapping of the format. Reports another kind of node, unknown fields and, unless
  /// the caller does so itself, missing ones.
  func fields(
    _ node: YAMLNode?, _ what: String, _ mapping: FormatMapping, asksRequired: Bool = true
  ) -> Fields? {
    guard let node else { return nil }
    let known = mapping.names
    guard let entries = node.entries else {
      report(node.place, "\(what) must be a mapping, not \(node.kindName)")
      return nil
    }
    for entry in entries where !known.contains(entry.key) {
      report(
        entry.keyPlace, "unknown field \"\(entry.key)\" in \(what)",
        mend: NearestName.mend(for: entry.key, among: known))
    }
    let fields = Fields(what: what, place: node.place, values: entries)
    for name in mapping.required where asksRequired && fields[name] == nil {
      report(fields.place(of: name), "\(what) has no \"\(name)\"", mend: "add it")
    }
    return fields
  }

  /// The entries of a mapping whose keys are names of the program's own choosing.
  func entries(_ node: YAMLNode?, _ what: String, limit: Int) -> [YAMLEntry] {
    guard let node, !node.isNull else { return [] }
    guard let entries = node.entries else {
      report(node.place, "\(what) must be a mapping, not \(node.kindName)")
      return []
    }
    if entries.count > limit {
      report(node.place, "\(what) has \(entries.count) entries; at most \(limit) are allowed")
    }
    return Array(entries.prefix(limit))
  }

  /// The elements of a list.
  func elements(_ node: YAMLNode?, _ what: String, limit: Int) -> [YAMLNode] {
    guard let node, !node.isNull else { return [] }
    guard let elements = node.elements else {
      report(
        node.place, "\(what) must be a list, not \(node.kindName)",
        mend: "write it in [ ], or with - in front of each element")
      return []
    }
    if elements.count > limit {
      report(node.place, "\(what) has \(elements.count) elements; at most \(limit) are allowed")
    }
    return Array(elements.prefix(limit))
  }
}
