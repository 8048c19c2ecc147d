import Archiving
import ArgumentParser
import Host
import JSON
import Proofs

/// `recount import-ledger`.
struct ImportLedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import-ledger",
    abstract: "Make a data directory of an export of recount export --format ndjson.",
    discussion: """
      Every record comes back byte for byte, at its position: the root of the new ledger's tree is \
      the one that the export states, or there is no ledger and the exit code is 1. Views are made \
      anew when the directory is first opened.

      The JSON object has events, blobs, seconds, eventsPerSecond, origin and root.
      """)

  @Argument(help: "The export, or - for standard input.")
  var file: String
  @OptionGroup var data: DataOptions

  func run() throws {
    let started = WallClock.elapsed()
    var line = ProgressLine()
    let report = try LedgerImport(of: file, into: data.data).run { position, end in
      line.show(now: WallClock.elapsed(), "\(position) of \(end)")
    }
    line.end()
    let seconds = Double(WallClock.elapsed() - started) / 1_000_000
    let rate = seconds > 0 ? Double(report.events) / seconds : 0
    if data.json {
      Output.json { object in
        object.field("events", report.events)
        object.field("blobs", report.blobs)
        object.field("seconds", seconds)
        object.field("eventsPerSecond", rate)
        object.field("origin", report.origin)
        object.field("root", report.root.hex)
      }
    } else {
      Output.line(
        "imported \(report.events) events into \(data.data): \(Int(rate)) a second; the root of "
          + "their tree is \(report.root), as the export states")
    }
  }
}
