import Binding
import CBOR
import Engine
import Facts
import Ledger
import PendingScores
import Programs

/// Decisions that wait for a remote scorer: the decision is pending, the request an effect, and the
/// answer or the time-out completes it.
extension TriggerDecision {
  /// Asks the remote scorer of the program.
  /// - Returns: The pending decision and the request; nil where nobody is to be asked: the score is
  ///   computed here, or the scorer's circuit breaker is open.
  func request(_ given: Record) -> [Emission]? {
    guard item == nil, let score = program.score, case .remote(let scorer) = score.model,
      !evaluator.pending.isOpen(scorer: scorer.url, now: now)
    else { return nil }
    var record = given
    record.outcome = "pending"
    record.reason = "score"
    let id = Identifiers.score(run: runID(record.run))
    let features = evaluator.features(of: score).records
    let payload: CBORValue = [
      "scoreId": .text(id), "program": .text(program.id), "version": .text(binding.version),
      "run": .text(record.run), "trigger": .unsigned(event.position), "url": .text(scorer.url),
      "features": features.cborValue, "specification": .text(score.specification),
      "dedupe": .array(record.dedupe.map { .text($0) }),
      "due": .time(now + scorer.timeoutMicroseconds), "idempotencyKey": .text(id),
    ]
    return [
      emission(record),
      Emission(
        kind: .effect, type: EventType.scoreRequested, program: program.id, subject: subject,
        payload: payload.encoded()),
    ]
  }

  /// Completes the decision that waited for `row`, whose trigger `event` is and which `cause` has
  /// ended.
  func completion(of row: PendingScoreRow, request: Event) -> [Emission] {
    scope.begin(binding, event: event, customer: subjectNumber, now: now)
    var record = Record()
    record.run = row.key
    record.request = row.request
    request.payload.view(forKey: Field.dedupe)?.forEachElement {
      record.dedupe.append($0.string ?? "")
    }
    scope.run = RunFacts(key: row.key, program: program.id)
    // Meanwhile another trigger may have used the key, or begun a run.
    if isDuplicate(record.dedupe) { return decided(record, "duplicate", "dedupe") }
    if activeRun(key: row.key) != nil { return decided(record, "duplicate", "run-active") }
    var answer = ScoreEvaluator.Record(
      facts: ScoreFacts(value: 0, margin: 0, level: ""), model: "",
      features: EncodedList(request.payload.view(forKey: "features")))
    read(row, into: &answer)
    if answer.fallbackReason != nil {
      guard let fallback = program.score?.fallback else {
        return decided(record, "failed", "score")
      }
      answer.facts.value = fallback
      answer.facts.isFallback = true
    }
    answer.facts.level = ScoreEvaluator.level(
      of: answer.facts.value, scope.marketplace?.levels ?? program.levels)
    return concluded(
      record,
      ScoreEvaluator.Outcome(main: answer, scores: NamedScores()))
  }

  /// Reads the answer, or why there is none.
  private func read(_ row: PendingScoreRow, into answer: inout ScoreEvaluator.Record) {
    guard row.stage == .answered else {
      answer.fallbackReason = "the scorer did not answer in time"
      return
    }
    let data = cause.payload
    if let error = data.view(forKey: Field.error) {
      answer.fallbackReason = "the scorer failed: \(error.string ?? error.value.diagnostic)"
      return
    }
    guard let score = data.view(forKey: Field.score).flatMap(Self.number), score.isFinite else {
      answer.fallbackReason = "the answer has no score"
      return
    }
    answer.facts.value = score
    answer.facts.margin = data.view(forKey: "margin").flatMap(Self.number) ?? score
    answer.model = data.text(Field.model)
    data.view(forKey: "reasons")?.forEachElement { reason in
      guard let name = reason.view(forKey: Field.name)?.string,
        let points = reason.view(forKey: "points").flatMap(Self.number), points.isFinite
      else { return }
      answer.reasons.append { ScoreEvaluator.encode(name, points: points, into: &$0) }
    }
  }

  private static func number(_ item: CBORView) -> Double? {
    item.double ?? item.int64.map { Double($0) }
  }
}
