import ArgumentParser
import CivilTime
import Engine
import Explaining
import Glibc
import Host
import Importing
import JSON
import Ledger
import Programs
import References

/// `recount reference`.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference",
    abstract: "Load and list the tables that programs look up with reference(NAME, key).",
    subcommands: [ReferenceLoad.self, ReferenceList.self])
}

/// `recount reference load`.
struct ReferenceLoad: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "load",
    abstract: "Put a table in force, in place of the one of that name.",
    discussion: """
      FILE is CSV with a header (numbers, true and false are recognised; 00501 stays a text), or \
      NDJSON (.ndjson, .jsonl). Each key must stand there once. With --prefixes the keys are IP \
      prefixes (198.51.100.0/24, 2001:db8::/32), and an address is looked up by the longest that \
      holds it; so it is for a key column named prefix. The table is recorded as \
      reference.loaded with its bytes: replays see the one of their moment.

      JSON: reference, keys (text or prefix), rows, fields [NAME], hash, position, unchanged.
      """)

  @Argument(help: "The name that programs look up.")
  var name: String
  @Argument(help: "The file.")
  var file: String
  @Option(help: "The column of the keys.")
  var key: String
  @Flag(help: "The keys are IP prefixes.")
  var prefixes = false
  @OptionGroup var data: DataOptions
  @Option(help: "Where ledger time comes from: event (the ledger's own time) or wall.")
  var clock: ClockMode = .event

  func run() throws {
    let keys: ReferenceTable.Keys = prefixes || key == "prefix" ? .prefix : .text
    let table = try ReferenceFile(path: file, key: key, keys: keys)
    let body = try ReferenceTable.body(keys, table.rows)
    let host = try ProgramSwitch.host(data.data, clock)
    let done = try host.load(reference: name, body, fields: table.fields)
    try host.close()
    guard !data.json else {
      Output.json { object in
        object.field("reference", done.name)
        object.field("keys", keys.rawValue)
        object.field("rows", done.rowCount)
        object.key("fields")
        object.array { array in for field in table.fields { array.string(field) } }
        object.field("hash", done.hash)
        object.field("position", done.position)
        object.field("unchanged", done.isUnchanged)
      }
      return
    }
    let rows = "\(done.rowCount) row\(done.rowCount == 1 ? "" : "s")"
    let fields = table.fields.joined(separator: ", ")
    Output.line(
      done.isUnchanged
        ? "\(name) is in force already, since position \(done.position)"
        : "\(name) is in force from position \(done.position): \(rows) of \(fields)")
  }
}

/// `recount reference list`.
struct ReferenceList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the tables that were loaded, the latest of each name first.",
    discussion: """
      JSON: position, references [{reference, keys, rows, hash, position, loadedAt, inForce}].
      """)

  @OptionGroup var data: DataOptions

  func run() throws {
    var projection: References?
    let snapshot = try ViewSnapshot(directory: data.data) { context in
      let references = References(context: context)
      projection = references
      return [references]
    }
    defer { snapshot.close() }
    var rows: [ReferenceRow] = []
    projection?.forEachLoading { rows.append($0) }
    rows.sort { ($0.name, $1.position) < ($1.name, $0.position) }
    func isInForce(_ row: ReferenceRow) -> Bool {
      projection?.loading(of: row.name)?.position == row.position
    }
    func time(_ row: ReferenceRow) -> Int64 {
      snapshot.context.event(row.position)?.recordedAt ?? 0
    }
    if data.json {
      Output.json { object in
        object.field("position", snapshot.end.position)
        object.key("references")
        object.array { array in
          for row in rows {
            array.object { object in
              object.field("reference", row.name)
              object.field("keys", row.keys)
              object.field("rows", row.rowCount)
              object.field("hash", row.hash)
              object.field("position", row.position)
              object.field("loadedAt", RFC3339.string(microseconds: time(row)))
              object.field("inForce", isInForce(row))
            }
          }
        }
      }
      return
    }
    var page = TextPage.terminal()
    page.heading("\(rows.count) reference table\(rows.count == 1 ? "" : "s") loaded")
    page.table(
      [
        .init("reference"), .init("keys"), .init("rows", .right), .init("hash"),
        .init("since (UTC)"), .init("position", .right), .init(""),
      ],
      rows.map { row in
        [
          row.name, row.keys, String(row.rowCount), String(row.hash.prefix(12)),
          Printable.minutes(time(row)), String(row.position), isInForce(row) ? "" : "replaced",
        ]
      })
    Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
  }
}
