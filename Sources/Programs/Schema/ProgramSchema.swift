/// The JSON Schema (draft 2020-12) of the files that people write: for editors, which complete keys
/// and underline mistakes while a program is written.
///
/// It is made of the same declarations as the reader's lists of keys. What depends on more than one
/// place - names that must exist, types of expressions, ways through the journey - only the check
/// finds.
package enum ProgramSchema: String, Sendable, CaseIterable {
  /// `program.yaml`.
  case program
  /// `features.yaml`.
  case features
  /// A file below `models/`.
  case models
  /// A file below `templates/`.
  case templates
  /// The mapping of an import.
  case mapping

  /// The schema. The same at each call.
  package var value: SchemaValue {
    var builder = SchemaBuilder()
    let root: SchemaValue
    switch self {
    case .program: root = builder.object(ProgramFormat.program)
    case .features: root = builder.object(ProgramFormat.featuresFile)
    case .models: root = Self.models(&builder)
    case .templates: root = builder.object(ProgramFormat.template)
    case .mapping: root = builder.object(ProgramFormat.importMapping)
    }
    let head: SchemaValue = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": .text("urn:recount:format:1:\(rawValue)"), "title": .text(title),
    ]
    return head.adding(root).adding(["$defs": .object(builder.definitions)])
  }

  private var title: String {
    switch self {
    case .program: "program.yaml of Recount"
    case .features: "features.yaml of Recount"
    case .models: "models/ID.yaml of Recount"
    case .templates: "templates/ID.yaml of Recount"
    case .mapping: "a mapping for recount import"
    }
  }

  /// A choice by `kind`, so that an editor tells what is wrong with this kind only.
  private static func models(_ builder: inout SchemaBuilder) -> SchemaValue {
    let kinds = ScoringModel.Kind.allCases
    var choices: [SchemaValue] = []
    for kind in kinds {
      let model = builder.schema(.mapping(ProgramFormat.model(kind)))
      choices.append([
        "if": ["properties": ["kind": ["const": .text(kind.rawValue)]], "required": ["kind"]],
        "then": model,
      ])
    }
    return [
      "description": "A model, by its kind.", "type": "object",
      "properties": ["kind": ["enum": .texts(kinds.map(\.rawValue))]], "required": ["kind"],
      "allOf": .list(choices),
    ]
  }
}
