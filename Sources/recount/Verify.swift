import ArgumentParser
import Auditing
import Explaining
import Host
import JSON
import Ledger
import Proofs

/// `recount verify`.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Walk the whole ledger and recompute what follows from its records.",
    discussion: """
      Checked are checksums, dense positions, the structure of each record, ledger time, causes, \
      names, event ids, every stored hash of the tree, and the root. With --from-checkpoint also \
      that the ledger begins with the records of a checkpoint that was kept elsewhere: only that \
      shows whether somebody has rewritten the ledger as a whole. Reads beside a running writer, \
      to where the ledger ends when it begins.

      Decisions are checked as records; they are not derived anew from the programs yet, so that \
      "decisions" is 0.

      Exit codes: 0 no difference, 1 a difference or a failure. JSON: events, decisions, \
      differences (how many), size, root (null where the walk had to stop), seconds, \
      eventsPerSecond, first [{position, what, stored, expected}] (at most 20), checkpoint {size, \
      root} or null.
      """)

  @OptionGroup var data: DataOptions
  @Option(help: "A checkpoint that the ledger must continue: the note, or the JSON with it.")
  var fromCheckpoint: String?
  @Option(
    help: "The verifier key of the checkpoint, or a file with it; by default the directory's.")
  var key: String?

  func validate() throws {
    if key != nil && fromCheckpoint == nil {
      throw ValidationError("--key goes with --from-checkpoint")
    }
  }

  func run() throws {
    let checkpoint = try fromCheckpoint.map { try read($0) }
    let started = WallClock.elapsed()
    let report = try audit(checkpoint, started)
    let seconds = Double(WallClock.elapsed() - started) / 1_000_000
    if data.json {
      Output.json { write(report, checkpoint, seconds, to: &$0) }
    } else {
      print(report, checkpoint, seconds)
    }
    if report.differenceCount > 0 { throw ExitCode(1) }
  }

  private func audit(_ checkpoint: Checkpoint?, _ started: Int64) throws -> AuditReport {
    let ledger: Ledger
    do {
      ledger = try data.openLedger()
    } catch let error as LedgerError {
      // Opening reads the end.
      guard let report = AuditReport(unreadable: error) else { throw error }
      return report
    }
    defer { ledger.close() }
    var line = ProgressLine()
    defer { line.end() }
    return try LedgerAudit(ledger, continuing: checkpoint).run { position in
      let now = WallClock.elapsed()
      line.show(
        now: now,
        "\(position * 100 / ledger.end.position) %  \(position) events, "
          + "\(Int64(position) * 1_000_000 / max(1, now - started)) a second")
    }
  }

  private func read(_ path: String) throws -> Checkpoint {
    let verifier =
      if let key {
        try KeyText.verifier(key)
      } else {
        try KeyFolder(directory: data.data).verifierKey()
      }
    let note = try SignedNote(file: SmallFile.read(path), named: path)
    do throws(ProofRefused) {
      return try Checkpoint(verifying: note, by: verifier)
    } catch {
      throw CommandFailure("\(path): \(error)")
    }
  }

  private func write(
    _ report: AuditReport, _ checkpoint: Checkpoint?, _ seconds: Double,
    to object: inout JSONWriter
  ) {
    object.field("events", report.events)
    object.field("decisions", 0)
    object.field("differences", report.differenceCount)
    object.field("size", report.size)
    object.key("root")
    if let root = report.root { object.string(root.hex) } else { object.null() }
    object.field("seconds", seconds)
    object.field("eventsPerSecond", seconds > 0 ? Double(report.events) / seconds : 0)
    object.key("first")
    object.array { array in
      for difference in report.differences {
        array.object { item in
          item.field("position", difference.position)
          item.field("what", difference.what)
          item.field("stored", difference.stored)
          item.field("expected", difference.expected)
        }
      }
    }
    object.key("checkpoint")
    guard let checkpoint else { return object.null() }
    object.object { item in
      item.field("size", checkpoint.size)
      item.field("root", checkpoint.root.hex)
    }
  }

  private func print(_ report: AuditReport, _ checkpoint: Checkpoint?, _ seconds: Double) {
    for difference in report.differences { Output.line(Printable.text("\(difference)")) }
    let more = report.differenceCount - report.differences.count
    if more > 0 { Output.line("and \(more) more") }
    let rate = seconds > 0 ? Int(Double(report.events) / seconds) : 0
    let found =
      switch report.differenceCount {
      case 0: "no difference"
      case 1: "1 difference"
      case let count: "\(count) differences"
      }
    Output.line("checked \(report.events) of \(report.size) events: \(found) (\(rate) a second)")
    if let root = report.root { Output.line("root \(root) of \(report.size) records") }
    if let checkpoint, report.differenceCount == 0 {
      Output.line("the ledger continues the checkpoint of \(checkpoint.size) records")
    }
    Output.line("decisions were checked as records, and not derived anew")
  }
}
