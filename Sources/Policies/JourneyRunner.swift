import Binding
import CBOR
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

  init(
    scope: Scope, binding: ProgramBinding, filters: FilterEvaluator, subject: [UInt8],
    event: Event, eventType: String
  ) {
    self.scope = scope
    self.binding = binding
    self.filters = filters
    self.subject = subject
    self.event = event
    self.eventType = eventType
    now = event.recordedAt
    planned = event.recordedAt
  }

  // MARK: - Start

  /// Starts the run of `draft` in the first state.
  func start(_ draft: inout RunDraft, startFields: [(String, CBORValue)]) {
    draft.facts.isActive = true
    draft.facts.startedAt = now
    assign(journey.set, &draft)
    let place = draft.emissions.count
    let timers = enter(journey.start, &draft, runTimers: true)
    let effects = draft.emissions[place...]
    draft.emissions.removeSubrange(place...)
    draft.emit(
      .decision, EventType.runStarted, subject: subject,
      startFields + [
        ("state", .text(draft.row.state)), ("set", draft.takeChanges()), ("timers", timers),
      ])
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
    follow(transition, &draft, reason: transition.reason ?? eventType)
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

  private func follow(
    _ transition: Program.Transition, _ draft: inout RunDraft, reason: String
  ) {
    let place = draft.emissions.count
    assign(transition.set, &draft)
    act(transition.acts, &draft)
    send(transition.sends, &draft)
    switch transition.target {
    case .exit(let exit): leave(exit, &draft, reason: reason)
    case .state(let state): move(to: state, &draft, reason: reason, place: place)
    case .stay: stay(&draft, reason: reason, place: place)
    }
  }

  private func move(to state: Int, _ draft: inout RunDraft, reason: String, place: Int) {
    let from = draft.row.state
    let left = withhold(dropped(draft), reason: reason, draft)
    draft.row.timers.removeAll { $0.slot < RunTimer.runLevel }
    let timers = enter(state, &draft, runTimers: false)
    let effects = draft.emissions[place...]
    draft.emissions.removeSubrange(place...)
    draft.emissions += left
    draft.emit(
      .decision, EventType.runMoved, subject: subject,
      [
        ("from", .text(from)), ("to", .text(draft.row.state)), ("reason", .text(reason)),
        ("set", draft.takeChanges()), ("timers", timers), ("score", .double(draft.row.score)),
        ("trigger", .unsigned(event.position)),
      ])
    draft.emissions += effects
  }

  private func stay(_ draft: inout RunDraft, reason: String, place: Int) {
    let effects = draft.emissions[place...]
    guard !draft.changes.isEmpty || !effects.isEmpty else { return }
    draft.emissions.removeSubrange(place...)
    draft.emit(
      .decision, EventType.runMoved, subject: subject,
      [
        ("from", .text(draft.row.state)), ("reason", .text(reason)),
        ("set", draft.takeChanges()), ("score", .double(draft.row.score)),
        ("trigger", .unsigned(event.position)),
      ])
    draft.emissions += effects
  }

  /// Leaves the journey by an exit.
  func leave(_ exit: Int, _ draft: inout RunDraft, reason: String) {
    let exit = journey.exits[exit]
    let left = withhold(dropped(draft), reason: exit.name, draft)
    assign(exit.set, &draft)
    act(exit.acts, &draft)
    send(exit.sends, &draft)
    var fields: [(String, CBORValue)] = [
      ("exit", .text(exit.name)), ("from", .text(draft.row.state)), ("reason", .text(reason)),
      ("touch", .text(draft.row.touch)), ("heldOut", .bool(draft.row.isHeldOut)),
      ("trigger", .unsigned(event.position)),
    ]
    if let revenue = exit.revenue, let amount = amount(revenue, draft) {
      fields.append(("revenue", .signed(amount)))
    }
    draft.emissions += left
    draft.emit(.decision, EventType.runExited, subject: subject, fields)
    if program.candidate != nil {
      draft.emit(
        .decision, EventType.candidateRemoved, subject: subject,
        [("candidate", .text(draft.row.id)), ("reason", .text(exit.name))])
    }
    draft.row.exit = exit.name
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
  /// - Returns: The timers, as the event tells them.
  private func enter(_ index: Int, _ draft: inout RunDraft, runTimers: Bool) -> CBORValue {
    let state = journey.states[index]
    draft.row.state = state.name
    draft.row.enteredAt = now
    draft.facts.state = state.name
    draft.facts.enteredAt = now
    assign(state.set, &draft)
    act(state.acts, &draft)
    send(state.sends, &draft)
    var timers: [CBORValue] = []
    for timer in state.timers {
      guard let due = due(timer, &draft) else { continue }
      timers.append(arm(UInt32(timer.index), due, step(of: timer), &draft))
    }
    guard runTimers else { return .array(timers) }
    for exit in journey.exits {
      guard let after = exit.fromStartMicroseconds else { continue }
      let slot = RunTimer.runLevel + UInt32(exit.index)
      timers.append(arm(slot, draft.row.startedAt + after, exit.name, &draft))
    }
    return .array(timers)
  }

  private func arm(
    _ slot: UInt32, _ due: Int64, _ step: String, _ draft: inout RunDraft
  ) -> CBORValue {
    draft.row.timers.append(RunTimer(slot: slot, due: due, setBy: 0, ordinal: 0, step: step))
    return ["slot": .unsigned(UInt64(slot)), "due": .time(due), "step": .text(step)]
  }

  /// Where a timer leads, for people who read the log.
  private func step(of timer: Program.Timer) -> String {
    switch timer.transitions.first?.target {
    case .state(let state)?: journey.states[state].name
    case .exit(let exit)?: journey.exits[exit].name
    case .stay?, nil: timer.reason
    }
  }

  private func due(_ timer: Program.Timer, _ draft: inout RunDraft) -> Int64? {
    switch timer.moment {
    case .after(let delay): return now + delay
    case .fromStart(let delay): return max(now, draft.row.startedAt + delay)
    case .at(let expression, let past):
      scope.run = draft.facts
      guard let moment = scope.optional(expression)?.microseconds else { return nil }
      if moment >= now { return moment }
      switch past {
      case .now: return now
      case .skip:
        draft.emissions += withhold(
          timer.planned.map { ($0.send, moment) }, reason: "past", draft)
        return nil
      }
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
  private func dropped(_ draft: RunDraft) -> [(Program.Send, Int64)] {
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
