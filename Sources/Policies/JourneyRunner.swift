import Binding
import CBOR
import CivilTime
import Deliveries
import Engine
import Expressions
import Facts
import Journeys
import Ledger
import Programs

/// Moves runs through their statecharts, for the length of one event.
///
/// Everything that happens becomes an event in the draft: moves, requests, withheld sends.
struct JourneyRunner {
  /// Steps of `always` after one event, so that a chart that never rests is cut short.
  static let alwaysLimit = 16

  let scope: Scope
  let binding: ProgramBinding
  let filters: FilterEvaluator
  /// The run's customer.
  let subject: [UInt8]
  let event: Event
  let eventType: String
  let now: Int64
  /// Whether a timer came later than its step allows: its sends are withheld.
  var isLate = false
  /// When the sends of this event were planned for.
  var planned: Int64

  private var program: Program { binding.program }
  private var journey: Program.Journey { binding.program.journey }

  /// - Parameter now: Ledger time, where the event came earlier; nil: its own.
  init(
    scope: Scope, binding: ProgramBinding, filters: FilterEvaluator, subject: [UInt8],
    event: Event, eventType: String, now: Int64? = nil
  ) {
    self.scope = scope
    self.binding = binding
    self.filters = filters
    self.subject = subject
    self.event = event
    self.eventType = eventType
    self.now = now ?? event.recordedAt
    planned = self.now
  }

  // MARK: - Start

  /// Starts the run of `draft` in the first state.
  func start(_ draft: inout RunDraft, startFields: [(String, CBORValue)]) {
    draft.facts.isActive = true
    draft.facts.startedAt = now
    assign(journey.set, &draft)
    let place = draft.emissions.count
    enter(journey.start, &draft)
    draft.newTimers += runTimers(&draft)
    let effects = draft.emissions[place...]
    draft.emissions.removeSubrange(place...)
    draft.emit(
      .decision, EventType.runStarted, subject: subject,
      startFields + [
        ("state", .text(draft.row.state)), ("set", draft.takeChanges()),
        ("timers", draft.takeTimers()),
      ] + watching(&draft))
    draft.emissions += effects
    settle(&draft)
  }

  // MARK: - Moves

  /// Lets the run answer to the event: exits first, then the state's handlers, then the journey's.
  /// - Returns: Whether anything was done.
  func handle(_ draft: inout RunDraft) -> Bool {
    let isInput = event.kind == .input
    for exit in journey.exits {
      let concerns = exit.types.contains(eventType) || (exit.isAskedForAnyInput && isInput)
      guard concerns, holds(exit.when, draft) else { continue }
      leave(exit.index, &draft, reason: eventType)
      return true
    }
    guard let index = journey.stateIndex(named: draft.row.state) else { return false }
    let handlers = [journey.states[index].handlers, journey.handlers]
    for handler in handlers {
      if take(handler.transitions(for: eventType), &draft) { return true }
      if isInput, take(handler.anyInput, &draft) { return true }
    }
    return false
  }

  /// Lets the run answer to a trigger that joined it.
  func join(_ draft: inout RunDraft) {
    guard let index = journey.stateIndex(named: draft.row.state) else { return }
    for handler in [journey.states[index].handlers, journey.handlers] {
      if take(handler.joined, &draft) { return }
    }
  }

  /// Does what a timer of the run is for.
  mutating func fire(slot: UInt32, due: Int64, _ draft: inout RunDraft) {
    planned = due
    if slot >= RunTimer.waiting {
      sendWaiting(slot, &draft)
      return
    }
    if slot >= RunTimer.runLevel {
      let exit = Int(slot - RunTimer.runLevel)
      guard exit < journey.exits.count else { return }
      leave(exit, &draft, reason: "from start")
      return
    }
    guard let index = journey.stateIndex(named: draft.row.state),
      Int(slot) < journey.states[index].timers.count
    else { return }
    let timer = journey.states[index].timers[Int(slot)]
    for transition in timer.transitions where holds(transition.when, draft) {
      isLate = transition.lateMicroseconds.map { now - due > $0 } ?? false
      follow(transition, &draft, reason: transition.reason ?? timer.reason)
      settle(&draft)
      return
    }
  }

  /// Takes the first transition whose guard holds.
  private func take(_ transitions: [Program.Transition], _ draft: inout RunDraft) -> Bool {
    guard let transition = transitions.first(where: { holds($0.when, draft) }) else {
      return false
    }
    follow(transition, &draft, reason: transition.reason ?? eventType, dropsWaiting: true)
    settle(&draft)
    return true
  }

