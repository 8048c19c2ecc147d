import Binding
import CBOR
import Engine
import Expressions
import Facts
import Journeys
import Ledger
import Programs
import Transfers

/// Moves or ends the runs in flight of a program, a portion at a time.
struct RunTransfer {
  /// Runs that one portion moves at most, and rows that it looks at.
  static let portion = 500
  static let scanned = 20_000

  let scope: Scope
  let programs: ProgramSet
  let journeys: Journeys
  let filters: FilterEvaluator
  let subjects: EntityTable
  let event: Event
  let eventType: String

  /// The events of the next portion of `transfer`, and the one that says how far it came.
  func emissions(_ transfer: TransferRow) -> [Emission] {
    var emissions: [Emission] = []
    var moved: UInt64 = 0
    var ended: UInt64 = 0
    let end = UInt32(journeys.runIDs.count)
    var next = transfer.next
    let last = min(end, next + UInt32(Self.scanned))
    while next < last, moved + ended < Self.portion {
      defer { next += 1 }
      guard let row = journeys.runs.row(next), row.isActive, row.program == transfer.program,
        row.version != transfer.version
      else { continue }
      var draft = RunDraft(row)
      if move(&draft, transfer) { moved += 1 } else { ended += 1 }
      emissions += draft.emissions
    }
    var fields: [(String, CBORValue)] = [
      ("program", .text(transfer.program)), ("activation", .unsigned(transfer.activation)),
      ("inFlight", .text(transfer.mode)), ("moved", .unsigned(moved)), ("ended", .unsigned(ended)),
    ]
    if next < end { fields.append(("next", .unsigned(UInt64(next)))) }
    emissions.append(
      Emission(
        kind: .decision, type: EventType.runsTransferred, program: transfer.program, subject: [],
        payload: CBORValue.object(fields).encoded()))
    return emissions
  }

  /// - Returns: Whether the run goes on.
  private func move(_ draft: inout RunDraft, _ transfer: TransferRow) -> Bool {
    let old = programs.binding(version: draft.row.version)
    if transfer.mode == "migrate", let new = programs.binding(version: transfer.version) {
      if new.program.journey.stateIndex(named: draft.row.state) != nil {
        begin(new, draft)
        runner(new, draft).adopt(&draft, from: old?.program)
        return true
      }
      end(&draft, old, reason: "state-missing")
      return false
    }
    end(&draft, old, reason: transfer.version.isEmpty ? "deactivated" : "superseded")
    return false
  }

  private func end(_ draft: inout RunDraft, _ old: ProgramBinding?, reason: String) {
    // Runs of a version that this binary does not accept have no journey to ask.
    guard let binding = old ?? programs.active(draft.row.program) else { return }
    begin(binding, draft)
    runner(binding, draft).end(&draft, exit: "superseded", reason: reason)
  }

  private func begin(_ binding: ProgramBinding, _ draft: RunDraft) {
    scope.begin(binding, event: event, customer: draft.row.subject, now: event.recordedAt)
    scope.take(draft, subject: subjects.bytes(of: draft.row.subject))
  }

  private func runner(_ binding: ProgramBinding, _ draft: RunDraft) -> JourneyRunner {
    JourneyRunner(
      scope: scope, binding: binding, filters: filters,
      subject: subjects.bytes(of: draft.row.subject), event: event, eventType: eventType)
  }
}
