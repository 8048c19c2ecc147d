import ArgumentParser
import Benchmarks
import Foundation
import JSON

/// `recount bench`.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure this machine: durable append, ingest with decisions, rebuild.",
    discussion: """
      Suites: append (against a plain C loop over LMDB in the same run), ingest (with the rebuild of \
      what it left). Each figure is the median of several rounds; the machine is named with it.
      """)

  @Argument(help: "Suites to run: append, ingest; all by default.")
  var suites: [String] = []
  @Flag(help: "Print one JSON object.")
  var json = false
  @Option(help: "Rounds of each measurement.")
  var rounds = 5
  @Option(help: "Customers of the shop whose events are ingested.")
  var customers = 5_000
  @Option(help: "Virtual days of that shop.")
  var days = 30
  @Option(help: "Where to work: a folder on the disk that is to be measured.")
  var scratch = NSTemporaryDirectory()

  func validate() throws {
    for suite in suites where !["append", "ingest"].contains(suite) {
      throw ValidationError("there is no suite \"\(suite)\": it is append or ingest")
    }
    guard rounds > 0, customers > 0, days > 0 else {
      throw ValidationError("--rounds, --customers and --days must be positive")
    }
  }

  func run() throws {
    let directory = try ScratchDirectory(below: scratch)
    var measurements: [Benchmarks.Measurement] = []
    if suites.isEmpty || suites.contains("append") {
      for (perCommit, commits) in [(1, 500), (64, 400), (256, 400)] {
        measurements += try AppendSuite.run(
          perCommit: perCommit, commits: commits, rounds: rounds, in: directory)
      }
    }
    if suites.isEmpty || suites.contains("ingest") {
      measurements += try IngestSuite.run(
        customers: customers, days: days, rounds: rounds, in: directory)
    }
    if json { printJSON(measurements) } else { printTable(measurements) }
  }

  private func printTable(_ measurements: [Benchmarks.Measurement]) {
    Output.line("Machine: \(Machine.description). Median of \(rounds) rounds (lowest, highest).\n")
    Output.line("| What | Median | Lowest | Highest | Unit | Goal |")
    Output.line("| --- | ---: | ---: | ---: | --- | ---: |")
    for row in measurements {
      let goal = row.goal.map { Self.text($0) } ?? ""
      Output.line(
        "| \(row.name) | \(Self.text(row.median)) | \(Self.text(row.minimum)) "
          + "| \(Self.text(row.maximum)) | \(row.unit) | \(goal) |")
    }
  }

  private static func text(_ figure: Double) -> String {
    figure < 100 ? String(format: "%.2f", figure) : String(Int(figure))
  }

  private func printJSON(_ measurements: [Benchmarks.Measurement]) {
    Output.json { object in
      object.field("machine", Machine.description)
      object.field("rounds", rounds)
      object.key("measurements")
      object.array { array in
        for row in measurements {
          array.object { fields in
            fields.field("name", row.name)
            fields.field("unit", row.unit)
            fields.field("median", row.median)
            fields.field("lowest", row.minimum)
            fields.field("highest", row.maximum)
            if let goal = row.goal { fields.field("goal", goal) }
          }
        }
      }
    }
  }
}
