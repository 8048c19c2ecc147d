import CBOR
package import Catalog
import CivilTime
package import Engine
package import Ledger
import Programs
package import TimeZones

/// The schedules of the active programs, and every batch with its progress: a fold over activations,
/// `timer.fired`, `batch.*` and the decisions that batches cause.
package final class Batches: Projection {
  enum Role {
    case activated, deactivated, timer, started, sliced, completed, decision, loaded
  }

  package let name = "batches"
  package let version = "2"
  /// Batches by number, in the order in which they began.
  package let rows = Table<BatchRow>(name: "batches")
  /// Numbers of the batches that are not over, in the order in which they began.
  package private(set) var running: [UInt32] = []
  /// Counts how often the tables were opened: what others derived from them is void after that.
  package private(set) var generation = 0
  private let ids = EntityTable(name: "batches.ids")
  /// What passed in each slice of a batch that ranks; gone when the batch is over.
  private let passed = Table<PassedRow>(name: "batches.passed")
  let programNames = EntityTable(name: "batches.programs")
  let schedules = Table<ScheduleRow>(name: "batches.schedules")
  let context: FoldContext
  let catalog: Catalog
  let timeZones: TimeZones
  /// The number under which it sets timers.
  package let owner: UInt8
  private var roles: RoleMap<Role>
  /// Whether schedules wait for the first time of the ledger: they were activated at time 0, which is
  /// that of a new directory under the event clock before an input has told one.
  var hasUnarmed = false {
    didSet { if hasUnarmed != oldValue { context.concernsChanged = true } }
  }

  /// - Parameter owner: The number under which it sets timers.
  package init(context: FoldContext, catalog: Catalog, timeZones: TimeZones, owner: UInt8) {
    self.context = context
    self.catalog = catalog
    self.timeZones = timeZones
    self.owner = owner
    roles = RoleMap(names: context.names) { Self.role(of: $0) }
  }

  package var tables: [any StoredTable] { [rows, ids, passed, programNames, schedules] }

  package func concerns(type: String) -> Bool { hasUnarmed || Self.role(of: type) != nil }

  private static func role(of type: String) -> Role? {
    switch type {
    case EventType.programActivated: .activated
    case EventType.programDeactivated: .deactivated
    case EventType.timerFired: .timer
    case EventType.batchStarted: .started
    case EventType.batchSliced: .sliced
    case EventType.batchCompleted: .completed
    case EventType.decisionMade: .decision
    case EventType.referenceLoaded: .loaded
    default: nil
    }
  }

  package func reset() {
    generation += 1
    roles.removeAll()
    running = []
    rows.forEach { number, row in
      if row.endedAt == 0 { running.append(number) }
    }
    hasUnarmed = false
    schedules.forEach { _, row in
      if row.isUnarmed { hasUnarmed = true }
    }
  }

  // MARK: - Reading

  /// The number of the batch with this id, or nil.
  package func number(of id: String) -> UInt32? {
    ids.number(of: Array(id.utf8))
  }

  /// The items of a slice that passed; the row of the batch names the chunks, in the order of the
  /// slices.
  package func passed(inChunk chunk: UInt32) -> [PassedRow.Item] {
    passed.withRow(chunk) { $0.list } ?? []
  }

  /// Whether a batch that the schedule of `program` started is not over.
  package func isRunning(schedule program: String) -> Bool {
    running.contains { number in
      rows.withRow(number) { $0.isScheduled && $0.program == program } ?? false
    }
  }

  /// Whether a slice at a position belongs to a batch that a schedule started after `start`.
  package func isScheduled(sliceAt position: UInt64, after start: UInt64) -> Bool {
    guard let event = context.event(position),
      context.names.name(.type, event.type) == EventType.batchSliced,
      let number = number(of: event.payload.text(Field.batch))
    else { return false }
    return rows.withRow(number) { $0.isScheduled && $0.position > start } ?? false
  }

  // MARK: - The fold

  package func project(_ event: Event, subject: UInt32) {
    if hasUnarmed, event.recordedAt > 0 { armAll(at: event) }
    guard let role = roles.role(ofType: event.type) else { return }
    switch role {
    case .decision: count(event)
    case .activated: schedule(event)
    case .deactivated: unschedule(event)
    case .timer: goOn(event)
    case .started: start(event, event.payload)
    case .sliced: slice(event, event.payload)
    case .completed: complete(event, event.payload)
    case .loaded: planAnew(event)
    }
  }

  private func start(_ event: Event, _ data: CBORView) {
    let id = data.text(Field.batch)
    let number = ids.intern(Array(id.utf8))
    var row = BatchRow(
      id: id, program: data.text(Field.program), version: data.text(Field.version),
      position: event.position, cause: event.header.cause, startedAt: event.recordedAt)
    row.isScheduled = data.view(forKey: Field.due) != nil
    row.entity = data.text(Field.of) == "customers" ? "" : data.text(Field.of)
    row.first = data.view(forKey: Field.first)?.uint64.flatMap { UInt32(exactly: $0) }
    row.items = data.view(forKey: Field.items)?.uint64 ?? 0
    row.isRanked = data.view(forKey: Field.ranked)?.bool ?? false
    row.limit = data.view(forKey: Field.limit)?.uint64 ?? .max
    rows.set(number, row)
    running.append(number)
  }

  private func slice(_ event: Event, _ data: CBORView) {
    guard let number = self.number(of: data.text(Field.batch)) else { return }
    let list = PassedRow.list(in: data)
    let chunk = list.isEmpty ? nil : nextChunk
    if let chunk { passed.set(chunk, PassedRow(list)) }
    _ = rows.update(number) { row in
      row.slices += 1
      row.lastSlice = event.position
      if let chunk { row.chunks.append(chunk) }
      let first = data.view(forKey: Field.from)?.uint64 ?? 0
      let last = data.view(forKey: Field.through)?.uint64 ?? 0
      guard data.text(Field.phase) == BatchPhase.screen.rawValue else {
        row.chosen += last - first + 1
        return
      }
      row.screened = last + 1
      data.view(forKey: Field.counts)?.forEachEntry { word, count in
        row.verdicts.add(word.string ?? "", count.uint64 ?? 0)
      }
      data.view(forKey: Field.rejected)?.forEachEntry { filter, count in
        row.rejected.add(filter.string ?? "", count.uint64 ?? 0)
      }
      let count = data.view(forKey: Field.counts)?.view(forKey: "passed")?.uint64 ?? 0
      row.passed += count
      if !row.isRanked { row.chosen += count }
    }
  }

  /// Chunks are numbered within the batches that are not over, so that the numbers stay small.
  private var nextChunk: UInt32 {
    let last = running.compactMap { rows.row($0)?.chunks.last }.max()
    return last.map { $0 + 1 } ?? 0
  }

  private func complete(_ event: Event, _ data: CBORView) {
    guard let number = number(of: data.text(Field.batch)) else { return }
    for chunk in rows.row(number)?.chunks ?? [] { passed.remove(chunk) }
    _ = rows.update(number) { row in
      row.endedAt = event.recordedAt
      row.chunks = []
    }
    running.removeAll { $0 == number }
  }

  /// Counts a decision that the last slice of a batch has caused.
  private func count(_ event: Event) {
    guard !running.isEmpty else { return }
    for number in running {
      let isOurs =
        rows.withRow(number) {
          $0.lastSlice == event.header.cause
            && context.names.number(.program, $0.program) == event.header.program
        } ?? false
      guard isOurs else { continue }
      let outcome = event.payload.text(Field.outcome)
      let level = event.payload.text(Field.level)
      _ = rows.update(number) { row in
        row.outcomes.add(outcome)
        if !level.isEmpty, outcome == "eligible" || outcome == "held-out" { row.levels.add(level) }
      }
    }
  }
}

/// What a slice is about.
package enum BatchPhase: String, Sendable {
  /// Items are looked at, in the order of their numbers.
  case screen
  /// Those that passed are decided in full, in the order of their ranks.
  case decide
}
