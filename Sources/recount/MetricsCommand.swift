import ArgumentParser
import Engine
import Explaining
import Glibc
import Host
import JSON
import Ledger
import Metrics

/// `recount metrics`.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Show what each program did and what came of it.",
    discussion: """
      Amounts are minor units, as the events give them. A run counts as converted when it left by \
      an exit that has a revenue; it counts for the last touch whose message was requested before, \
      or as before-any. Rates are percent of the messages sent in that step.

      JSON: position, programs {ID: {triggered, outcomes {NAME: n}, rejected {FILTER: n}, \
      runs {started, active, exited {EXIT: n}}, deliveries {STEP: {CHANNEL: {requested, withheld \
      {REASON: n}, sent, delivered, opened, clicked, failed, bounced, complained}}}, converted \
      {TOUCH: {count, revenue, sent, percent}}, conversions, revenue, percent (of runs that were \
      not held out), actions {NAME: n}}}. Rates are null where nothing was sent.
      """)

  @OptionGroup var data: DataOptions
  @Option(help: "Only this program.")
  var program: String?

  func run() throws {
    var metrics: Metrics?
    let snapshot = try ViewSnapshot(directory: data.data) { context in
      let projection = Metrics(names: context.names)
      metrics = projection
      return [projection]
    }
    defer { snapshot.close() }
    var figures = ProgramFigures.byProgram(metrics)
    if let program {
      let names = snapshot.context.names
      guard names.number(.program, program) != nil else {
        throw NameError(kind: "program", name: program, known: names.programs)
      }
      figures = [program: figures[program] ?? ProgramFigures()]
    }
    let programs = figures.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    if data.json {
      Output.json { object in
        object.field("position", snapshot.end.position)
        object.key("programs")
        object.object { array in
          for (id, figures) in programs {
            array.key(id)
            figures.write(to: &array)
          }
        }
      }
    } else {
      var page = TextPage.terminal()
      for (id, figures) in programs { figures.write(id, to: &page) }
      if programs.isEmpty { page.line("no program has decided anything yet") }
      Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
    }
  }
}

extension Names {
  /// The programs that the ledger knows, in order of first appearance.
  var programs: [String] {
    (0..<count(.program)).compactMap { name(.program, UInt32($0 + 1)) }
  }
}

/// A name that is not known, with the nearest that are.
struct NameError: Error, CustomStringConvertible {
  let kind: String
  let name: String
  let known: [String]

  var description: String {
    let sorted = known.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let hint =
      NearName.nearest(to: name, among: sorted).map { "did you mean \($0)?" }
      ?? (sorted.isEmpty ? "there is none" : "there are \(sorted.joined(separator: ", "))")
    return "there is no \(kind) \"\(Printable.text(name))\": \(hint)"
  }
}
