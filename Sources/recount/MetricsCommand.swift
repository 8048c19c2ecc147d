import ArgumentParser
import Catalog
import CivilTime
import Engine
import Explaining
import Glibc
import Host
import JSON
import Ledger
import Metrics
import Programs
import Reporting

/// `recount metrics`.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Show what each program did and what came of it.",
    discussion: """
      Amounts are minor units, as the events give them. A run counts as converted when it left by \
      an exit that has a revenue; it counts for the step and channel of the last touch within the \
      program's attribution window before it (a message sent, unless the program says otherwise), \
      else as unattributed: before-any touch, after-window, or held-out. Rates are percent of the \
      messages sent in that step. Runs that were held out show what would have happened anyway: the lift is the difference of the shares that \
      converted, with an interval of 95 % (Newcombe); the ratio check says whether the variants \
      have as many runs as they were drawn with. Costs are those that providers reported, else \
      the program's. --by day tells the same day by day, by UTC days of ledger time; a conversion \
      counts on the day of the order.

      JSON: position, programs {ID: {triggered, outcomes {NAME: n}, rejected {FILTER: n}, \
      runs {started, active, exited {EXIT: n}}, deliveries {STEP: {CHANNEL: {requested, withheld \
      {REASON: n}, sent, delivered, opened, clicked, failed, bounced, complained, converted, revenue, \
      percent, cost}}}, converted {STEP: {count, revenue, sent, percent}}, unattributed {count, \
      revenue, reasons {NAME: n}}, conversions (of both), revenue, percent (of runs that were \
      not held out), actions {NAME: n}, cost, costPerConversion, segments {NAME: {outcomes, \
      started, exited {EXIT: n}, converted, revenue, percent}}, experiments {NAME: {variants {NAME: {started, \
      converted, revenue, percent, deliveries (as above)}}, lift [{variant, control, points, low, high, \
      relativePercent}], ratioCheck {chiSquared, probability, fits}}}}}. The holdout is the \
      experiment "holdout". Rates are null where nothing was sent. With --by day a program has \
      days [{day, and the same}].
      """)

  @OptionGroup var data: DataOptions
  @Option(help: "Only this program.")
  var program: String?
  @Option(help: "The first UTC day that counts, as in 2024-03-04.")
  var from: String?
  @Option(help: "The last UTC day that counts.")
  var to: String?
  @Option(help: "day: the figures of each day apart.")
  var by: MetricsGrouping?

  func run() throws {
    let days = try days()
    var views: (metrics: Metrics, catalog: Catalog)?
    let snapshot = try ViewSnapshot(directory: data.data) { context in
      let catalog = Catalog(context: context)
      let metrics = Metrics(names: context.names) { catalog.program(version: $0)?.attribution }
      views = (metrics, catalog)
      return [catalog, metrics]
    }
    defer { snapshot.close() }
    let metrics = views?.metrics
    var figures = ProgramFigures.byProgram(metrics, days: days)
    if let program {
      let names = snapshot.context.names
      guard names.number(.program, program) != nil else {
        throw NameError(kind: "program", name: program, known: names.programs)
      }
      figures = [program: figures[program] ?? ProgramFigures()]
    }
    let programs = figures.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
      id, figures in
      let definition = views?.catalog.lastProgram(id)
      let byDay =
        by == nil ? [] : ProgramFigures.byDay(metrics, program: id, days: days)
      return ProgramPage(
        id: id, figures: figures.priced(definition),
        days: byDay.map { ($0.day, $0.figures.priced(definition)) })
    }
    guard data.json else { return print(programs) }
    Output.json { object in
      object.field("position", snapshot.end.position)
      object.key("programs")
      object.object { names in
        for program in programs {
          names.key(program.id)
          program.write(hasDays: by != nil, to: &names)
        }
      }
    }
  }

  private func print(_ programs: [ProgramPage]) {
    var page = TextPage.terminal()
    for program in programs {
      program.figures.write(program.id, to: &page)
      if by != nil { ProgramFigures.write(program.days, to: &page) }
    }
    if programs.isEmpty { page.line("no program has decided anything yet") }
    Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
  }

  /// The days that count; nil: all.
  private func days() throws -> ClosedRange<Int64>? {
    guard from != nil || to != nil else { return nil }
    let first = try day(from, "--from") ?? 0
    let last = try day(to, "--to") ?? .max
    guard first <= last else {
      throw ValidationError("--from \(from ?? "") comes after --to \(to ?? "")")
    }
    return first...last
  }

  private func day(_ text: String?, _ option: String) throws -> Int64? {
    guard let text else { return nil }
    guard let time = try? RFC3339.microseconds(parsing: text + "T00:00:00Z") else {
      throw ValidationError("\(option) \(text): give a day as in 2024-03-04")
    }
    return time / (CivilTime.secondsPerDay * CivilTime.microsecondsPerSecond)
  }
}

/// How `metrics` may be taken apart.
enum MetricsGrouping: String, ExpressibleByArgument {
  case day
}

/// The figures of one program, in all and day by day.
private struct ProgramPage {
  let id: String
  let figures: ProgramFigures
  let days: [(day: Int64, figures: ProgramFigures)]

  func write(hasDays: Bool, to writer: inout JSONWriter) {
    figures.write(to: &writer, days: hasDays ? days : nil)
  }
}

extension ProgramFigures {
  /// The figures with what the program says about costs and shares.
  fileprivate func priced(_ program: Program?) -> ProgramFigures {
    var figures = self
    figures.costs = program?.costs ?? [:]
    return figures
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
