import ArgumentParser
import CBOR
import Catalog
import CivilTime
import Engine
import Explaining
import Glibc
import Host
import JSON
import Journeys
import Ledger

/// `recount programs list`.
struct ProgramsList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the programs in force, their versions and how many runs each has.",
    discussion: """
      JSON: position, programs [{program, title, version, position, activatedAt, set {PATH: \
      VALUE}, active, runs, runsOfOlderVersions}]; runs are those under way. Programs that were \
      switched off come last, with active false.
      """)

  @OptionGroup var data: DataOptions

  func run() throws {
    let view = try ProgramsView(directory: data.data)
    defer { view.snapshot.close() }
    if data.json {
      Output.json { object in
        object.field("position", view.snapshot.end.position)
        object.key("programs")
        object.array { array in
          for program in view.programs { program.write(to: &array) }
        }
      }
      return
    }
    var page = TextPage.terminal()
    let count = view.programs.filter(\.isActive).count
    page.heading("\(count) program\(count == 1 ? "" : "s") in force")
    page.table(
      [
        .init("program"), .init("version"), .init("since (UTC)"), .init("position", .right),
        .init("runs", .right), .init("of older versions", .right), .init(""), .init("title"),
      ],
      view.programs.map { program in
        [
          program.id, String(program.version.prefix(12)), Printable.minutes(program.activatedAt),
          String(program.position), String(program.runs),
          program.olderRuns == 0 ? "" : String(program.olderRuns),
          program.isActive ? "" : "off", Printable.text(program.title),
        ]
      })
    let changed = view.programs.filter { !$0.overrides.isEmpty }
    if !changed.isEmpty {
      page.heading("Overrides")
      page.pairs(
        changed.flatMap { program in
          program.overrides.map { ("\(program.id).\($0.path)", Printable.text($0.value)) }
        })
    }
    Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
  }
}

/// The programs of a data directory with their runs.
struct ProgramsView {
  /// The last activation of a program.
  struct Entry {
    var id: String
    var title: String
    /// 64 hex digits.
    var version: String
    /// Position of `program.activated`.
    var position: UInt64
    var activatedAt: Int64
    var overrides: [(path: String, value: String)]
    var isActive: Bool
    /// Runs under way, of this version and of others.
    var runs = 0
    var olderRuns = 0
  }

  let snapshot: ViewSnapshot
  /// Those in force by id, then those that were switched off.
  private(set) var programs: [Entry] = []

  init(directory: String) throws {
    var parts: (catalog: Catalog, journeys: Journeys)?
    snapshot = try ViewSnapshot(directory: directory) { context in
      let catalog = Catalog(context: context)
      let journeys = Journeys(
        names: context.names, entities: context.subjects, sink: context.timers, owner: 0)
      parts = (catalog, journeys)
      return [catalog, journeys]
    }
    guard let parts else { return }
    programs = Self.entries(parts.catalog, snapshot)
    parts.journeys.runs.forEach { _, run in
      guard run.isActive,
        let index = programs.firstIndex(where: { $0.id == run.program })
      else { return }
      if run.version == programs[index].version {
        programs[index].runs += 1
      } else {
        programs[index].olderRuns += 1
      }
    }
  }

  private static func entries(_ catalog: Catalog, _ snapshot: ViewSnapshot) -> [Entry] {
    var last: [String: ActivationRow] = [:]
    catalog.forEachActivation { last[$0.program] = $0 }
    let entries = last.values.map { row in
      let event = snapshot.context.event(row.position)
      var overrides: [(path: String, value: String)] = []
      event?.payload.view(forKey: Field.set)?.forEachEntry { path, value in
        overrides.append((path.string ?? "", value.string ?? value.value.diagnostic))
      }
      return Entry(
        id: row.program, title: event?.payload.view(forKey: "title")?.string ?? "",
        version: row.version, position: row.position, activatedAt: event?.recordedAt ?? 0,
        overrides: overrides, isActive: row.endedAt == 0)
    }
    return entries.sorted { left, right in
      left.isActive == right.isActive
        ? left.id.utf8.lexicographicallyPrecedes(right.id.utf8) : left.isActive
    }
  }
}

extension ProgramsView.Entry {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.field("program", id)
      object.field("title", title)
      object.field("version", version)
      object.field("position", position)
      object.field("activatedAt", RFC3339.string(microseconds: activatedAt))
      object.key("set")
      object.object { set in
        for override in overrides { set.field(override.path, override.value) }
      }
      object.field("active", isActive)
      object.field("runs", runs)
      object.field("runsOfOlderVersions", olderRuns)
    }
  }
}
