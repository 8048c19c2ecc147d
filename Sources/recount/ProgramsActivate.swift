import ArgumentParser
import Host
import JSON
import Ledger
import Policies
import Programs

extension InFlight: ExpressibleByArgument {}

/// `recount programs activate`.
struct ProgramsActivate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate",
    abstract: "Put programs from disk in force; recorded as program.activated, undone by another.",
    discussion: """
      Runs under way stay pinned to the version that they began with, unless --in-flight says \
      otherwise: migrate lets them go on under the new version, in the state of the same name \
      (timers are set anew from when the state was entered; a run whose state is gone ends), exit \
      ends them. How many are concerned is told first. The program that comes into force is the \
      folder's with the --set given here: overrides of earlier activations are not taken over.

      JSON: position (the ledger's end), activated [{program, title, version, position, replaced \
      (version or null), runsInFlight, moved, ended, unchanged}].
      """)

  @Argument(help: "Program folders, or folders of program folders.")
  var paths: [String]
  @OptionGroup var data: DataOptions
  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a value of a program, as PROGRAM.PATH=VALUE.", valueName: "program.path=value"))
  var settings: [String] = []
  @Option(
    help: """
      Where ledger time comes from: event (the ledger's own time: fires no timer) or wall (this \
      machine's clock: fires what is due).
      """)
  var clock: ClockMode = .event
  @Option(help: "What becomes of runs of other versions: pin, migrate or exit.")
  var inFlight: InFlight = .pin

  func run() throws {
    let programs = try checkedPrograms()
    let host = try ProgramSwitch.host(data.data, clock)
    for program in programs {
      let runs = host.runsInFlight(besides: program).others
      guard runs > 0 else { continue }
      Output.note("\(program.id): \(Self.count(runs)) of other versions: \(inFlight.rawValue)")
    }
    let activations = try host.activate(programs, inFlight: inFlight)
    try host.close()
    let position = host.store.ledger.end.position
    guard !data.json else {
      Output.json { object in
        object.field("position", position)
        object.key("activated")
        object.array { array in
          for activation in activations { Self.write(activation, to: &array) }
        }
      }
      return
    }
    for activation in activations { Output.line(Self.text(activation)) }
  }

  /// The programs, each without a problem and with its overrides.
  private func checkedPrograms() throws -> [Program] {
    var overrides: [String: [ProgramOverride]] = [:]
    for text in settings {
      guard let parsed = ProgramOverride.parsing(text) else {
        throw ValidationError(
          "--set \(text): give it as PROGRAM.PATH=VALUE, such as "
            + "abandoned-cart.params.minCartValue=4000")
      }
      overrides[parsed.program, default: []].append(parsed.override)
    }
    let checked = try paths.flatMap { path in
      try CheckedProgram.all(below: path) { overrides[$0] ?? [] }
    }
    let folders = checked.map(\.folder)
    for program in overrides.keys.sorted() where !folders.contains(program) {
      throw OverrideTarget(program: program, known: folders)
    }
    for folder in folders where folders.filter({ $0 == folder }).count > 1 {
      throw ValidationError("the program \(folder) is given twice: which one is to be in force?")
    }
    let bad = checked.filter { $0.program == nil }
    guard bad.isEmpty else {
      for program in bad { program.print() }
      throw ProgramsRefused(count: bad.count)
    }
    return checked.compactMap(\.program)
  }

  private static func text(_ activation: Activation) -> String {
    let name = "\(activation.program) \(activation.version.prefix(12))"
    guard !activation.isUnchanged else {
      return "\(name) is in force already, since position \(activation.position)"
    }
    var text = "\(name) is in force from position \(activation.position)"
    if let replaced = activation.replaced { text += ", in place of \(replaced.prefix(12))" }
    if activation.moved > 0 { text += "; \(count(activation.moved)) went over to it" }
    if activation.ended > 0 { text += "; \(count(activation.ended)) ended" }
    switch activation.runsInFlight - activation.moved - activation.ended {
    case 0: break
    case 1: text += "; 1 run in flight stays pinned to its version"
    case let pinned: text += "; \(pinned) runs in flight stay pinned to their versions"
    }
    return text
  }

  private static func count(_ runs: Int) -> String {
    runs == 1 ? "1 run in flight" : "\(runs) runs in flight"
  }

  private static func write(_ activation: Activation, to writer: inout JSONWriter) {
    writer.object { object in
      object.field("program", activation.program)
      object.field("title", activation.title)
      object.field("version", activation.version)
      object.field("position", activation.position)
      object.key("replaced")
      if let replaced = activation.replaced { object.string(replaced) } else { object.null() }
      object.field("runsInFlight", activation.runsInFlight)
      object.field("moved", activation.moved)
      object.field("ended", activation.ended)
      object.field("unchanged", activation.isUnchanged)
    }
  }
}

/// `--set` names a program that is not among those given.
struct OverrideTarget: Error, CustomStringConvertible {
  let program: String
  let known: [String]

  var description: String {
    "--set \(program).…: the programs given are \(known.sorted().joined(separator: ", "))"
  }
}

/// Programs with problems, which were printed.
struct ProgramsRefused: Error, CustomStringConvertible {
  let count: Int

  var description: String {
    "\(count == 1 ? "the program has problems" : "\(count) programs have problems"): nothing was "
      + "activated"
  }
}

/// `recount programs deactivate`.
struct ProgramsDeactivate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deactivate",
    abstract: "Take a program out of force: nothing triggers it any more.",
    discussion: """
      Runs under way go on to their ends, or end with --in-flight exit. JSON: program, version, \
      position (of program.deactivated), runsInFlight, ended.
      """)

  @Argument(help: "The program's id.")
  var id: String
  @OptionGroup var data: DataOptions
  @Option(help: "Where ledger time comes from: event (the ledger's own time) or wall.")
  var clock: ClockMode = .event
  @Option(help: "What becomes of runs under way: pin (they go on) or exit.")
  var inFlight: InFlight = .pin

  func validate() throws {
    guard inFlight != .migrate else {
      throw ValidationError("--in-flight migrate: there is no version to go over to")
    }
  }

  func run() throws {
    let host = try ProgramSwitch.host(data.data, clock)
    let done = try host.deactivate(id, endsRuns: inFlight == .exit)
    try host.close()
    guard !data.json else {
      Output.json { object in
        object.field("program", done.program)
        object.field("version", done.version)
        object.field("position", done.position)
        object.field("runsInFlight", done.runsInFlight)
        object.field("ended", done.ended)
      }
      return
    }
    let runs =
      done.runsInFlight == 0
      ? "no run is in flight"
      : done.ended > 0
        ? "\(done.ended) runs in flight ended"
        : "\(done.runsInFlight) runs in flight go on to their ends"
    Output.line("\(done.program) is out of force from position \(done.position); \(runs)")
  }
}

/// How commands that switch programs open the data directory.
enum ProgramSwitch {
  /// A host of a directory that exists. Under the event clock no timer fires, so nothing is carried
  /// out: what nobody has answered yet waits for the next command that does.
  static func host(_ directory: String, _ clock: ClockMode) throws -> Host {
    var options = HostOptions(directory: directory)
    options.clock = clock
    options.createsDirectory = false
    guard clock == .wall else { return try Host(options) { _ in nil } }
    return try Host(options, makeCarrier: Carriers.directory(directory, clock: .wall))
  }
}
