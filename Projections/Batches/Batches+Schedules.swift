import CBOR
import Catalog
import CivilTime
package import Engine
import Ledger
import Programs
import TimeZones

/// When schedules are due.
extension Batches {
  func schedule(_ event: Event) {
    let program = event.payload.text(Field.program)
    guard let schedule = catalog.program(activatedAt: event.position)?.schedule else {
      return unschedule(event)
    }
    let number = programNames.intern(Array(program.utf8))
    guard event.recordedAt > 0 else {
      hasUnarmed = true
      let row = ScheduleRow(program: program, activation: event.position, due: 0, setBy: 0)
      return schedules.set(number, row)
    }
    let due = moment(of: schedule, after: event.recordedAt, at: event.position)
    let row = ScheduleRow(
      program: program, activation: event.position, due: due, setBy: event.position)
    arm(row, number)
  }

  /// Arms the schedules that waited for a time, which this event is the first to have.
  func armAll(at event: Event) {
    hasUnarmed = false
    var waiting: [(number: UInt32, row: ScheduleRow)] = []
    schedules.forEach { number, row in
      if row.isUnarmed { waiting.append((number, row)) }
    }
    for (number, row) in waiting {
      var row = row
      row.due =
        catalog.program(activatedAt: row.activation)?.schedule.map {
          moment(of: $0, after: event.recordedAt, at: event.position)
        } ?? 0
      row.setBy = event.position
      arm(row, number)
    }
  }

  private func arm(_ row: ScheduleRow, _ number: UInt32) {
    schedules.set(number, row)
    if row.due != 0 { context.timers.queue.insert(timer(row, number)) }
  }

  private func timer(_ row: ScheduleRow, _ number: UInt32) -> Timer {
    Timer(due: row.due, setBy: row.setBy, ordinal: 0, owner: owner, item: number, slot: 0)
  }

  func unschedule(_ event: Event) {
    let program = event.payload.text(Field.program)
    guard let number = programNames.number(of: Array(program.utf8)) else { return }
    _ = schedules.update(number) { row in
      row.activation = 0
      row.due = 0
    }
  }

  /// Sets the next timer of a schedule whose timer has fired.
  func goOn(_ event: Event) {
    let data = event.payload
    guard data.text(Field.owner) == Self.ownerName,
      let number = programNames.number(of: Array(data.text(Field.program).utf8)),
      var row = schedules.row(number),
      let schedule = catalog.program(activatedAt: row.activation)?.schedule
    else { return }
    let last = schedule.missed == .all ? row.due : max(row.due, event.recordedAt)
    row.due = moment(of: schedule, after: last, at: event.position)
    row.setBy = event.position
    arm(row, number)
  }

  /// Plans the schedules that go by the ledger's rules anew where rules of time zones were loaded:
  /// from now on they go by those.
  func planAnew(_ event: Event) {
    guard event.payload.view(forKey: Field.kind)?.textEquals(Self.zonesKind) == true else { return }
    var changed: [(UInt32, ScheduleRow)] = []
    schedules.forEach { number, row in
      guard row.activation != 0, !row.isUnarmed,
        let schedule = catalog.program(activatedAt: row.activation)?.schedule,
        schedule.usesLedgerZone
      else { return }
      let due = moment(of: schedule, after: event.recordedAt, at: event.position)
      // What is due and has not fired yet was planned by the rules of its time.
      guard due != row.due, row.due == 0 || row.due > event.recordedAt else { return }
      var row = row
      row.due = due
      row.setBy = event.position
      changed.append((number, row))
    }
    for (number, row) in changed { arm(row, number) }
  }

  private static let zonesKind = Array(TimeZoneBody.kind.utf8)

  /// The first moment of a schedule after `time`, by the rules in force at a position; 0: none, or
  /// its zone has no rules yet.
  private func moment(
    of schedule: Program.Schedule, after time: Int64, at position: UInt64
  ) -> Int64 {
    guard schedule.usesLedgerZone else { return schedule.next(after: time) ?? 0 }
    guard let zone = timeZones.table(schedule.timeZone, at: position) else { return 0 }
    return schedule.next(after: time, ledgerZone: zone) ?? 0
  }
}

extension Batches: TimerOwner {
  /// How `timer.fired` names these timers' owner.
  package static let ownerName = "schedule"

  package func armAll(in sink: TimerSink) {
    schedules.forEach { number, row in
      if row.due != 0 { sink.queue.insert(timer(row, number)) }
    }
  }

  package func firing(of timer: Timer) -> TimerFiring? {
    guard let row = schedules.row(timer.item), row.due == timer.due, row.setBy == timer.setBy
    else { return nil }
    let payload: CBORValue = [
      "owner": .text(Self.ownerName), "program": .text(row.program),
      "due": .text(RFC3339.string(microseconds: row.due)),
    ]
    return TimerFiring(
      owner: "\(row.program)/schedule", program: row.program, subject: [],
      payload: payload.encoded())
  }
}
