import ArgumentParser
import Foundation
import Host
import Ledger
import Metrics
import Policies
import Simulation

/// `recount demo`.
struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a simulated shop over virtual days and show what the programs did.")

  @Option(help: "The data directory, which must be new; a temporary one by default.")
  var data: String?
  @Option(help: "Customers of the shop.")
  var customers = 2_000
  @Option(help: "Virtual days.")
  var days = 30
  @Option(help: "The same seed gives the same history, to the byte.")
  var seed: UInt64 = 1

  func run() throws {
    let directory = data ?? NSTemporaryDirectory() + "recount-demo-\(getpid())"
    var options = HostOptions(directory: directory)
    options.clock = .event
    let host = try Host(options) { _ in nil }
    let started = WallClock.elapsed()
    var run = ShopRun(
      host.store,
      Shop(ShopConfiguration(seed: seed, customers: customers, days: days)))
    var line = ProgressLine()
    try run.run { time in line.show(now: WallClock.elapsed(), "\(time)") }
    line.end()
    let seconds = Double(WallClock.elapsed() - started) / 1_000_000
    Output.line("\(run.eventCount) shop events, \(host.store.ledger.end.position) in all, \(seconds) s")
    host.store.metrics.forEach { words, row in
      Output.line("\(words.joined(separator: " / "))  \(row.count)  \(row.amount)")
    }
    try host.close()
  }
}
