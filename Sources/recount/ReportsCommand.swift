import ArgumentParser
import Batches
import CBOR
import Catalog
import CivilTime
import Engine
import Explaining
import Glibc
import Host
import JSON
import Ledger

/// `recount reports`.
struct ReportsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reports",
    abstract: "Show the tables that programs had made by the clock.",
    discussion: """
      Of each report the last one is shown, with --all each that was made. A report tells of its \
      items in the order of their rank; rows beyond the limit, or beyond what one event holds, are \
      counted as left out.

      JSON: position, reports [{program, report, next (when it is due; null: never), made \
      [{position, recordedAt, due, of, items, found, leftOut, rows [{NAME: value}]}]}].
      """)

  @OptionGroup var data: DataOptions
  @Option(help: "Only those of this program.")
  var program: String?
  @Flag(help: "Every report that was made, not only the last.")
  var all = false

  func run() throws {
    var projection: Reports?
    let snapshot = try ViewSnapshot(directory: data.data) { context in
      let catalog = Catalog(context: context)
      let reports = Reports(context: context, catalog: catalog, owner: 0)
      projection = reports
      return [catalog, reports]
    }
    defer { snapshot.close() }
    let names = snapshot.context.names
    if let program, names.number(.program, program) == nil {
      throw NameError(kind: "program", name: program, known: names.programs)
    }
    var rows: [ReportRow] = []
    projection?.rows.forEach { _, row in
      if program == nil || row.program == program { rows.append(row) }
    }
    let reports = try rows.map { row in
      let made = all ? row.made[...] : row.made.suffix(1)
      return (row, try made.compactMap { try snapshot.ledger.event(at: $0) })
    }
    if data.json {
      Output.json { object in
        object.field("position", snapshot.end.position)
        object.key("reports")
        object.array { array in
          for (row, made) in reports { Self.write(row, made, to: &array) }
        }
      }
    } else {
      print(reports)
    }
  }

  private static func write(_ row: ReportRow, _ made: [Event], to array: inout JSONWriter) {
    array.object { object in
      object.field("program", row.program)
      object.field("report", row.report)
      object.key("next")
      if row.due == 0 { object.null() } else { object.string(time(row.due)) }
      object.key("made")
      object.array { list in
        for event in made {
          list.object { fields in
            fields.field("position", event.position)
            fields.field("recordedAt", time(event.recordedAt))
            for name in ["due", "of", "items", "found", "leftOut", "rows"] {
              fields.key(name)
              if let view = event.payload.view(forKey: CBORKey(name)) {
                fields.item(view)
              } else {
                fields.null()
              }
            }
          }
        }
      }
    }
  }

  private static func time(_ microseconds: Int64) -> String {
    RFC3339.string(microseconds: microseconds)
  }

  private func print(_ reports: [(row: ReportRow, made: [Event])]) {
    var page = TextPage.terminal()
    for (row, made) in reports {
      page.heading("\(row.program) \(row.report)")
      let next = row.due == 0 ? "never any more" : Printable.minutes(row.due) + " UTC"
      page.pairs([("next due", next), ("made", String(row.made.count))])
      for event in made { Self.write(event, to: &page) }
    }
    if reports.isEmpty { page.line("no program has reports") }
    Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
  }

  private static func write(_ event: Event, to page: inout TextPage) {
    let data = event.payload
    let found = data.view(forKey: "found")?.uint64 ?? 0
    let left = data.view(forKey: "leftOut")?.uint64 ?? 0
    page.line()
    page.line(
      "\(Printable.minutes(event.recordedAt)) UTC, position \(event.position): \(found) found"
        + (left > 0 ? ", \(left) of them left out" : ""))
    var rows: [CBORValue] = []
    data.view(forKey: "rows")?.forEachElement { rows.append($0.value) }
    guard let first = rows.first?.entries else { return }
    page.table(
      first.map { .init(Printable.text($0.key.string ?? "")) },
      rows.map { row in
        (row.entries ?? []).map { entry in
          entry.value.string.map { Printable.text($0) } ?? Printable.shortened(entry.value)
        }
      })
  }
}
