import CBOR
package import Catalog
import CivilTime
package import Engine
package import Ledger
import Programs

/// When the reports of active programs are due, and how far those have come that are being made: a
/// fold over activations, `timer.fired` and `report.*`.
///
/// A report goes through its items in parts, each at a timer a microsecond after the last, so that
/// under the machine's clock what else has come goes between them.
package final class Reports: Projection {
  enum Role {
    case activated, deactivated, timer, sliced, made
  }

  /// Slots of timers: the schedule's, and that of the next part.
  private static let schedule: UInt32 = 0
  private static let part: UInt32 = 1

  package let name = "reports"
  package let version = "1"
  /// By program, 0 and id.
  private let ids = EntityTable(name: "reports.ids")
  package let rows = Table<ReportRow>(name: "reports")
  private let context: FoldContext
  private let catalog: Catalog
  private let owner: UInt8
  private var roles: RoleMap<Role>
  /// Whether some wait for the ledger's first time, as schedules do: see ``Batches``.
  private var hasUnarmed = false {
    didSet { if hasUnarmed != oldValue { context.concernsChanged = true } }
  }

  /// - Parameter owner: The number under which it sets timers.
  package init(context: FoldContext, catalog: Catalog, owner: UInt8) {
    self.context = context
    self.catalog = catalog
    self.owner = owner
    roles = RoleMap(names: context.names) { Self.role(of: $0) }
  }

  package var tables: [any StoredTable] { [ids, rows] }

  package func concerns(type: String) -> Bool { hasUnarmed || Self.role(of: type) != nil }

  private static func role(of type: String) -> Role? {
    switch type {
    case EventType.programActivated: .activated
    case EventType.programDeactivated: .deactivated
    case EventType.timerFired: .timer
    case EventType.reportSliced: .sliced
    case EventType.reportMade: .made
    default: nil
    }
  }

  package func reset() {
    roles.removeAll()
    hasUnarmed = false
    rows.forEach { _, row in
      if row.isUnarmed { hasUnarmed = true }
    }
  }

  /// The report of a program with this id; nil: there is none.
  package func row(_ program: String, _ report: String) -> ReportRow? {
    ids.number(of: Self.key(program, report)).flatMap { rows.row($0) }
  }

  private static func key(_ program: String, _ report: String) -> [UInt8] {
    Array(program.utf8) + [0] + Array(report.utf8)
  }

  // MARK: - The fold

  package func project(_ event: Event, subject: UInt32) {
    if hasUnarmed, event.recordedAt > 0 { armAll(at: event) }
    guard let role = roles.role(ofType: event.type) else { return }
    let data = event.payload
    switch role {
    case .activated:
      stop(data.text(Field.program))
      begin(event, data.text(Field.program))
    case .deactivated: stop(data.text(Field.program))
    case .timer: goOn(event, data)
    case .sliced: slice(event, data)
    case .made: finish(event, data)
    }
  }

  private func begin(_ event: Event, _ program: String) {
    for report in catalog.program(activatedAt: event.position)?.reports ?? [] {
      let number = ids.intern(Self.key(program, report.id))
      var row = ReportRow(program: program, report: report.id, activation: event.position)
      row.made = rows.row(number)?.made ?? []
      if event.recordedAt > 0 {
        row.due = report.schedule.next(after: event.recordedAt) ?? 0
        row.setBy = event.position
      } else {
        hasUnarmed = true
      }
      set(row, number)
    }
  }

  /// No report of the program is due any more; one that is being made is given up.
  private func stop(_ program: String) {
    var numbers: [UInt32] = []
    rows.forEach { number, row in
      if row.program == program, row.activation != 0 { numbers.append(number) }
    }
    for number in numbers {
      _ = rows.update(number) { row in
        var next = ReportRow(program: program, report: row.report, activation: 0)
        next.made = row.made
        row = next
      }
    }
  }

  private func armAll(at event: Event) {
    hasUnarmed = false
    var waiting: [(number: UInt32, row: ReportRow)] = []
    rows.forEach { number, row in
      if row.isUnarmed { waiting.append((number, row)) }
    }
    for (number, row) in waiting {
      var row = row
      row.due = schedule(row)?.next(after: event.recordedAt) ?? 0
      row.setBy = event.position
      set(row, number)
    }
  }

  private func schedule(_ row: ReportRow) -> Program.Schedule? {
    catalog.program(activatedAt: row.activation)?.reports.first { $0.id == row.report }?.schedule
  }

  /// Sets the next timer of a schedule whose timer has fired.
  private func goOn(_ event: Event, _ data: CBORView) {
    guard data.text(Field.owner) == Self.ownerName, data.view(forKey: "next") == nil,
      let number = ids.number(of: Self.key(data.text(Field.program), data.text("report"))),
      var row = rows.row(number), let schedule = schedule(row)
    else { return }
    let last = schedule.missed == .all ? row.due : max(row.due, event.recordedAt)
    row.due = schedule.next(after: last) ?? 0
    row.setBy = event.position
    set(row, number)
  }

  private func slice(_ event: Event, _ data: CBORView) {
    guard let number = ids.number(of: Self.key(data.text(Field.program), data.text("report"))),
      var row = rows.row(number)
    else { return }
    row.madeDue = (try? RFC3339.microseconds(parsing: data.text(Field.due))) ?? 0
    row.next = data.view(forKey: "next")?.uint64 ?? 0
    row.end = data.view(forKey: Field.items)?.uint64 ?? 0
    row.found = data.view(forKey: "found")?.uint64 ?? 0
    row.lines = ReportLine.list(in: data)
    row.partDue = event.recordedAt + 1
    row.partSetBy = event.position
    rows.set(number, row)
    armPart(row, number, in: context.timers)
  }

  private func finish(_ event: Event, _ data: CBORView) {
    guard let number = ids.number(of: Self.key(data.text(Field.program), data.text("report")))
    else { return }
    _ = rows.update(number) { row in
      row.made.append(event.position)
      row.madeDue = 0
      row.next = 0
      row.end = 0
      row.partDue = 0
      row.partSetBy = 0
      row.found = 0
      row.lines = []
    }
  }

  private func set(_ row: ReportRow, _ number: UInt32) {
    rows.set(number, row)
    armNext(row, number, in: context.timers)
  }

  private func armNext(_ row: ReportRow, _ number: UInt32, in sink: TimerSink) {
    guard row.due != 0 else { return }
    arm(row.due, row.setBy, number, Self.schedule, in: sink)
  }

  private func armPart(_ row: ReportRow, _ number: UInt32, in sink: TimerSink) {
    guard row.isBeingMade else { return }
    arm(row.partDue, row.partSetBy, number, Self.part, in: sink)
  }

  private func arm(
    _ due: Int64, _ setBy: UInt64, _ number: UInt32, _ slot: UInt32, in sink: TimerSink
  ) {
    sink.queue.insert(
      Timer(due: due, setBy: setBy, ordinal: slot, owner: owner, item: number, slot: slot))
  }
}

extension Reports: TimerOwner {
  /// How `timer.fired` names these timers' owner.
  package static let ownerName = "report"

  package func armAll(in sink: TimerSink) {
    rows.forEach { number, row in
      armNext(row, number, in: sink)
      armPart(row, number, in: sink)
    }
  }

  package func firing(of timer: Timer) -> TimerFiring? {
    guard let row = rows.row(timer.item) else { return nil }
    let isPart = timer.slot == Self.part
    let (due, setBy) = isPart ? (row.partDue, row.partSetBy) : (row.due, row.setBy)
    guard due == timer.due, setBy == timer.setBy, setBy != 0 else { return nil }
    var fields: [(String, CBORValue)] = [
      ("owner", .text(Self.ownerName)), ("program", .text(row.program)),
      ("report", .text(row.report)), ("due", .text(RFC3339.string(microseconds: due))),
    ]
    if isPart { fields.append(("next", .unsigned(row.next))) }
    let words = isPart ? "/\(row.partSetBy)" : ""
    return TimerFiring(
      owner: "\(row.program)/report/\(row.report)\(words)", program: row.program, subject: [],
      payload: CBORValue.object(fields).encoded())
  }
}
