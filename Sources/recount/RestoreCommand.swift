import Archiving
import ArgumentParser
import Host
import JSON
import Proofs

/// `recount restore`.
struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Make a data directory of a backup, after checking all of it.",
    discussion: """
      Every record is read and hashed, every segment compared with the tree, and the whole with \
      the backup's checkpoint: what was restored continues the ledger that was backed up. The data \
      directory has no ledger until that is done. Views are made anew when it is first opened.

      The JSON object has events, bytes, seconds, size, root, checkpoint (text, null for an \
      unfinished backup), signer (verifier key, null where nobody signed) and key (whether the \
      directory can sign on).
      """)

  @Argument(help: "The backup.")
  var backup: String
  @OptionGroup var data: DataOptions
  @Option(
    help: ArgumentHelp(
      "The verifier key that must have signed the backup's checkpoint, or a file with it.",
      valueName: "name+id+base64|file"))
  var verifier: String?
  @Option(help: "A file with the private key that signs checkpoints; by default the backup's.")
  var key: String?
  @Flag(help: "Take a first backup that was cut short, which has no checkpoint to compare with.")
  var unfinished = false

  func run() throws {
    let trusted = try verifier.map { try KeyText.verifier($0) }
    let started = WallClock.elapsed()
    var line = ProgressLine()
    let restoration = Restoration(
      of: backup, into: data.data, trusted: trusted, keyFile: key, takesUnfinished: unfinished)
    let report = try restoration.run { position, end in
      line.show(now: WallClock.elapsed(), "\(position) of \(end) events")
    }
    line.end()
    let seconds = Double(WallClock.elapsed() - started) / 1_000_000
    if data.json { print(report, seconds) } else { tell(report, seconds) }
  }

  private func print(_ report: Restoration.Report, _ seconds: Double) {
    Output.json { object in
      object.field("events", report.size)
      object.field("bytes", report.bytes)
      object.field("seconds", seconds)
      object.field("size", report.size)
      object.field("root", report.root.hex)
      object.key("checkpoint")
      if let text = report.checkpoint?.text { object.string(text) } else { object.null() }
      object.key("signer")
      if let signer = report.checkpoint?.signer {
        object.string(signer.text)
      } else {
        object.null()
      }
      object.field("key", report.hasKey)
    }
  }

  private func tell(_ report: Restoration.Report, _ seconds: Double) {
    Output.line(
      "restored \(report.size) events into \(data.data), "
        + "\(DirectoryStatus.size(Int64(report.bytes))), in "
        + "\((seconds * 1_000).rounded() / 1_000) s; every record fits the tree")
    Output.line("the root of the tree is \(report.root)")
    guard let checkpoint = report.checkpoint else {
      Output.line("the backup was never finished: nothing states that this is all it should have")
      return
    }
    let stated = checkpoint.checkpoint.size
    if let signer = checkpoint.signer {
      Output.line("it continues the tree of \(stated) events that this key signed: \(signer.text)")
      if verifier == nil {
        Output.line("  that key lies in the backup itself: compare it with the one you noted")
      }
      if !report.hasKey {
        Output.line(
          "\(data.data) has no private key yet: put the old one there with recount init --key "
            + "FILE, or make a new one with recount init, which is of another origin for whoever "
            + "holds the old verifier key")
      }
    } else {
      Output.line("it continues the tree of \(stated) events that the backup states, unsigned")
    }
    if report.size > stated {
      Output.line(
        "\(report.size - stated) events are newer than the checkpoint: the last backup was cut "
          + "short")
    }
  }
}
