import CBOR
import CivilTime
package import Ledger

/// Explains decisions from the ledger alone.
///
/// Each question reads the events of the decision's subject: by an index as far as that goes, past
/// all other records where it does not.
package struct Explainer {
  let ledger: Ledger
  let index: (any EventIndex)?
  let names: Names
  /// The ledger's end when the explainer was made.
  let end: Ledger.Head

  /// - Parameter index: By subject; nil: the whole ledger is read. The answers are the same.
  package init(_ ledger: Ledger, index: (any EventIndex)? = nil) throws(LedgerError) {
    self.ledger = ledger
    self.index = index
    names = try ledger.names()
    end = ledger.end
  }

  /// Explains the decision at `position`, or the one that the event there follows from.
  /// - Throws: ``ExplanationError`` where there is none, with what is there.
  package func explanation(at position: UInt64) throws -> DecisionExplanation {
    let decision = try decision(behind: position)
    var explanation = DecisionExplanation(
      asked: position, decision: decision, through: end)
    if decision.trigger > 0, let trigger = try named(decision.trigger) {
      explanation.trigger = trigger
      explanation.silence = try silence(behind: trigger)
    }
    try look(back: &explanation)
    if decision.concernsRun { try look(forward: &explanation) }
    return explanation
  }

  /// The decisions about `subject`, in order.
  /// - Parameters:
  ///   - program: Only those of this program; nil: of all.
  ///   - mayBeNone: Whether it is an answer that there is none.
  /// - Throws: ``ExplanationError`` for a program or subject that the ledger does not know.
  package func decisions(
    about subject: String, program: String?, mayBeNone: Bool = false
  ) throws -> [DecisionFacts] {
    try require(program)
    var decisions: [DecisionFacts] = []
    var isKnown = false
    try scan(Array(subject.utf8)).forEach(from: 1) { event in
      isKnown = true
      let event = NamedEvent(event, names)
      if event.type == EventType.decisionMade, program == nil || event.program == program {
        decisions.append(DecisionFacts(event))
      }
      return true
    }
    guard isKnown else { throw try unknown(subject) }
    guard mayBeNone || !decisions.isEmpty else {
      let owner = program.map { " of \($0)" } ?? ""
      throw ExplanationError("there is no decision\(owner) about \(Printable.text(subject)) so far")
    }
    return decisions
  }

  func scan(_ subject: [UInt8], outcomes: Bool = false) -> SubjectScan {
    SubjectScan(ledger, subject: subject, index: index, includesOutcomes: outcomes)
  }

  func named(_ position: UInt64) throws -> NamedEvent? {
    try ledger.event(at: position).map { NamedEvent($0, names) }
  }

  // MARK: - Before

  private func silence(behind trigger: NamedEvent) throws -> DecisionExplanation.Silence? {
    guard trigger.event.kind == .decision, trigger.cause > 0,
      let timer = try named(trigger.cause), timer.event.kind == .timer,
      timer.text(Field.owner) == "silence"
    else { return nil }
    return DecisionExplanation.Silence(
      timer: timer, last: timer.cause > 0 ? try named(timer.cause) : nil,
      key: timer.text(Field.key), since: Self.time(timer.text("since")) ?? timer.recordedAt,
      due: Self.time(timer.text(Field.due)) ?? timer.recordedAt)
  }

  /// Finds the decision that used the key of a duplicate, or that began a joined run.
  private func look(back explanation: inout DecisionExplanation) throws {
    let decision = explanation.decision
    guard decision.outcome == "duplicate" || decision.outcome == "joined" else { return }
    var used: DecisionFacts?
    var starts: [(decision: DecisionFacts, id: String)] = []
    var last: DecisionFacts?
    try scan(decision.event.subjectBytes).forEach(from: 1, through: decision.position) { event in
      let event = NamedEvent(event, names)
      guard event.program == decision.program, event.position < decision.position else {
        return true
      }
      switch event.type {
      case EventType.decisionMade:
        let earlier = DecisionFacts(event)
        guard earlier.concernsRun else { break }
        last = earlier
        if !Set(earlier.dedupe).isDisjoint(with: decision.dedupe) { used = earlier }
      case EventType.runStarted:
        if let last, let id = event.runID { starts.append((last, id)) }
      case EventType.runExited:
        starts.removeAll { $0.id == event.runID }
      default: break
      }
      return true
    }
    let start = starts.last { $0.decision.run == decision.run } ?? starts.last
    if decision.outcome == "joined" || decision.reason == "run-active" {
      explanation.earlier = start?.decision
    } else {
      explanation.earlier = used
    }
    if decision.outcome == "joined", let start {
      explanation.run = .init(id: start.id, key: start.decision.run)
    }
  }

  static func time(_ text: String) -> Int64? {
    try? RFC3339.microseconds(parsing: text)
  }
}

extension NamedEvent {
  var subjectBytes: [UInt8] { Array(event.record[event.subjectRange]) }
}
