import Binding
import Expressions
import Facts
import Journeys
import Ledger
import Programs

/// An item of a population, as it is decided.
struct BatchItem {
  /// The batch's id.
  let batch: String
  /// The id of `batch.started`: what the runs' ids are made of.
  let batchID: EventID
  /// The event that started the batch: `event` in expressions.
  let start: Event
  let population: Program.Population
  /// The item's key.
  let key: String
}

extension TriggerDecision {
  /// Begins the handling of the trigger or of the item.
  func begin() {
    if let item {
      scope.begin(
        item: item.key, of: item.population, binding, start: item.start, customer: subjectNumber,
        now: event.recordedAt)
    } else {
      scope.begin(binding, event: event, customer: subjectNumber, now: event.recordedAt)
    }
  }

  /// The run's key.
  func runKey() throws(EvaluationError) -> String {
    let expression = item.map { $0.population.key } ?? binding.program.trigger.key
    guard let expression else { return item?.key ?? "" }
    let value = try scope.value(of: expression)
    guard let bytes = EventExpression.key(value) else {
      throw EvaluationError(.invalidArgument, "the key is \(value.text), not a text")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether an item that passed the filters meets a run or a dedupe key, so that it would be a
  /// duplicate; what joins a run is none.
  func isDuplicateItem() throws(EvaluationError) -> Bool {
    let active = try setRun()
    switch duplicates() {
    case .failure(let error): throw error
    case .success(let keys):
      if isDuplicate(keys) { return true }
    }
    guard active != nil else { return false }
    return binding.program.join.map { !scope.holds($0.when) } ?? true
  }

  /// Lets expressions read the active run that the item meets, or one that has not started.
  /// - Returns: The active run.
  @discardableResult
  func setRun() throws(EvaluationError) -> RunRow? {
    let key = try runKey()
    let active = activeRun(key: key)
    var facts = active.map { RunDraft($0).facts } ?? RunFacts(key: key, program: binding.program.id)
    facts.key = key
    scope.run = facts
    return active
  }
}
