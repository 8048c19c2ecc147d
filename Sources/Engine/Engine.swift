import CBOR
import CivilTime
package import Ledger

/// How an engine works.
package struct EngineOptions: Sendable {
  /// Changed rows at which the views are flushed. Larger batches are cheaper a row; the events behind
  /// them are folded again after a kill (measured: 141,804 events in 0.4 s).
  package var flushRows = 262_144
  /// Rows that a commit encodes at least of a flush under way, so that none takes long.
  package var gatheredRows = 512
  /// How the indexes over all events are kept: by id, and by subject.
  package var runs = RunOptions()
  /// Whether their runs are merged on a thread of their own; otherwise within the flush.
  package var mergesInBackground = true

  package init() {}
}

/// Turns: appends inputs, projects them, lets policies react, fires timers, commits.
///
/// Everything here runs on one thread. No clock is read: time comes with the turn or from the
/// events. A turn is one transaction of the ledger: an input is on disk together with all that it
/// caused, or not at all.
package final class Engine {
  package let context: FoldContext
  let ledger: Ledger
  let views: ViewStore
  let projections: [any Projection]
  let policies: [any Policy]
  let timerOwners: [any TimerOwner]
  /// What is done in slices between turns; nil: nothing is.
  let work: (any SlicedWork)?
  let identities: Identities
  let bySubject: SubjectIndex
  /// Where runs are merged; nil: in the flush.
  let background: BackgroundWork?
  let options: EngineOptions

  /// The present turn: events not yet committed, how deep in a cascade each is, their bodies.
  var pending: [Event] = []
  var depths: [UInt8] = []
  var blobs: [Blob] = []
  /// The next of `pending` to be projected.
  var cursor = 0
  /// The end of the ledger with the open turn.
  package internal(set) var position: UInt64 = 0
  var ledgerTime: Int64 = 0
  /// By type number: the projections that are shown events of that type.
  var concerned: [[Int]?] = []
  var emissions = Emissions()
  /// Effects requested since they were last taken.
  var requested: [Event] = []
  /// Decisions made since the engine was opened.
  package internal(set) var decisionCount = 0
  /// Why the engine works no more; nil: it does.
  package internal(set) var stopped: EngineStopped?
  /// Why the last flush of the views failed; nil: it did not.
  package internal(set) var flushFailure: String?
  /// The flush of the views under way; nil: there is none.
  var underWay: FlushUnderWay?
  /// Rows that had changed at the last commit.
  var lastChangedRows = 0
  /// Every table that is stored in `views/`.
  let allTables: [any StoredTable]
  /// Inputs that wait for the next turn's time: the first activations of a new directory.
  var waiting: [Input] = []
  /// Whether they are in the present turn; its commit ends their wait.
  var isWaitingAdmitted = false

  /// Opens the views over `ledger`, and folds what they lack.
  /// - Parameters:
  ///   - projections: In the order in which each event is shown to them.
  ///   - timerOwners: By owner number.
  ///   - work: What is done in slices between turns.
  package init(
    ledger: Ledger, views: ViewStore, context: FoldContext, projections: [any Projection],
    policies: [any Policy], timerOwners: [any TimerOwner], work: (any SlicedWork)? = nil,
    options: EngineOptions = EngineOptions()
  ) throws {
    self.ledger = ledger
    self.views = views
    self.context = context
    self.projections = projections
    self.policies = policies
    self.timerOwners = timerOwners
    self.work = work
    self.options = options
    background = options.mergesInBackground ? BackgroundWork() : nil
    identities = Identities(options: options.runs, background: background)
    bySubject = SubjectIndex(options: options.runs, background: background)
    let own: [any StoredTable] = [context.subjects, identities, bySubject]
    allTables = own + projections.flatMap(\.tables)
    context.event = { [unowned self] in event(at: $0) }
    context.blob = { [unowned self] in blob(at: $0) }
    context.history = { [unowned self] in forEachEvent(before: $0, $1) }
    try recover()
  }

  /// The names of the projections, in the order in which events are shown to them.
  package var projectionNames: [String] { projections.map(\.name) }

  /// Events of the open turn.
  package var uncommittedCount: Int { pending.count }

  /// The end of what is committed.
  package var committed: Ledger.Head { ledger.end }

  /// Processes `inputs` in one turn and commits it with all its consequences.
  /// - Parameter commits: false leaves the turn open for the next call: for simulations, whose world
  ///   ends with the process.
  /// - Returns: What became of each input, in order.
  /// - Throws: ``LedgerError``: nothing of the turn is in the ledger, and the state is as before; if
  ///   it cannot be restored, the engine throws ``EngineStopped`` from then on. A turn that grows beyond ``largeTurn`` events is committed in parts, each ending with all that
  ///   its last input caused; the parts before the failure stay, and trying again finds them.
  package func turn(
    _ inputs: [Input], clock: TurnClock, commits: Bool = true
  ) throws -> [Receipt] {
    try checkIsWorking()
    var receipts: [Receipt] = []
    receipts.reserveCapacity(inputs.count)
    if case .wall(let now) = clock {
      let time = max(now, ledgerTime)
      try fireTimers(until: time, recordedAt: { _ in time }, finishesWork: false)
      admitWaiting(at: time)
    } else {
      // What a kill has interrupted.
      try continueWork(all: true)
    }
    for input in inputs {
      let id = EventID(source: input.source, externalID: input.externalID)
      // What is known already moves no clock: nothing of it enters the ledger.
      if let receipt = receiptIfKnown(input, id) {
        receipts.append(receipt)
        continue
      }
      let time: Int64
      switch clock {
      case .wall(let now):
        time = max(now, ledgerTime)
        try fireTimers(until: time, recordedAt: { _ in time }, finishesWork: false)
      case .event:
        time = max(input.occurredAt ?? ledgerTime, ledgerTime)
        try fireTimers(until: time, recordedAt: { $0 }, finishesWork: true)
      }
      admitWaiting(at: time)
      receipts.append(accept(input, id, at: time))
      try continueWork(all: clock == .event)
      try commitIfLarge()
    }
    if commits { try commit() }
    return receipts
  }

  /// Moves the event clock to `time` and fires what becomes due, at most `limit` timers.
  /// - Returns: How many were fired; fewer than `limit`: all that are due.
  package func advance(
    to time: Int64, limit: Int = 4_096, commits: Bool = true
  ) throws -> Int {
    try checkIsWorking()
    try continueWork(all: true)
    let fired = try fireTimers(
      until: time, recordedAt: { $0 }, limit: limit, finishesWork: true)
    if commits { try commit() }
    return fired
  }

  /// When the next timer that is still set is due, or nil.
  package func nextTimer() -> Int64? {
    dropStaleTimers()
    return context.timers.queue.first?.due
  }

  /// Whether effects were requested that nobody has taken yet.
  package var hasRequestedEffects: Bool { !requested.isEmpty }

  /// The effects that were committed since the last call, in order: what the outbox carries out.
  package func takeEffects() -> [Event] {
    let end = ledger.end.position
    let split = requested.firstIndex { $0.position > end } ?? requested.count
    defer { requested.removeFirst(split) }
    return Array(requested[..<split])
  }

  /// The effects that were requested since the last call, committed or not: what a simulated world
  /// sees.
  package func takeRequestedEffects() -> [Event] {
    defer { requested.removeAll() }
    return requested
  }

  /// Holds `input` until the next turn's time is known: control events of a new directory.
  package func holdForFirstTurn(_ input: Input) {
    waiting.append(input)
  }

  private func admitWaiting(at time: Int64) {
    guard !waiting.isEmpty, !isWaitingAdmitted else { return }
    isWaitingAdmitted = true
    for input in waiting {
      let id = EventID(source: input.source, externalID: input.externalID)
      _ = accept(input, id, at: time)
    }
  }

  // MARK: - Inputs

  /// Whether an event with the input's source and id is there already.
  package func knows(_ input: Input) -> Bool {
    knownEvent(with: EventID(source: input.source, externalID: input.externalID)) != nil
  }

  /// What to answer where an event with this id is there already.
  private func receiptIfKnown(_ input: Input, _ id: EventID) -> Receipt? {
    guard let known = knownEvent(with: id) else { return nil }
    let field = difference(of: input, from: known)
    return field.map { .conflict(position: known.position, field: $0) }
      ?? .duplicate(position: known.position)
  }

  private func accept(_ input: Input, _ id: EventID, at time: Int64) -> Receipt {
    ledgerTime = max(ledgerTime, time)
    let time = ledgerTime
    let type = typeNumber(of: input.type)
    let program = input.program.isEmpty ? 0 : programNumber(of: input.program)
    let first = pending.count
    append(
      header: { position in
        EventHeader(
          kind: input.kind, type: type, recordedAt: time,
          occurredAt: input.occurredAt ?? time, cause: 0, root: position, id: id,
          program: program)
      }, subject: input.subject, source: input.source, externalID: input.externalID,
      payload: input.payload, depth: 0)
    identities.insert(id, at: position)
    if let blob = input.blob { blobs.append(Blob(position: position, bytes: blob)) }
    cascade()
    return .appended(
      position: pending[first].position, decisions: pending[first...].filter { isDecision($0) })
  }

  func isDecision(_ event: Event) -> Bool {
    event.kind == .decision && event.type == decisionType
  }

  private var decisionType: UInt32? { context.names.number(.type, EventType.decisionMade) }

  private func knownEvent(with id: EventID) -> Event? {
    var known: Event?
    _ = identities.position(of: id) { position in
      guard let event = event(at: position), event.header.id == id else { return false }
      known = event
      return true
    }
    return known
  }

  /// The first field in which `input` differs from the event that has its id; nil: none. What was
  /// looked up for either of them does not count.
  private func difference(of input: Input, from event: Event) -> String? {
    if context.names.name(.type, event.type) != input.type { return "type" }
    let bytes = event.record.rawSpan
    if !bytes.matches(event.subjectRange, input.subject.rawSpan) { return "subject" }
    if let time = input.occurredAt, time != event.header.occurredAt { return "time" }
    if !bytes.matches(event.payloadRange, input.payload.rawSpan),
      !ResolvedField.areEqualWithout(event.payload, CBORView(storage: input.payload))
    {
      return "data"
    }
    if !bytes.matches(event.sourceRange, input.source.rawSpan) { return "source" }
    return nil
  }
}
