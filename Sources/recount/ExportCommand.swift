import Archiving
import ArgumentParser
import Host
import JSON
import Ledger
import Proofs

/// `recount export`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the ledger as lines of JSON.",
    discussion: """
      ndjson is the whole ledger, for recount import-ledger of this or another version: every \
      record byte for byte, programs and models included. The first line says what it is, the last \
      one states the root of the tree; a file without that was cut short.

      cloudevents are CloudEvents 1.0, one a line, for other systems: inputs, outcomes and \
      decisions (or the kinds given with --kind), with the attributes recountposition, \
      recountkind, recountprogram, recountcause and recountroot. They are no copy of the ledger: \
      recordedAt, the records' hashes, the bodies of programs and models, and byte strings as such \
      are not in them. What decisions emitted has the source recount:ledger and its id in hex.

      It runs beside a service; the export ends where the ledger ended at its beginning. The JSON \
      object, which goes to standard error where the export goes to standard output, has events, \
      blobs, bytes, seconds, size and root.
      """)

  @Argument(help: "The file, which must not be there, or - for standard output.")
  var file: String = "-"
  @OptionGroup var data: DataOptions
  @Option(help: "ndjson or cloudevents.")
  var format: Export.Format = .ndjson
  @Option(help: "First position. Only an export from 1 can be imported.")
  var from: UInt64 = 1
  @Option(help: "Last position.")
  var to: UInt64?
  @Option(help: "Of cloudevents, only this kind; may be given several times.")
  var kind: [String] = []

  func validate() throws {
    for kind in kind where EventKind(name: kind) == nil {
      throw ValidationError(
        "there is no kind \"\(kind)\": it is one of "
          + EventKind.allCases.map(\.name).joined(separator: ", "))
    }
    if !kind.isEmpty && format == .ndjson {
      throw ValidationError("--kind is for --format cloudevents: ndjson has every event")
    }
  }

  func run() throws {
    let started = WallClock.elapsed()
    var line = ProgressLine()
    let kinds = kind.compactMap { EventKind(name: $0) }
    let export = Export(
      of: data.data, as: format, from: from, to: to,
      kinds: kinds.isEmpty ? [.input, .decision, .outcome] : Set(kinds))
    let report = try export.run(into: file) { position, end in
      line.show(now: WallClock.elapsed(), "\(position) of \(end)")
    }
    line.end()
    let seconds = Double(WallClock.elapsed() - started) / 1_000_000
    let target: Output.Target = file == "-" ? .errors : .answers
    if data.json {
      Output.json(to: target) { object in
        object.field("events", report.events)
        object.field("blobs", report.blobs)
        object.field("bytes", report.bytes)
        object.field("seconds", seconds)
        object.field("size", report.size)
        object.field("root", report.root.hex)
      }
    } else {
      Output.line(
        "exported \(report.events) events, \(DirectoryStatus.size(Int64(report.bytes))), in "
          + "\((seconds * 1_000).rounded() / 1_000) s; the root at \(report.size) is "
          + "\(report.root)", to: target)
    }
  }
}

extension Export.Format: ExpressibleByArgument {}
