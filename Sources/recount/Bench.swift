import ArgumentParser
import Benchmarks
import Foundation
import JSON

/// `recount bench`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure this machine.",
    discussion: """
      Suites:
      \(Suite.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

      Without a suite all run but peers, which needs Python, a C compiler and, for what the \
      machine lacks, apt-get and pip. Figures are medians of the rounds; machine, versions and \
      parameters are printed with them.
      """)

  @Argument(help: "Suites to run: \(Suite.allCases.map(\.rawValue).joined(separator: ", ")).")
  var suites: [String] = []
  @Flag(help: "Print one JSON object instead of Markdown.")
  var json = false
  @Option(help: "Write the JSON object to this file as well.")
  var jsonFile: String?
  @Option(help: "Write the page of Markdown to this file as well.")
  var markdown: String?
  @Option(help: "Rounds of each measurement.")
  var rounds = 3
  @Option(help: "Seconds of each run of an append or of an arrival rate.")
  var seconds = 0.4
  @Option(help: "The shop's events that scan, reads, bytes and recovery work on.")
  var events = 500_000
  @Option(help: "The shop's events that the peers load and read.")
  var peerEvents = 100_000
  @Option(help: "Customers of the shop that is ingested.")
  var customers = 5_000
  @Option(help: "Virtual days of that shop.")
  var days = 30
  @Option(help: "Customers of the population of batch.")
  var population = 1_000_000
  @Option(help: "Where to work: a folder on the disk that is to be measured.")
  var scratch = NSTemporaryDirectory()
  @Option(help: "Peers to measure, with commas between: \(Self.peerNames); all by default.")
  var peers: String?
  @Option(help: "The folder of peers.py, in a checkout of the sources.")
  var peersFolder = "Sources/Benchmarks/Peers"

  private static let peerNames = "postgres, redis, nats, nats-debian, sqlite, eventsourcing"

  func validate() throws {
    for suite in suites where Suite(rawValue: suite) == nil {
      throw ValidationError(
        "there is no suite \"\(suite)\": it is one of "
          + Suite.allCases.map(\.rawValue).joined(separator: ", "))
    }
    let amounts = [rounds, events, peerEvents, customers, days, population]
    guard amounts.allSatisfy({ $0 > 0 }), seconds > 0 else {
      throw ValidationError(
        "rounds, seconds, events, customers, days and population must be positive")
    }
  }

  func run() throws {
    let folder = try ScratchDirectory(below: scratch)
    var settings = BenchmarkSettings(
      scratch: folder, executable: Bundle.main.executablePath ?? CommandLine.arguments[0])
    settings.rounds = rounds
    settings.seconds = seconds
    settings.events = events
    settings.peerEvents = peerEvents
    settings.customers = customers
    settings.days = days
    settings.population = population
    settings.peersFolder = peersFolder
    settings.peers = peers?.split(separator: ",").map { String($0) } ?? []
    settings.progress = { Output.note("bench: \($0)") }
    let wanted = Suite.allCases.filter {
      suites.isEmpty ? $0.isDefault : suites.contains($0.rawValue)
    }
    var report = Report(
      machine: try Machine(scratch: folder), version: Recount.configuration.version,
      date: Date.now.formatted(.iso8601.year().month().day()),
      parameters: [
        ("rounds", "\(rounds)"), ("seconds", "\(seconds)"), ("events", "\(events)"),
        ("events of peers", "\(peerEvents)"), ("customers", "\(customers)"), ("days", "\(days)"),
        ("population", "\(population)"),
      ])
    for suite in wanted {
      settings.progress("suite \(suite.rawValue)")
      report.sections.append(try suite.run(settings))
    }
    try write(report)
  }

  private func write(_ report: Report) throws {
    var writer = JSONWriter()
    report.write(to: &writer)
    let page = report.markdown
    if let jsonFile { try Data(writer.bytes).write(to: URL(filePath: jsonFile)) }
    if let markdown { try Data(page.utf8).write(to: URL(filePath: markdown)) }
    Output.write(json ? writer.bytes : Array(page.utf8), to: STDOUT_FILENO)
  }
}

/// A process of the recovery benchmark's own.
struct BenchChild: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-child", abstract: "Part of bench recovery.", shouldDisplay: false)

  @Argument var part: String
  @Argument var directory: String
  @Argument var count = 0
  @Argument var skip = 0

  func run() throws {
    switch part {
    case "load": try RecoveryChild.load(directory, count: count, skip: skip)
    case "open": try RecoveryChild.open(directory)
    default: throw ValidationError("there is no part \"\(part)\"")
    }
  }
}
