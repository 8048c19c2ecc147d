import ArgumentParser
import CivilTime
import Host
import JSON
import Ledger
import Policies

/// `recount advance`.
struct Advance: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Move the event clock: fire what becomes due, in order.",
    discussion: "The JSON object has fired, position and recordedAt (the ledger's time).")

  @OptionGroup var data: DataOptions
  @Option(help: "Fire everything due up to this time, RFC 3339: 2024-06-01T00:00:00Z.")
  var to: String?
  @Flag(help: "Move until no timer is left.")
  var drain = false

  func validate() throws {
    guard drain != (to != nil) else {
      throw ValidationError("give either --to TIME or --drain")
    }
    if let to, (try? RFC3339.microseconds(parsing: to)) == nil {
      throw ValidationError("--to \(to): give a time as 2024-06-01T00:00:00Z")
    }
  }

  func run() throws {
    var options = HostOptions(directory: data.data)
    options.clock = .event
    options.createsDirectory = false
    let host = try Host(options, makeCarrier: Carriers.directory(data.data, clock: .event))
    var line = ProgressLine()
    let show: (Int64) -> Void = { time in
      line.show(now: WallClock.elapsed(), "at \(RFC3339.string(microseconds: time))")
    }
    let fired =
      if let to {
        try host.advance(to: RFC3339.microseconds(parsing: to), progress: show)
      } else {
        try host.drain(progress: show)
      }
    line.end()
    try host.close()
    let end = host.store.ledger.end
    let time = RFC3339.string(microseconds: end.recordedAt)
    if data.json {
      Output.json { object in
        object.field("fired", fired)
        object.field("position", end.position)
        object.field("recordedAt", time)
      }
    } else {
      Output.line("fired \(fired) timers; the ledger ends at position \(end.position), \(time)")
    }
  }
}