  /// Follows `always` until none is enabled.
  private func settle(_ draft: inout RunDraft) {
    for _ in 0..<Self.alwaysLimit {
      guard draft.row.isActive, let index = journey.stateIndex(named: draft.row.state),
        let transition = journey.states[index].always.first(where: { holds($0.when, draft) })
      else { return }
      follow(transition, &draft, reason: transition.reason ?? "always")
    }
  }

  /// - Parameter dropsWaiting: Whether messages that wait are dropped where the state is left: they
  ///   outlast timers and `always`, but not what the customer does.
  private func follow(
    _ transition: Program.Transition, _ draft: inout RunDraft, reason: String,
    dropsWaiting: Bool = false
  ) {
    let place = draft.emissions.count
    let waiting = dropsWaiting ? waiting(draft) : []
    assign(transition.set, &draft)
    act(transition.acts, &draft)
    send(transition.sends, &draft)
    switch transition.target {
    case .exit(let exit): leave(exit, &draft, reason: reason)
    case .state(let state):
      move(to: state, &draft, reason: reason, place: place, dropping: waiting)
    case .stay: stay(&draft, reason: reason, place: place)
    }
  }

  private func move(
    to state: Int, _ draft: inout RunDraft, reason: String, place: Int,
    dropping waiting: [(Program.Send, Int64)]
  ) {
    let from = draft.row.state
    let left = withhold(dropped(draft) + waiting, reason: reason, draft)
    draft.row.timers.removeAll { $0.slot < RunTimer.runLevel }
    for (send, _) in waiting {
      let slot = RunTimer.waiting + UInt32(send.index)
      draft.row.timers.removeAll { $0.slot == slot }
    }
    enter(state, &draft)
    let effects = draft.emissions[place...]
    draft.emissions.removeSubrange(place...)
    draft.emissions += left
    var fields: [(String, CBORValue)] = [
      ("from", .text(from)), ("to", .text(draft.row.state)), ("reason", .text(reason)),
      ("set", draft.takeChanges()), ("timers", draft.takeTimers()),
      ("score", .double(draft.row.score)), ("trigger", .unsigned(event.position)),
    ]
    if !waiting.isEmpty { fields.append(("dropsWaiting", .bool(true))) }
    fields += watching(&draft)
    draft.emit(.decision, EventType.runMoved, subject: subject, fields)
    draft.emissions += effects
  }

  func stay(_ draft: inout RunDraft, reason: String, place: Int) {
    let effects = draft.emissions[place...]
    guard !draft.changes.isEmpty || !effects.isEmpty || !draft.newTimers.isEmpty else { return }
    draft.emissions.removeSubrange(place...)
    var fields: [(String, CBORValue)] = [
      ("from", .text(draft.row.state)), ("reason", .text(reason)),
      ("set", draft.takeChanges()), ("score", .double(draft.row.score)),
      ("trigger", .unsigned(event.position)),
    ]
    if !draft.newTimers.isEmpty { fields.append(("timers", draft.takeTimers())) }
    fields += watching(&draft)
    draft.emit(.decision, EventType.runMoved, subject: subject, fields)
    draft.emissions += effects
  }

  /// Leaves the journey by an exit.
  func leave(_ exit: Int, _ draft: inout RunDraft, reason: String) {
    let exit = journey.exits[exit]
    let left = withhold(dropped(draft) + waiting(draft), reason: exit.name, draft)
    assign(exit.set, &draft)
    act(exit.acts, &draft)
    send(exit.sends, &draft, isExit: true)
    var extra: [(String, CBORValue)] = []
    if let revenue = exit.revenue, let amount = amount(revenue, draft) {
      extra.append(("revenue", .signed(amount)))
    }
    draft.emissions += left
    leave(named: exit.name, &draft, reason: reason, extra: extra)
  }

  /// Ends the run, and the life of its candidate.
  func leave(
    named exit: String, _ draft: inout RunDraft, reason: String, extra: [(String, CBORValue)]
  ) {
    var fields: [(String, CBORValue)] = [
      ("exit", .text(exit)), ("from", .text(draft.row.state)), ("reason", .text(reason)),
      ("touch", .text(draft.row.touch)), ("heldOut", .bool(draft.row.isHeldOut)),
      ("trigger", .unsigned(event.position)),
    ]
    if !program.experiments.isEmpty { fields.append(("variants", draft.variants)) }
    if !draft.row.segment.isEmpty { fields.append(("segment", .text(draft.row.segment))) }
    draft.emit(.decision, EventType.runExited, subject: subject, fields + extra)
    if program.candidate != nil {
      draft.emit(
        .decision, EventType.candidateRemoved, subject: subject,
        [("candidate", .text(draft.row.id)), ("reason", .text(exit))])
    }
    draft.row.exit = exit
    draft.row.timers = []
  }

