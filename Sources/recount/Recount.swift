import ArgumentParser
import Glibc

/// The command line. Exit codes: 0 done, 1 failed, 3 input lines were refused, 64 wrong usage.
@main
struct Recount: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recount",
    abstract: "An event-sourced ledger that decides, explains and replays.",
    discussion: """
      Every customer event and every decision goes into one immutable log; candidates, campaigns \
      and metrics are folds of it.

      Try: recount demo
      """,
    version: "0.1.0",
    subcommands: [
      Demo.self, Ingest.self, ImportCommand.self, Advance.self, Log.self, Why.self,
      CandidatesCommand.self, MetricsCommand.self, ReportsCommand.self,
      ProgramsCommand.self, ModelsCommand.self,
      ReferenceCommand.self,
      StatusCommand.self,
      Digest.self, Rebuild.self,
      Init.self, CheckpointCommand.self, ProofCommand.self, VerifyProof.self, Verify.self,
      BackupCommand.self, RestoreCommand.self, ExportCommand.self, ImportLedgerCommand.self,
      ExpressionsCommand.self, Bench.self, BenchChild.self,
    ])

  static func main() {
    MappedFileFault.listen()
    main(nil)
  }
}

/// Where the data are, and how to answer.
struct DataOptions: ParsableArguments {
  @Option(name: .long, help: "The data directory: ledger, views, outbox.")
  var data: String = "recount-data"

  @Flag(name: .long, help: "Print one JSON object as the last line of standard output.")
  var json = false
}

/// A command failed: exit code 1, with the reason and the mend.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
