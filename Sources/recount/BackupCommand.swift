import Archiving
import ArgumentParser
import Glibc
import Host
import JSON
import Proofs

/// `recount backup`.
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the ledger into a directory, or bring an earlier copy up to date.",
    discussion: """
      It runs beside a service or an ingest: nothing is locked, and the backup is the ledger as it \
      was at one position. Only what the backup lacks is copied, and every record of that is read, \
      hashed and compared with the ledger's tree. A backup that was cut short is whole up to some \
      position; run the command again.

      The directory is a data directory without views: recount log, why and proof take it as \
      --data. The private key is left out unless --with-key is given.

      The JSON object has events (new ones), segments, bytes, seconds, size, root, checkpoint \
      (text) and signed.
      """)

  @Argument(help: "The backup: a new or empty directory, or an earlier backup of this ledger.")
  var backup: String
  @OptionGroup var data: DataOptions
  @Flag(help: "Copy the private key that signs checkpoints, too; guard the backup like it.")
  var withKey = false

  func run() throws {
    let started = WallClock.elapsed()
    var line = ProgressLine()
    let report = try Backup(of: data.data, into: backup, includesKey: withKey).run {
      size, goal in
      line.show(now: WallClock.elapsed(), "\(size) of \(max(size, goal)) events")
    }
    line.end()
    let seconds = Double(WallClock.elapsed() - started) / 1_000_000
    let isSigned = report.checkpoint.signer != nil
    if data.json {
      Output.json { object in
        object.field("events", report.events)
        object.field("segments", report.segments)
        object.field("bytes", report.bytes)
        object.field("seconds", seconds)
        object.field("size", report.size)
        object.field("root", report.root.hex)
        object.field("checkpoint", report.checkpoint.text)
        object.field("signed", isSigned)
      }
    } else {
      Output.line(
        "copied \(report.events) events: \(report.segments) segments, "
          + "\(DirectoryStatus.size(Int64(report.bytes))), in \((seconds * 1_000).rounded() / 1_000) s"
      )
      Output.line("\(backup) has \(report.size) events; the root of their tree is \(report.root)")
      Output.line(
        isSigned
          ? "the checkpoint is signed by \(report.checkpoint.checkpoint.origin)"
          : "the checkpoint is not signed: \(data.data) has no key, see recount init")
    }
  }
}
