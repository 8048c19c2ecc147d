import ArgumentParser
import CBOR
import CivilTime
import Engine
import Explaining
import Glibc
import Host
import JSON
import Ledger
import Models

/// `recount models list`.
struct ModelsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the models that were registered, the latest of each id first.",
    discussion: """
      Models that lie in programs' own folders are not listed here: programs name those.

      JSON: position, models [{model, kind, hash, position, registeredAt, inForce}].
      """)

  @OptionGroup var data: DataOptions

  func run() throws {
    var projection: Models?
    let snapshot = try ViewSnapshot(directory: data.data) { context in
      let models = Models(context: context)
      projection = models
      return [models]
    }
    defer { snapshot.close() }
    var rows: [ModelRow] = []
    projection?.forEachRegistration { rows.append($0) }
    rows.sort { ($0.id, $1.position) < ($1.id, $0.position) }
    let lines = rows.map { row in
      Line(
        row: row, time: snapshot.context.event(row.position)?.recordedAt ?? 0,
        isInForce: projection?.registration(of: row.id)?.position == row.position)
    }
    if data.json {
      Output.json { object in
        object.field("position", snapshot.end.position)
        object.key("models")
        object.array { array in for line in lines { line.write(to: &array) } }
      }
      return
    }
    var page = TextPage.terminal()
    page.heading("\(lines.count) model\(lines.count == 1 ? "" : "s") registered")
    page.table(
      [
        .init("model"), .init("kind"), .init("hash"), .init("since (UTC)"),
        .init("position", .right), .init(""),
      ],
      lines.map { line in
        [
          line.row.id, line.row.kind, String(line.row.hash.prefix(12)),
          Printable.minutes(line.time), String(line.row.position),
          line.isInForce ? "" : "replaced",
        ]
      })
    Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
  }

  private struct Line {
    let row: ModelRow
    let time: Int64
    let isInForce: Bool

    func write(to writer: inout JSONWriter) {
      writer.object { object in
        object.field("model", row.id)
        object.field("kind", row.kind)
        object.field("hash", row.hash)
        object.field("position", row.position)
        object.field("registeredAt", RFC3339.string(microseconds: time))
        object.field("inForce", isInForce)
      }
    }
  }
}
