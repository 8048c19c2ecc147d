import ArgumentParser
import CivilTime
import Engine
import Explaining
import Glibc
import Host
import Intake
import JSON
import Journeys
import Ledger
import Policies
import Reporting
import Simulation

import struct Foundation.Data
import class Foundation.FileHandle
import class Foundation.FileManager
import func Foundation.NSTemporaryDirectory

/// `recount demo`.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a simulated shop over virtual days and show what the programs did.",
    discussion: """
      Customers browse, fill carts, order or leave; some are attacked. The programs decide, messages \
      reach the customers, and they answer. Nothing leaves this machine. The same seed gives the \
      same history, to the byte.
      """)

  @Option(help: "The data directory, which must be new; by default a temporary one, kept.")
  var data: String?
  @Option(help: "Customers of the shop.")
  var customers = 2_000
  @Option(help: "Virtual days.")
  var days = 45
  @Option(help: "Which history.")
  var seed: UInt64 = 1
  @Flag(
    help: "The small shop of the README instead, with its own seed: 12 customers, 10 days.")
  var sample = false
  @Option(help: "Also write the shop's events to this file, for recount ingest --clock event.")
  var writeEvents: String?
  @Flag(help: "Print one JSON object as the last line of standard output.")
  var json = false

  func validate() throws {
    guard (1...(1 << 24)).contains(customers), (1...3_650).contains(days) else {
      throw ValidationError("--customers is 1 to 16777216, --days 1 to 3650")
    }
  }

  func run() throws {
    let directory = data ?? NSTemporaryDirectory() + "recount-demo-\(getpid())"
    guard !FileManager.default.fileExists(atPath: directory + "/ledger/data.mdb") else {
      throw CommandFailure(
        "\(directory) has a ledger already: the demo wants a new --data directory")
    }
    let file = try writeEvents.map { try EventLines(path: $0) }
    var options = HostOptions(directory: directory)
    options.clock = ClockMode.event
    let host = try Host(options) { _ in nil }
    let started = WallClock.elapsed()
    let shop = Shop(configuration)
    let first = shop.nextTime ?? 0
    var run = ShopRun(host.store, shop)
    var line = ProgressLine()
    let span = max(1, Double(configuration.days) * 86_400_000_000)
    try run.run(
      onEvent: { try file?.append($0) },
      progress: { time in
        line.show(
          now: WallClock.elapsed(),
          "day \(Int(Double(time - first) / 86_400_000_000) + 1) of \(configuration.days), "
            + "\(min(100, Int(Double(time - first) / span * 100))) %, "
            + "ledger at \(host.store.ledger.end.position)")
      })
    line.end()
    try file?.close()
    let seconds = Double(WallClock.elapsed() - started) / 1_000_000
    try report(run, host, directory, seconds)
    try host.close()
  }

  private var configuration: ShopConfiguration {
    sample ? sampleShop() : ShopConfiguration(seed: seed, customers: customers, days: days)
  }

  private func report(
    _ run: ShopRun, _ host: Host, _ directory: String, _ seconds: Double
  ) throws {
    let end = host.store.ledger.end
    let figures = ProgramFigures.byProgram(host.store.metrics).sorted {
      $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }
    if json {
      Output.json { object in
        object.field("directory", directory)
        object.field("shopEvents", run.eventCount)
        object.field("position", end.position)
        object.field("seconds", seconds)
        object.key("programs")
        object.object { programs in
          for (id, figures) in figures {
            programs.key(id)
            figures.write(to: &programs)
          }
        }
      }
      return
    }
    Output.line(
      "\(run.eventCount) events of the shop became \(end.position) events of the ledger, "
        + "through \(RFC3339.string(microseconds: end.recordedAt)), "
        + "in \((seconds * 100).rounded() / 100) s.")
    var page = TextPage.terminal()
    for (id, figures) in figures { figures.write(id, to: &page) }
    page.line()
    Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
    let name = CommandLine.arguments.first ?? "recount"
    Output.line("Look further:")
    Output.line("  \(name) metrics --data \(directory)")
    Output.line("  \(name) why --subject \(sampleSubject(host)) --data \(directory)")
    Output.line("  \(name) log --type decision.made --limit 3 --json --data \(directory)")
  }

  /// A customer about whom there is something to see.
  private func sampleSubject(_ host: Host) -> String {
    var found = "c-000001"
    host.store.journeys.runs.forEach { _, run in
      if run.program == "account-takeover" || found == "c-000001" {
        found = host.store.context.subjects.text(of: run.subject)
      }
    }
    return found
  }
}

/// A file of CloudEvents, one a line.
private final class EventLines {
  private let handle: FileHandle
  private var writer = JSONWriter()

  init(path: String) throws {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw CommandFailure("the file \(path) cannot be written") }
    self.handle = handle
  }

  func append(_ input: Input) throws {
    // The outbox of the ingesting product reports these itself.
    guard input.type != EventType.deliverySent, input.type != EventType.actionCompleted else {
      return
    }
    CloudEventWriter.write(input, to: &writer)
    writer.newline()
    if writer.bytes.count > 1 << 18 { try flush() }
  }

  func close() throws {
    try flush()
    try handle.close()
  }

  private func flush() throws {
    try handle.write(contentsOf: Data(writer.bytes))
    writer.removeAll()
  }
}
