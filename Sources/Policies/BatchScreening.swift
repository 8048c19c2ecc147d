import Batches
import Binding
import Engine
import Expressions
import Facts
import Features
import Journeys
import Ledger
import Programs

/// Looks at the items of one batch one by one, without a record of what it reads: whether an item
/// belongs to the population, which filter rejects it, how it ranks.
///
/// Filters come first, then the threshold, then runs and dedupe keys that are there already: whoever is
/// rejected costs the evaluation of a few expressions and nothing else.
struct BatchScreening {
  /// What became of an item.
  struct Result {
    var verdict: BatchVerdict
    /// Of an item that passed.
    var rank: Double = 0
    /// The number of the item's customer.
    var customer: UInt32 = 0
  }

  let parts: BatchParts
  let binding: ProgramBinding
  let population: Program.Population
  /// The batch's id, and that of the event that began it.
  let batch: String
  let batchID: EventID
  /// The event that started the batch.
  let start: Event
  /// The kind of the entities that are the items; nil: customers.
  let kind: UInt32?
  /// The number of the first of the keys that events concerned lately; nil: the items are all keys.
  let first: UInt32?
  /// Ledger time.
  var now: Int64

  /// Scores without a record of how they came about.
  private var evaluator: ScoreEvaluator {
    var evaluator = parts.evaluator
    evaluator.isRecorded = false
    return evaluator
  }

  private var scope: Scope { parts.scope }
  private var program: Program { binding.program }

  /// The key of an item; nil: there is no such item any more.
  func key(of item: Int) -> String? {
    guard let kind else { return parts.context.subjects.text(of: UInt32(item)) }
    return entity(kind, item).map { parts.features.key(ofEntity: $0) }
  }

  /// The entity that is an item; nil: an item before is the same.
  private func entity(_ kind: UInt32, _ item: Int) -> UInt32? {
    guard let first else { return parts.features.entity(kind: kind, at: item) }
    return parts.features.touchedEntity(kind: kind, at: first + UInt32(item), from: first)
  }

  /// Looks at an item.
  func result(of item: Int) -> Result {
    guard let customer = begin(item) else { return Result(verdict: .outside) }
    var result = Result(verdict: .passed, customer: customer)
    guard scope.marketplace?.isEnabled ?? true, scope.holds(population.filter) else {
      result.verdict = .outside
      return result
    }
    if binding.readsRunBeforeStart { setRun(customer) }
    for (index, filter) in program.filters.enumerated() where !parts.filters.passes(filter) {
      result.verdict = .rejected(by: index)
      return result
    }
    result.verdict = rank(&result.rank)
    guard result.verdict == .passed else { return result }
    if mayBeDuplicate(customer) { result.verdict = duplicate(customer) }
    return result
  }

  /// Begins the handling of an item.
  /// - Returns: The number of its customer; nil where it has none.
  private func begin(_ item: Int) -> UInt32? {
    guard let kind else {
      // Number 0 is the empty subject, of events about nobody.
      guard item > 0 else { return nil }
      let customer = UInt32(item)
      scope.begin(item: nil, of: population, binding, start: start, customer: customer, now: now)
      return customer
    }
    guard let key = entity(kind, item).map({ parts.features.key(ofEntity: $0) }) else {
      return nil
    }
    scope.begin(item: key, of: population, binding, start: start, customer: 0, now: now)
    guard let expression = population.customer, case .string(let id)? = scope.optional(expression),
      let customer = parts.context.subjects.number(of: Array(id.utf8)), customer > 0
    else { return nil }
    // Anew, for what was read so far was read of nobody.
    scope.begin(item: key, of: population, binding, start: start, customer: customer, now: now)
    return customer
  }

  /// The key of the item that the scope stands at; built only where it is needed.
  private func key(ofItemOf customer: UInt32) -> String {
    scope.key ?? parts.context.subjects.text(of: customer)
  }

  /// Sets the run that filters may read: an active one that the item would meet, or none.
  private func setRun(_ customer: UInt32) {
    do throws(EvaluationError) {
      try decision(customer, key: key(ofItemOf: customer)).setRun()
    } catch {
      scope.run = nil
    }
  }

  private func rank(_ rank: inout Double) -> BatchVerdict {
    let threshold = scope.marketplace?.threshold ?? program.threshold
    if let scoring = program.scoring, threshold != nil || population.isRanked {
      do throws(ScoreEvaluator.Failure) {
        let facts = try evaluator.outcome(scoring, program).main.facts
        scope.score = facts
        rank = facts.value
        if let threshold, facts.value < threshold { return .belowThreshold }
      } catch {
        return .failed
      }
    }
    guard let expression = population.rank else { return .passed }
    guard let value = scope.optional(expression)?.number, !value.isNaN else { return .failed }
    rank = value
    return .passed
  }

  /// Whether the item may meet a run or a dedupe key, or its key may fail. Where both go by the
  /// customer, they came with a run of theirs.
  private func mayBeDuplicate(_ customer: UInt32) -> Bool {
    guard population.key == nil, program.dedupe?.key == nil,
      let number = parts.context.names.number(.program, program.id)
    else { return true }
    return parts.journeys.hasStarted(
      ofSubject: customer, program: number, now: now, within: now)
  }

  private func duplicate(_ customer: UInt32) -> BatchVerdict {
    do throws(EvaluationError) {
      let decision = decision(customer, key: key(ofItemOf: customer))
      return try decision.isDuplicateItem() ? .duplicate : .passed
    } catch {
      return .failed
    }
  }

  /// The full decision about an item of a customer.
  func decision(_ customer: UInt32, key: String, event: Event? = nil) -> TriggerDecision {
    TriggerDecision(
      scope: scope, binding: binding, programs: parts.programs, filters: parts.filters,
      evaluator: parts.evaluator, journeys: parts.journeys,
      subject: parts.context.subjects.bytes(of: customer),
      subjectNumber: customer, event: event ?? start, eventType: EventType.batchSliced,
      item: BatchItem(
        batch: batch, batchID: batchID, start: start, population: population, key: key))
  }
}

/// What batches read and ask.
struct BatchParts {
  let context: FoldContext
  let programs: ProgramSet
  let scope: Scope
  let filters: FilterEvaluator
  let evaluator: ScoreEvaluator
  let journeys: Journeys
  let features: Features
  let batches: Batches
}
