import ArgumentParser
import JSON
import Programs

extension ProgramSchema: ExpressibleByArgument {}

/// `recount programs schema`.
struct ProgramsSchema: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema (draft 2020-12) of program.yaml, or of another file.",
    discussion: """
      For editors: with it they complete keys, show what a key means and underline mistakes. \
      Write it next to your programs, and name it in the first line of a file, as programs new \
      does:

        recount programs schema > program.schema.json
        # yaml-language-server: $schema=../program.schema.json

      It knows every key, its type, default and an example. What depends on more than one place - \
      names that must exist, types of expressions, ways through a journey - programs check finds.
      """)

  @Option(
    help: """
      The file that is described: program (program.yaml), features (features.yaml), models \
      (models/ID.yaml), templates (templates/ID.yaml) or mapping (of recount import).
      """)
  var file: ProgramSchema = .program

  func run() throws {
    var writer = JSONWriter(layout: .indented)
    Self.write(file.value, to: &writer)
    Output.line(writer.text)
  }

  private static func write(_ value: SchemaValue, to writer: inout JSONWriter) {
    switch value {
    case .null: writer.null()
    case .flag(let flag): writer.bool(flag)
    case .integer(let number): writer.int(Int64(number))
    case .number(let number): writer.double(number)
    case .text(let text): writer.string(text)
    case .list(let elements):
      writer.beginArray()
      for element in elements { write(element, to: &writer) }
      writer.endArray()
    case .object(let entries):
      writer.beginObject()
      for entry in entries {
        writer.key(entry.key)
        write(entry.value, to: &writer)
      }
      writer.endObject()
    }
  }
}
