import ArgumentParser
import Batches
import CBOR
import Candidates
import CivilTime
import Deliveries
import Engine
import Explaining
import Glibc
import Host
import JSON
import Journeys
import Ledger
import Silences

/// `recount status`.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show where a data directory stands.",
    discussion: """
      JSON: directory, position, recordedAt (ledger time, null when empty), sealed (the last \
      position that is packed in a segment), events {KIND: n} or \
      null (see --count), programs [{program, version, runs, runsOfOlderVersions}], runs {active, \
      total}, timers {armed, nextDue, ofRuns, ofSilences, ofSchedules, silencesAsOf}, candidates \
      (live), batches (that are running) [{program, batch, of, startedAt, items, screened, passed, \
      limit, chosen}], unansweredEffects, views {NAME: position}, files {ledger, views, outbox} in bytes on \
      disk.
      """)

  @OptionGroup var data: DataOptions
  @Flag(help: "Count events by kind also where the ledger has more than 5 million.")
  var count = false

  func run() throws {
    let status = try DirectoryStatus(directory: data.data, alwaysCounts: count)
    if data.json {
      Output.json { status.write(to: &$0) }
    } else {
      var page = TextPage.terminal()
      status.write(to: &page)
      Output.write(Array(page.text.utf8), to: STDOUT_FILENO)
    }
  }
}

/// Where a data directory stands at one moment.
struct DirectoryStatus {
  /// Above so many events they are counted only when asked.
  private static let countLimit: UInt64 = 5_000_000
  /// The projections whose progress is told.
  private static let views = [
    "programs", "profiles", "features", "silences", "journeys", "batches", "candidates",
    "deliveries",
    "decisions", "metrics",
  ]

  let directory: String
  let end: Ledger.Head
  let programs: [ProgramsView.Entry]
  /// By kind; nil: not counted.
  private(set) var events: [(kind: EventKind, count: UInt64)]?
  private(set) var activeRuns = 0
  private(set) var runs = 0
  private(set) var runTimers = 0
  private(set) var silenceTimers = 0
  private(set) var scheduleTimers = 0
  /// Those that are running, as the views had stored them.
  private(set) var batches: [BatchRow] = []
  /// Ledger time in microseconds; nil: no timer is armed.
  private(set) var nextDue: Int64?
  private(set) var candidates = 0
  private(set) var unanswered = 0
  /// The silences are those that the views had stored at this position.
  var silencesAsOf: UInt64 { progress.first { $0.projection == "silences" }?.position ?? 0 }
  let progress: [(projection: String, position: UInt64)]
  let files: [(name: String, bytes: Int64)]
  /// The last position that is packed in a segment; 0: none is.
  let sealed: UInt64

  init(directory: String, alwaysCounts: Bool) throws {
    self.directory = directory
    files = ["ledger", "views", "outbox"].map { ($0, DiskUse.bytes(directory + "/" + $0)) }
    let view = try ProgramsView(directory: directory)
    programs = view.programs
    view.snapshot.close()
    var parts: (journeys: Journeys, candidates: Candidates, deliveries: Deliveries)?
    let snapshot = try ViewSnapshot(
      directory: directory, extraTables: ["silences", "batches", "batches.schedules"],
      alsoProgressOf: Self.views
    ) { context in
      let names = context.names
      let journeys = Journeys(
        names: names, entities: context.subjects, sink: context.timers, owner: 0)
      let made = (journeys, Candidates(names: names), Deliveries(context: context))
      parts = made
      return [made.0, made.1, made.2]
    }
    defer { snapshot.close() }
    end = snapshot.end
    sealed = try snapshot.ledger.sealedThrough
    progress = snapshot.progress
    if let parts {
      count(parts.journeys)
      count(parts.candidates)
      parts.deliveries.effects.forEach { _, row in
        if row.stage == .requested { unanswered += 1 }
      }
    }
    snapshot.forEachRow(ofTable: "silences") { reader in
      var reader = reader
      let row = SilenceRow(from: &reader)
      guard row.due > 0 else { return }
      silenceTimers += 1
      noteDue(row.due)
    }
    snapshot.forEachRow(ofTable: "batches") { reader in
      var reader = reader
      let row = BatchRow(from: &reader)
      if row.endedAt == 0 { batches.append(row) }
    }
    snapshot.forEachRow(ofTable: "batches.schedules") { reader in
      var reader = reader
      let row = ScheduleRow(from: &reader)
      guard row.due > 0 else { return }
      scheduleTimers += 1
      noteDue(row.due)
    }
    if alwaysCounts || end.position <= Self.countLimit { try count(snapshot.ledger) }
  }

  private mutating func count(_ journeys: Journeys) {
    journeys.runs.forEach { _, run in
      runs += 1
      guard run.isActive else { return }
      activeRuns += 1
      runTimers += run.timers.count
      for timer in run.timers { noteDue(timer.due) }
    }
  }

  private mutating func count(_ candidates: Candidates) {
    candidates.rows.forEach { _, row in
      let live = LiveCandidate(row, subject: "")
      if live.expiresAt > end.recordedAt { self.candidates += 1 }
    }
  }

  private mutating func count(_ ledger: Ledger) throws {
    var counts = [UInt64](repeating: 0, count: 256)
    try ledger.forEachHeader(from: 1, through: end.position) { _, header in
      counts[Int(header.kind.rawValue)] += 1
      return true
    }
    events = EventKind.allCases.map { ($0, counts[Int($0.rawValue)]) }
  }

  private mutating func noteDue(_ due: Int64) {
    nextDue = min(nextDue ?? due, due)
  }
}
