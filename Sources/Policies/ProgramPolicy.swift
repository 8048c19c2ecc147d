package import Batches
import Binding
import CBOR
package import Candidates
import CivilTime
package import Consents
package import Deliveries
package import Engine
package import Facts
package import Features
package import Items
package import Journeys
package import Ledger
package import Models
package import PendingScores
package import Profiles
import Programs
package import Silences
package import Transfers

/// Reacts to events as the programs say: runs move, triggers are decided, silence is turned into
/// events.
///
/// For one event, the runs of its subject come first, in the order in which they began; then the
/// programs that it triggers, in the order in which they were activated.
package final class ProgramPolicy: Policy {
  private let context: FoldContext
  private let programs: ProgramSet
  private let journeys: Journeys
  private let silences: Silences
  private let scope: Scope
  private let filters: FilterEvaluator
  private let evaluator: ScoreEvaluator
  private let features: Features
  private let batches: Batches
  private let removal: CandidateRemoval
  private let transfers: Transfers
  private let watchQueue: WatchQueue
  private let reports: Reports
  private let sizes: SliceSizes

  package init(
    context: FoldContext, programs: ProgramSet, scope: Scope, journeys: Journeys,
    silences: Silences, deliveries: Deliveries, profiles: Profiles, features: Features,
    models: Models, items: Items, batches: Batches,
    pendingScores: PendingScores, consents: Consents, candidates: Candidates,
    transfers: Transfers, watchQueue: WatchQueue,
    reports: Reports, sizes: SliceSizes = SliceSizes()
  ) {
    self.context = context
    self.programs = programs
    self.scope = scope
    self.journeys = journeys
    self.silences = silences
    self.features = features
    self.batches = batches
    self.transfers = transfers
    self.watchQueue = watchQueue
    self.reports = reports
    self.sizes = sizes
    filters = FilterEvaluator(
      scope: scope, deliveries: deliveries, profiles: profiles, consents: consents,
      journeys: journeys, names: context.names)
    evaluator = ScoreEvaluator(
      scope: scope, models: models, items: items, pending: pendingScores)
    removal = CandidateRemoval(
      scope: scope, candidates: candidates, programs: programs, journeys: journeys,
      filters: filters)
  }

  package func react(
    to event: Event, subject: UInt32, emitting emissions: inout Emissions
  ) {
    let type = context.names.name(.type, event.type) ?? ""
    filters.pendingSends.removeAll()
    if type == EventType.timerFired {
      fire(event, subject, type, &emissions)
      return
    }
    if type == EventType.scoreAnswered { complete(event, &emissions) }
    for number in journeys.active.row(subject)?.numbers ?? [] {
      move(number, event, subject, type, &emissions)
    }
    moveWatchers(of: event, subject, type, &emissions)
    removal.react(to: event, subject, type, &emissions)
    for binding in programs.triggered(by: type) {
      let decision = TriggerDecision(
        scope: scope, binding: binding, programs: programs, filters: filters,
        evaluator: evaluator, journeys: journeys, subject: context.subjects.bytes(of: subject),
        subjectNumber: subject, event: event, eventType: type)
      for emission in decision.emissions() { emissions.append(emission) }
    }
    for binding in programs.populations(startedBy: type) {
      start(binding, event, subject, due: nil, &emissions)
    }
  }

  /// The batches that are running, as the engine goes on with them.
  package func work() -> any SlicedWork {
    BatchRunner(
      BatchParts(
        context: context, programs: programs, scope: scope, filters: filters,
        evaluator: evaluator, journeys: journeys, features: features, batches: batches),
      sizes: sizes)
  }

  private func start(
    _ binding: ProgramBinding, _ event: Event, _ subject: UInt32, due: Int64?,
    _ emissions: inout Emissions
  ) {
    let start = BatchStart(
      context: context, scope: scope, features: features, binding: binding, event: event,
      subject: subject, due: due)
    let isRunning = due != nil && batches.isRunning(schedule: binding.program.id)
    if let emission = start.emission(isRunning: isRunning) { emissions.append(emission) }
  }

  // MARK: - Runs

  private func move(
    _ number: UInt32, _ event: Event, _ subject: UInt32, _ type: String, now: Int64? = nil,
    _ emissions: inout Emissions
  ) {
    guard let version = journeys.runs.withRow(number, { $0.version }),
      let binding = programs.binding(version: version),
      binding.concerns(type, isInput: event.kind == .input),
      let row = journeys.runs.row(number)
    else { return }
    var draft = RunDraft(row)
    let runner = runner(binding, draft, event, subject, type, now: now)
    guard runner.handle(&draft) else { return }
    for emission in draft.emissions { emissions.append(emission) }
  }

  /// Runs of other customers that watch an entity of the event, in the order in which they began:
  /// the first portion now, the others later.
  private func moveWatchers(
    of event: Event, _ subject: UInt32, _ type: String, _ emissions: inout Emissions
  ) {
    guard journeys.isAnyWatching else { return }
    let end = UInt32(journeys.runIDs.count)
    let portion = portion(of: event, type)
    let (numbers, next) = portion.runs(in: 0..<end)
    move(numbers, event, subject, type, now: event.recordedAt, &emissions)
    if next != nil {
      emissions.append(portion.emission(count: numbers.count, next: next, end: end))
    }
  }

  /// The next portion of the runs that watch an entity of an earlier event.
  private func moveMoreWatchers(
    _ data: CBORView, _ timer: Event, _ emissions: inout Emissions
  ) {
    guard let position = data.view(forKey: Field.trigger)?.uint64,
      let row = watchQueue.row(ofEvent: position), let event = context.event(position)
    else { return }
    let type = context.names.name(.type, event.type) ?? ""
    let portion = portion(of: event, type)
    let (numbers, next) = portion.runs(in: row.next..<row.end)
    let subject = context.subjects.number(of: event.record, in: event.subjectRange) ?? 0
    move(numbers, event, subject, type, now: timer.recordedAt, &emissions)
    emissions.append(portion.emission(count: numbers.count, next: next, end: row.end))
  }

  private func portion(of event: Event, _ type: String) -> WatchPortion {
    WatchPortion(
      programs: programs, journeys: journeys, names: context.names, event: event, eventType: type,
      size: sizes.watchers)
  }

  /// Moves watching runs, but those of the event's own subject, which have moved already.
  private func move(
    _ numbers: [UInt32], _ event: Event, _ subject: UInt32, _ type: String, now: Int64,
    _ emissions: inout Emissions
  ) {
    for number in numbers {
      guard let owner = journeys.runs.withRow(number, { $0.subject }), owner != subject else {
        continue
      }
      move(number, event, owner, type, now: now, &emissions)
    }
  }

  private func runner(
    _ binding: ProgramBinding, _ draft: RunDraft, _ event: Event, _ subject: UInt32,
    _ type: String, now: Int64? = nil
  ) -> JourneyRunner {
    let now = now ?? event.recordedAt
    scope.begin(binding, event: event, customer: subject, now: now)
    let bytes = context.subjects.bytes(of: subject)
    scope.take(draft, subject: bytes)
    return JourneyRunner(
      scope: scope, binding: binding, filters: filters, subject: bytes, event: event,
      eventType: type, now: now)
  }

  // MARK: - Timers

  private func fire(
    _ event: Event, _ subject: UInt32, _ type: String, _ emissions: inout Emissions
  ) {
    let data = event.payload
    switch data.text(Field.owner) {
    case Journeys.ownerName: fireRun(data, event, subject, type, &emissions)
    case PendingScores.ownerName: complete(event, &emissions)
    case Silences.ownerName: derive(event, subject, &emissions)
    case Batches.ownerName:
      guard let binding = programs.active(data.text(Field.program)) else { return }
      let due = try? RFC3339.microseconds(parsing: data.text(Field.due))
      start(binding, event, subject, due: due ?? event.recordedAt, &emissions)
    case Reports.ownerName:
      guard let binding = programs.active(data.text(Field.program)) else { return }
      let maker = ReportMaker(
        context: context, scope: scope, features: features, reports: reports, binding: binding,
        event: event, partItems: sizes.reportItems)
      if let emission = maker.emission() { emissions.append(emission) }
    case WatchQueue.ownerName: moveMoreWatchers(data, event, &emissions)
    case Transfers.ownerName: transfer(data, event, type, &emissions)
    default: break
    }
  }

  /// Completes the decision that waited for this answer or time-out, if one did.
  private func complete(_ event: Event, _ emissions: inout Emissions) {
    guard let row = evaluator.pending.ended(by: event),
      let binding = programs.binding(version: row.version),
      let trigger = context.event(row.trigger), let request = context.event(row.request)
    else { return }
    let decision = TriggerDecision(
      scope: scope, binding: binding, programs: programs, filters: filters,
      evaluator: evaluator, journeys: journeys, subject: context.subjects.bytes(of: row.subject),
      subjectNumber: row.subject, event: trigger,
      eventType: context.names.name(.type, trigger.type) ?? "", completing: event)
    for emission in decision.completion(of: row, request: request) { emissions.append(emission) }
  }

  private func fireRun(
    _ data: CBORView, _ event: Event, _ subject: UInt32, _ type: String,
    _ emissions: inout Emissions
  ) {
    guard let number = journeys.number(ofRun: data.text(Field.runId)),
      let row = journeys.runs.row(number), row.isActive,
      let binding = programs.binding(version: row.version),
      let slot = data.view(forKey: Field.slot)?.uint64.flatMap({ UInt32(exactly: $0) })
    else { return }
    var draft = RunDraft(row)
    var runner = runner(binding, draft, event, subject, type)
    let due = try? RFC3339.microseconds(parsing: data.text(Field.due))
    runner.fire(slot: slot, due: due ?? event.recordedAt, &draft)
    for emission in draft.emissions { emissions.append(emission) }
  }

  private func transfer(
    _ data: CBORView, _ event: Event, _ type: String, _ emissions: inout Emissions
  ) {
    guard let row = transfers.transfer(of: data.text(Field.program)) else { return }
    let transfer = RunTransfer(
      scope: scope, programs: programs, journeys: journeys, filters: filters,
      subjects: context.subjects, event: event, eventType: type)
    for emission in transfer.emissions(row) { emissions.append(emission) }
  }

  private func derive(_ event: Event, _ subject: UInt32, _ emissions: inout Emissions) {
    guard let derived = silences.derivation(of: event, subject: subject) else { return }
    emissions.append(
      Emission(
        kind: .decision, type: derived.type, program: derived.program,
        subject: context.subjects.bytes(of: subject), payload: derived.data.encoded()))
  }
}
