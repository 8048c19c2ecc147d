import ArgumentParser
import Engine
import Glibc
import Host
import Intake
import JSON
import Ledger
import Policies
import Programs
import Synchronization

/// `recount ingest`.
struct Ingest: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Append events from a file of CloudEvents, one JSON object a line.",
    discussion: """
      Each line has specversion "1.0", id, source, type, subject and, under --clock event, time; \
      data is an object. Lines that are refused go to the --rejects file with line, field and \
      reason; the rest goes in. The same source and id again is a duplicate and appends nothing.

      A new data directory starts with the shipped programs active.

      Exit codes: 0 all lines went in, 3 some were refused, 1 failure. The JSON object has read, \
      appended, duplicates, rejected, decisions, position, seconds, eventsPerSecond; with --geoip \
      also places {resolved, unknown, withoutRoom, damaged}.
      """)

  @Argument(help: "The file, or - for standard input.")
  var file: String
  @OptionGroup var data: DataOptions
  @OptionGroup var programs: ProgramOptions
  @Option(help: "Where ledger time comes from: wall (this machine's clock) or event (their times).")
  var clock: ClockMode = .wall
  @Option(
    help: "Where refused lines go, one JSON object each; by default the first 20 on standard error."
  )
  var rejects: String?
  @OptionGroup var places: PlaceOptions

  func run() throws {
    let overrides = try programs.overrides()
    let placed = try places.events(of: try EventFile(path: file, requiresTime: clock == .event))
    let source = placed.source
    let first = try source.nextBatch(limit: EventFeed.batchLines)
    try checkKind(first)
    var options = HostOptions(directory: data.data)
    options.clock = clock
    options.programsFolder = programs.programs
    options.overrides = overrides
    options.loadings = placed.loadings
    let feed = EventFeed(source: source, unit: "lines", rejects: rejects)
    let result = try feed.run(first, into: options)
    placed.note()
    report(result, placed)
    if result.tally.rejected > 0 { throw ExitCode(3) }
  }

  /// A file of another kind is told from one with mistakes before a data directory is made for it.
  private func checkKind(_ batch: EventBatch?) throws {
    guard let batch, batch.inputs.isEmpty, batch.rejects.count >= 100 else { return }
    let unreadable = batch.rejects.count { $0.refusal.field.isEmpty }
    guard unreadable * 10 >= batch.rejects.count * 9 else { return }
    throw CommandFailure(
      "\(file): \(unreadable) of the first \(batch.rejects.count) lines are no JSON objects, and the "
        + "others no events: is it a file of CloudEvents, one a line?")
  }

  private func report(_ result: EventFeed.Result, _ placed: PlaceOptions.Placed) {
    let total = result.tally
    let seconds = result.seconds
    let rate = seconds > 0 ? Double(total.read) / seconds : 0
    if data.json {
      Output.json { object in
        object.field("read", total.read)
        object.field("appended", total.appended)
        object.field("duplicates", total.duplicates)
        object.field("rejected", total.rejected)
        object.field("decisions", total.decisions)
        object.field("position", result.position)
        object.field("seconds", seconds)
        object.field("eventsPerSecond", rate)
        placed.write(to: &object)
      }
    } else {
      Output.line(
        "read \(total.read) lines: \(total.appended) appended, \(total.duplicates) duplicates, "
          + "\(total.rejected) refused; \(total.decisions) decisions")
      Output.line(
        "the ledger ends at position \(result.position); \(Int(rate)) lines a second in "
          + "\((seconds * 1_000).rounded() / 1_000) s")
    }
  }
}

/// Which programs run.
struct ProgramOptions: ParsableArguments {
  @Option(
    help: "A folder of program folders for a new data directory, instead of the shipped ones.")
  var programs: String?
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a value of a program, as PROGRAM.PATH=VALUE; recorded as a new activation.",
      valueName: "program.path=value"))
  var settings: [String] = []

  /// The overrides, taken apart.
  func overrides() throws -> [(program: String, override: ProgramOverride)] {
    try settings.map { text in
      guard let parsed = ProgramOverride.parsing(text) else {
        throw ValidationError(
          "--set \(text): give it as PROGRAM.PATH=VALUE, such as "
            + "abandoned-cart.params.minCartValue=4000")
      }
      return parsed
    }
  }
}

extension ClockMode: ExpressibleByArgument {}
