import CBOR
import Ledger

extension Explainer {
  /// The decision at `position`, or the one that the event there follows from.
  func decision(behind position: UInt64) throws -> DecisionFacts {
    guard position >= 1, let event = try named(position) else {
      let end = end.position == 0 ? "is empty" : "ends at position \(end.position)"
      throw ExplanationError("there is nothing at position \(position): the ledger \(end)")
    }
    if event.type == EventType.decisionMade { return DecisionFacts(event) }
    if let decision = try decision(behind: event) { return decision }
    throw ExplanationError(
      "position \(position) is no decision and none stands behind it: it is \(event.title); "
        + "recount log --type decision.made lists the decisions")
  }

  private func decision(behind event: NamedEvent) throws -> DecisionFacts? {
    if event.event.kind == .outcome {
      return try request(answeredBy: event).flatMap { try decision(behind: $0) }
    }
    if let id = event.runID {
      return try decision(besides: event) ?? decision(thatBegan: id, before: event)
    }
    let led = try consequences(of: event)
    if led.count > 1 {
      let list = led.map { "\($0.position) (\($0.program))" }.joined(separator: ", ")
      throw ExplanationError(
        "position \(event.position) is \(event.title), which led to several decisions: ask for "
          + "one of \(list)")
    }
    return led.first
  }

  /// The effect that an outcome answers.
  private func request(answeredBy outcome: NamedEvent) throws -> NamedEvent? {
    guard let id = outcome.effectID else { return nil }
    var request: NamedEvent?
    try scan(outcome.subjectBytes).forEach(from: 1, through: outcome.position) { event in
      guard event.kind == .effect else { return true }
      let event = NamedEvent(event, names)
      if event.effectID == id { request = event }
      return request == nil
    }
    return request
  }

  /// The decision that the same cause led to, in the same program: it stands before its
  /// consequences.
  private func decision(besides event: NamedEvent) throws -> DecisionFacts? {
    guard event.event.kind != .timer, event.cause > 0 else { return nil }
    var found: DecisionFacts?
    try scan(event.subjectBytes).forEach(from: event.cause + 1, through: event.position) {
      let other = NamedEvent($0, names)
      guard other.type == EventType.decisionMade, other.cause == event.cause,
        other.program == event.program
      else { return true }
      let decision = DecisionFacts(other)
      guard decision.concernsRun else { return true }
      // One slice of a batch may have decided about several items of a customer.
      let isExact = decision.run == event.text(Field.run)
      if found == nil || isExact { found = decision }
      return !isExact
    }
    return found
  }

  /// The decision that began the run with this id.
  private func decision(thatBegan id: String, before event: NamedEvent) throws -> DecisionFacts? {
    var start: NamedEvent?
    try scan(event.subjectBytes).forEach(from: 1, through: event.position) { other in
      guard other.kind == .decision else { return true }
      let other = NamedEvent(other, names)
      if other.type == EventType.runStarted, other.runID == id { start = other }
      return start == nil
    }
    return try start.flatMap { try decision(besides: $0) }
  }

  /// The decisions that an input, a derived event or a silence led to; where there are none, those
  /// whose runs it moved.
  private func consequences(of event: NamedEvent) throws -> [DecisionFacts] {
    var decisions: [DecisionFacts] = []
    var moved: [NamedEvent] = []
    var causes: Set<UInt64> = [event.position]
    try scan(event.subjectBytes).forEach(from: event.position + 1) { other in
      // Whatever an event brings about has its ledger time.
      guard other.recordedAt == event.recordedAt else { return false }
      guard causes.contains(other.header.cause) else { return true }
      let other = NamedEvent(other, names)
      if other.type == EventType.decisionMade {
        decisions.append(DecisionFacts(other))
      } else if other.runID != nil {
        moved.append(other)
      } else {
        causes.insert(other.position)
      }
      return true
    }
    guard decisions.isEmpty else { return decisions }
    for other in moved {
      guard let id = other.runID, let decision = try decision(thatBegan: id, before: other)
      else { continue }
      if !decisions.contains(where: { $0.position == decision.position }) {
        decisions.append(decision)
      }
    }
    return decisions
  }

  // MARK: - Names that were not found

  func require(_ program: String?) throws {
    guard let program, names.number(.program, program) == nil else { return }
    let known = (0..<names.count(.program)).compactMap {
      names.name(.program, UInt32($0 + 1))
    }
    let sorted = known.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let hint =
      NearName.nearest(to: program, among: sorted).map { "did you mean \($0)?" }
      ?? (sorted.isEmpty
        ? "nothing of any program is in the ledger yet"
        : "there are \(sorted.joined(separator: ", "))")
    throw ExplanationError(
      "the ledger knows no program \"\(Printable.text(program))\": \(hint)")
  }

  /// The error about a subject that never appeared, with the nearest among those that did.
  func unknown(_ subject: String) throws -> ExplanationError {
    var near = NearName(to: subject)
    try ledger.forEachRecord(from: 1) { _, record in
      let length = Int(record.littleEndian(at: 60, as: UInt16.self))
      let end = EventHeader.byteCount + length
      if record.byteCount >= end { near.offer(record, EventHeader.byteCount..<end) }
      return true
    }
    let hint =
      near.found.map { "did you mean \(Printable.text($0))?" }
      ?? "recount log lists the events with their subjects"
    return ExplanationError(
      "the ledger has no event about \"\(Printable.text(subject))\": \(hint)")
  }
}
