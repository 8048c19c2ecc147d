import Batches
import CivilTime
import Explaining
import JSON
import Ledger

extension DirectoryStatus {
  /// Writes the fields of one JSON object; see `recount status --help`.
  func write(to object: inout JSONWriter) {
    object.field("directory", directory)
    object.field("position", end.position)
    Self.write("recordedAt", end.position == 0 ? nil : end.recordedAt, to: &object)
    object.field("sealed", sealed)
    object.key("events")
    if let events {
      object.object { kinds in
        for (kind, count) in events { kinds.field(kind.name, count) }
      }
    } else {
      object.null()
    }
    object.key("programs")
    object.array { array in
      for program in programs where program.isActive {
        array.object { item in
          item.field("program", program.id)
          item.field("version", program.version)
          item.field("runs", program.runs)
          item.field("runsOfOlderVersions", program.olderRuns)
        }
      }
    }
    object.key("runs")
    object.object { item in
      item.field("active", activeRuns)
      item.field("total", runs)
    }
    object.key("timers")
    object.object { item in
      item.field("armed", runTimers + silenceTimers + scheduleTimers)
      Self.write("nextDue", nextDue, to: &item)
      item.field("ofRuns", runTimers)
      item.field("ofSilences", silenceTimers)
      item.field("ofSchedules", scheduleTimers)
      item.field("silencesAsOf", silencesAsOf)
    }
    object.field("candidates", candidates)
    object.key("batches")
    object.array { array in
      for batch in batches { Self.write(batch, to: &array) }
    }
    object.field("unansweredEffects", unanswered)
    object.key("views")
    object.object { views in
      for (name, position) in progress { views.field(name, position) }
    }
    object.key("files")
    object.object { sizes in
      for (name, bytes) in files { sizes.field(name, bytes) }
    }
  }

  private static func write(_ batch: BatchRow, to array: inout JSONWriter) {
    array.object { item in
      item.field("program", batch.program)
      item.field("batch", batch.id)
      item.field("of", batch.entity.isEmpty ? "customers" : batch.entity)
      write("startedAt", batch.startedAt, to: &item)
      item.field("items", batch.items)
      item.field("screened", batch.screened)
      item.field("passed", batch.passed)
      item.key("limit")
      if batch.limit == .max { item.null() } else { item.uint(batch.limit) }
      item.field("chosen", batch.chosen)
    }
  }

  private static func write(_ name: String, _ time: Int64?, to object: inout JSONWriter) {
    object.key(name)
    if let time { object.string(RFC3339.string(microseconds: time)) } else { object.null() }
  }

  /// Writes the status for people.
  func write(to page: inout TextPage) {
    page.heading("\(directory), position \(end.position)")
    var pairs: [(name: String, value: String)] = []
    if end.position > 0 { pairs.append(("ledger time", Printable.time(end.recordedAt) + " UTC")) }
    pairs.append(("events", eventsText))
    if sealed > 0 { pairs.append(("sealed", "through position \(sealed)")) }
    pairs.append(("runs", "\(activeRuns) active of \(runs)"))
    pairs.append(("timers", timersText))
    for batch in batches { pairs.append(("batch", Self.text(batch))) }
    pairs.append(("candidates", "\(candidates) live"))
    pairs.append(("effects", "\(unanswered) without an answer"))
    pairs.append(("views", viewsText))
    pairs.append(
      ("on disk", files.map { "\($0.name) \(Self.size($0.bytes))" }.joined(separator: ", ")))
    page.pairs(pairs)
    let active = programs.filter(\.isActive)
    guard !active.isEmpty else { return }
    page.line()
    page.table(
      [
        .init("program"), .init("version"), .init("runs", .right),
        .init("of older versions", .right), .init("title"),
      ],
      active.map { program in
        [
          program.id, String(program.version.prefix(12)), String(program.runs),
          program.olderRuns == 0 ? "" : String(program.olderRuns), Printable.text(program.title),
        ]
      })
  }

  private var eventsText: String {
    guard let events else { return "\(end.position), by kind with --count" }
    return events.map { "\($0.kind.name) \($0.count)" }.joined(separator: ", ")
  }

  private var timersText: String {
    let isBehind = silencesAsOf < end.position
    guard nextDue != nil || isBehind else { return "none armed" }
    let asOf = isBehind ? " as of position \(silencesAsOf)" : ""
    let next = nextDue.map { ", the next due \(Printable.seconds($0))" } ?? ""
    let schedules = scheduleTimers == 0 ? "" : ", \(scheduleTimers) of schedules"
    return "\(runTimers + silenceTimers + scheduleTimers) armed (\(runTimers) of runs, "
      + "\(silenceTimers) of silences\(asOf)\(schedules))\(next)"
  }

  private static func text(_ batch: BatchRow) -> String {
    let percent = batch.items == 0 ? 100 : batch.screened * 100 / batch.items
    let limit = batch.limit == .max ? batch.passed : min(batch.limit, batch.passed)
    let decided = batch.isScreened ? ", \(batch.chosen) of \(limit) decided" : ""
    return "\(batch.program): \(batch.screened) of \(batch.items) screened (\(percent) %), "
      + "\(batch.passed) passed\(decided)"
  }

  private var viewsText: String {
    let behind = progress.filter { $0.position < end.position }
    guard !behind.isEmpty else { return "all at \(end.position)" }
    if let first = behind.first, behind.count == progress.count,
      behind.allSatisfy({ $0.position == first.position })
    {
      return "all at \(first.position), \(end.position - first.position) events behind"
    }
    return behind.map { "\($0.projection) at \($0.position)" }.joined(separator: ", ")
      + (behind.count < progress.count ? ", the others at \(end.position)" : "")
  }

  /// `12.3 MB`.
  static func size(_ bytes: Int64) -> String {
    let units = [("GB", 1e9), ("MB", 1e6), ("kB", 1e3)]
    for (name, size) in units where Double(bytes) >= size {
      return "\(Printable.number(Double(bytes) / size, digits: 1)) \(name)"
    }
    return "\(bytes) B"
  }
}