  private func amount(_ expression: CompiledExpression, _ draft: RunDraft) -> Int64? {
    scope.run = draft.facts
    switch scope.optional(expression) {
    case .int(let value)?: return value
    case .uint(let value)?: return Int64(exactly: value)
    case .double(let value)?: return Int64(exactly: value.rounded(.toNearestOrEven))
    default: return nil
    }
  }

  // MARK: - Entering

  /// Enters a state: its assignments, actions and sends, then its timers.
  private func enter(_ index: Int, _ draft: inout RunDraft) {
    let state = journey.states[index]
    draft.row.state = state.name
    draft.row.enteredAt = now
    draft.facts.state = state.name
    draft.facts.enteredAt = now
    assign(state.set, &draft)
    act(state.acts, &draft)
    send(state.sends, &draft)
    let waiting = draft.newTimers
    draft.newTimers = []
    for timer in state.timers {
      guard let due = due(timer, &draft) else { continue }
      draft.newTimers.append(
        arm(UInt32(timer.index), planned(due, timer), step(of: timer), &draft))
    }
    draft.newTimers += waiting
  }

  /// Sets the timers of the run's exits.
  func runTimers(_ draft: inout RunDraft) -> [CBORValue] {
    journey.exits.compactMap { exit in
      guard let after = exit.fromStartMicroseconds else { return nil }
      let slot = RunTimer.runLevel + UInt32(exit.index)
      return arm(slot, max(now, draft.row.startedAt + after), exit.name, &draft)
    }
  }

  func arm(
    _ slot: UInt32, _ due: Int64, _ step: String, _ draft: inout RunDraft
  ) -> CBORValue {
    draft.row.timers.append(RunTimer(slot: slot, due: due, setBy: 0, ordinal: 0, step: step))
    return ["slot": .unsigned(UInt64(slot)), "due": .time(due), "step": .text(step)]
  }

  /// Where a timer leads, for people who read the log.
  func step(of timer: Program.Timer) -> String {
    switch timer.transitions.first?.target {
    case .state(let state)?: journey.states[state].name
    case .exit(let exit)?: journey.exits[exit].name
    case .stay?, nil: timer.reason
    }
  }

  private func due(_ timer: Program.Timer, _ draft: inout RunDraft) -> Int64? {
    guard let moment = moment(timer, draft) else { return nil }
    if moment < now, case .at(_, past: .skip) = timer.moment {
      draft.emissions += withhold(
        timer.planned.map { ($0.send, moment) }, reason: "past", draft)
      return nil
    }
    return max(moment, now)
  }

  /// The moment of a timer of a state that was entered at `draft.row.enteredAt`; nil: none.
  func moment(_ timer: Program.Timer, _ draft: RunDraft) -> Int64? {
    switch timer.moment {
    case .after(let delay): return draft.row.enteredAt + delay
    case .fromStart(let delay): return draft.row.startedAt + delay
    case .local(let local):
      return scope.zoneTable.next(
        local.time, on: local.days, from: draft.row.enteredAt + local.afterMicroseconds)
    case .at(let expression, _):
      scope.run = draft.facts
      return scope.optional(expression)?.microseconds
    }
  }

  // MARK: - Conditions and variables

  private func holds(_ guardExpression: CompiledExpression?, _ draft: RunDraft) -> Bool {
    guard guardExpression != nil else { return true }
    scope.run = draft.facts
    return scope.holds(guardExpression)
  }

  private func assign(_ assignments: [Program.Assignment], _ draft: inout RunDraft) {
    for assignment in assignments {
      scope.run = draft.facts
      // An expression that fails leaves the variable as it was.
      if let value = scope.optional(assignment.value) { draft.set(assignment.name, value) }
    }
  }

  /// The sends that the state's timers would have made.
  func dropped(_ draft: RunDraft) -> [(Program.Send, Int64)] {
    guard let index = journey.stateIndex(named: draft.row.state) else { return [] }
    let timers = journey.states[index].timers
    var dropped: [(Program.Send, Int64)] = []
    for armed in draft.row.timers
    where armed.slot < RunTimer.runLevel && Int(armed.slot) < timers.count {
      let timer = timers[Int(armed.slot)]
      let taken = timer.transitions.firstIndex { holds($0.when, draft) }
      for planned in timer.planned where planned.transition == taken {
        dropped.append((planned.send, armed.due))
      }
    }
    return dropped
  }
}
