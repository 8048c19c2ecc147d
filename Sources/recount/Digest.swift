import ArgumentParser
import Engine
import Host
import JSON
import Ledger
import Policies

/// `recount digest`.
struct Digest: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print a SHA-256 of every table's rows: the same ledger gives the same digests.")

  @OptionGroup var data: DataOptions

  func run() throws {
    let host = try Host(reading: data.data)
    let digests = try host.store.engine.digest()
    let position = host.store.ledger.end.position
    try host.close()
    if data.json {
      Output.json { object in
        object.field("position", position)
        object.key("tables")
        object.object { tables in
          for (table, digest) in digests { tables.field(table, digest) }
        }
      }
    } else {
      Output.line("position \(position)")
      for (table, digest) in digests { Output.line("\(digest)  \(table)") }
    }
  }
}

/// `recount rebuild`.
struct Rebuild: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Empty projections and fold the whole ledger into them anew.",
    discussion: "The JSON object has events, seconds, eventsPerSecond and tables.")

  @Argument(help: "Projections, such as metrics; all by default.")
  var names: [String] = []
  @OptionGroup var data: DataOptions

  func run() throws {
    let host = try Host(reading: data.data)
    let known = host.store.engine.projectionNames
    for name in names where !known.contains(name) {
      throw CommandFailure(
        "there is no projection \"\(name)\": it is one of \(known.joined(separator: ", "))")
    }
    let started = WallClock.elapsed()
    let events = try host.store.engine.rebuild(names.isEmpty ? nil : Set(names))
    let seconds = Double(WallClock.elapsed() - started) / 1_000_000
    let rebuilt = names.isEmpty ? known : names
    try host.close()
    let rate = seconds > 0 ? Double(events) / seconds : 0
    if data.json {
      Output.json { object in
        object.field("events", events)
        object.field("seconds", seconds)
        object.field("eventsPerSecond", rate)
        object.key("tables")
        object.array { array in
          for name in rebuilt { array.string(name) }
        }
      }
    } else {
      Output.line(
        "folded \(events) events into \(rebuilt.joined(separator: ", ")): \(Int(rate)) a second")
    }
  }
}
