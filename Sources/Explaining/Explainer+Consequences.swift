import CBOR
import Ledger

extension Explainer {
  /// Reads what followed from the decision to the ledger's end.
  func look(forward explanation: inout DecisionExplanation) throws {
    guard let trigger = explanation.trigger else { return }
    var story = RunStory(explanation.decision, run: explanation.run)
    let subject = explanation.decision.event.subjectBytes
    // A joined run is followed from its start, so that its timers are known.
    let first = explanation.earlier?.trigger ?? trigger.position
    try scan(subject, outcomes: true).forEach(from: first + 1, through: end.position) {
      story.take(NamedEvent($0, names))
      return true
    }
    explanation.run = story.run
    explanation.stages = try story.chapters.compactMap { chapter in
      let cause = chapter.cause == trigger.position ? trigger : try named(chapter.cause)
      return cause.map { .init(cause: $0, consequences: chapter.consequences) }
    }
  }
}

/// What happened in a run after a decision, told by its events in order.
struct RunStory {
  /// Consequences by the position of what brought them about.
  struct Chapter {
    let cause: UInt64
    var consequences: [DecisionExplanation.Consequence] = []
  }

  private let decision: DecisionFacts
  private(set) var run: DecisionExplanation.RunState?
  private(set) var chapters: [Chapter] = []
  /// Where each effect stands: chapter and place in it.
  private var effects: [String: (chapter: Int, place: Int)] = [:]

  init(_ decision: DecisionFacts, run: DecisionExplanation.RunState?) {
    self.decision = decision
    self.run = run
  }

  /// Takes the next event of the subject, or an outcome.
  mutating func take(_ event: NamedEvent) {
    if event.event.kind == .outcome {
      takeOutcome(event)
      return
    }
    guard event.program == decision.program else { return }
    if event.type == EventType.decisionMade {
      takeDecision(event)
      return
    }
    guard let id = event.runID else { return }
    let isLater = event.position > decision.position
    if run == nil, isLater, event.cause == decision.trigger {
      run = .init(id: id, key: event.text(Field.run))
    }
    guard id == run?.id else { return }
    follow(event)
    guard isLater else { return }
    if event.event.kind == .timer { open(event.position) } else { add(event) }
  }

  private mutating func takeDecision(_ event: NamedEvent) {
    let later = DecisionFacts(event)
    guard event.position > decision.position, later.outcome == "joined",
      later.run == run?.key
    else { return }
    add(event)
  }

  private mutating func takeOutcome(_ event: NamedEvent) {
    guard let id = event.effectID, let place = effects[id] else { return }
    chapters[place.chapter].consequences[place.place].outcomes.append(event)
  }

  private mutating func add(_ event: NamedEvent) {
    let chapter = open(event.cause)
    chapters[chapter].consequences.append(.init(event: event))
    if event.event.kind == .effect, let id = event.effectID {
      effects[id] = (chapter, chapters[chapter].consequences.count - 1)
    }
  }

  /// The chapter of what `cause` brings about, a new one where it has none.
  @discardableResult
  private mutating func open(_ cause: UInt64) -> Int {
    if let index = chapters.lastIndex(where: { $0.cause == cause }) { return index }
    chapters.append(Chapter(cause: cause))
    return chapters.count - 1
  }

  // MARK: - Where the run stands

  /// Timers from this slot on belong to the run and stay through moves.
  private static let runLevel: UInt64 = 1 << 16

  private mutating func follow(_ event: NamedEvent) {
    switch event.type {
    case EventType.runStarted:
      run?.state = event.text(Field.state)
      arm(event)
    case EventType.runMoved:
      guard event.data.view(forKey: Field.to) != nil else { break }
      run?.state = event.text(Field.to)
      run?.timers.removeAll { $0.slot < Self.runLevel }
      arm(event)
    case EventType.runExited:
      run?.exit = event.text(Field.exit)
      run?.timers = []
    case EventType.timerFired:
      let slot = event.data.view(forKey: Field.slot)?.uint64
      run?.timers.removeAll { $0.slot == slot }
    default: break
    }
  }

  private mutating func arm(_ event: NamedEvent) {
    event.data.view(forKey: Field.timers)?.forEachElement { item in
      guard let slot = item.view(forKey: Field.slot)?.uint64,
        let due = item.view(forKey: Field.due)?.string.flatMap(Explainer.time)
      else { return }
      run?.timers.append(
        .init(slot: slot, step: item.view(forKey: Field.step)?.string ?? "", due: due))
    }
  }
}
