import Binding
import CBOR
import Engine
import Expressions
import Facts
import Journeys
import Ledger
import PendingScores
import Programs
import Scoring

/// Decides about one trigger for one program, and records everything that it looked at.
struct TriggerDecision {
  let scope: Scope
  let binding: ProgramBinding
  let programs: ProgramSet
  let filters: FilterEvaluator
  let evaluator: ScoreEvaluator
  let journeys: Journeys
  let subject: [UInt8]
  let subjectNumber: UInt32
  /// The trigger.
  let event: Event
  let eventType: String
  /// The item of a batch that is decided; nil: the event itself is the trigger.
  var item: BatchItem?
  /// What completes a decision that waited; nil: the trigger is being handled.
  var completing: Event?

  var program: Program { binding.program }
  /// What is being handled.
  var cause: Event { completing ?? event }
  var now: Int64 { cause.recordedAt }

  /// The fields of `decision.made`, as they come together.
  struct Record {
    var outcome = ""
    var reason = ""
    var run = ""
    var filters = EncodedList()
    var score: ScoreEvaluator.Outcome?
    var offer: CBORValue?
    var dedupe: [String] = []
    var holdout: Double?
    var segment = ""
    var actions: [String] = []
    /// Position of the request whose answer or time-out completes the decision; 0: it never waited.
    var request: UInt64 = 0
  }

  /// Decides, and returns the events of the decision and of what follows at once.
  func emissions() -> [Emission] {
    begin()
    guard item != nil || scope.holds(program.trigger.when) else { return [] }
    var record = Record()
    let key: String
    do throws(EvaluationError) {
      key = try runKey()
    } catch {
      return failed(record, "key: \(error.message)")
    }
    record.run = key
    let active = activeRun(key: key)
    var facts = RunFacts(key: key, program: program.id)
    if let active { facts = RunDraft(active).facts }
    facts.key = key
    scope.run = facts
    switch duplicates() {
    case .failure(let error): return failed(record, "dedupe: \(error.message)")
    case .success(let keys): record.dedupe = keys
    }
    if isDuplicate(record.dedupe) { return decided(record, "duplicate", "dedupe") }
    if evaluator.pending.isPending(program: program.id, subject: subjectNumber, key: key) {
      return decided(record, "duplicate", "pending")
    }
    if let active { return join(active, record) }
    return decide(record)
  }

  // MARK: - Steps

  /// The active run that the trigger meets.
  func activeRun(key: String) -> RunRow? {
    for number in journeys.active.row(subjectNumber)?.numbers ?? [] {
      guard let row = journeys.runs.row(number), row.program == program.id else { continue }
      if program.runs == .customer || row.key == key { return row }
    }
    return nil
  }

  func duplicates() -> Result<[String], EvaluationError> {
    guard let dedupe = program.dedupe else { return .success([]) }
    guard let key = dedupe.key else {
      let text = String(decoding: subject, as: UTF8.self) + ":" + (scope.run?.key ?? "")
      return .success([text])
    }
    do throws(EvaluationError) {
      let value = try scope.value(of: key)
      if case .list(let keys) = value { return .success(keys.map(\.text)) }
      return .success([value.text])
    } catch {
      return .failure(error)
    }
  }

  func isDuplicate(_ keys: [String]) -> Bool {
    guard let dedupe = program.dedupe, !keys.isEmpty else { return false }
    if let except = dedupe.except, scope.holds(except) { return false }
    return keys.allSatisfy { key in
      guard let use = journeys.lastUse(program: program.id, key: key) else { return false }
      return use.lastUsedAt > now - dedupe.withinMicroseconds
    }
  }

  private func join(_ active: RunRow, _ record: Record) -> [Emission] {
    var record = record
    guard let join = program.join, scope.holds(join.when) else {
      return decided(record, "duplicate", "run-active")
    }
    if join.asksFilters, let rejected = askFilters(&record) {
      return decided(record, "rejected", rejected)
    }
    record.score = score()
    record.outcome = "joined"
    // The run goes on under the version that it began with.
    let pinned = programs.binding(version: active.version) ?? binding
    var draft = RunDraft(active)
    scope.binding = pinned
    let scores = scope.scores
    scope.take(draft, subject: subject)
    if let score = record.score {
      scope.scores = scores
      draft.row.score = score.main.facts.value
      scope.score = score.main.facts
    }
    let runner = JourneyRunner(
      scope: scope, binding: pinned, filters: filters, subject: subject, event: cause,
      eventType: eventType)
    runner.join(&draft)
    record.actions = draft.actions
    return [emission(record)] + draft.emissions
  }

  private func decide(_ given: Record) -> [Emission] {
    var record = given
    if let rejected = askFilters(&record) { return decided(record, "rejected", rejected) }
    guard program.scoring != nil else { return concluded(record, nil) }
    if let pending = request(record) { return pending }
    guard let score = score() else { return decided(record, "failed", "score") }
    return concluded(record, score)
  }

  /// What follows from the filters and the score.
  func concluded(_ given: Record, _ score: ScoreEvaluator.Outcome?) -> [Emission] {
    var record = given
    if let score {
      record.score = score
      scope.score = score.main.facts
      let threshold = scope.marketplace?.threshold ?? program.threshold
      if let threshold, score.main.facts.value < threshold {
        return decided(record, "below-threshold", "threshold")
      }
    }
    record.segment = segment()
    scope.segment = record.segment
    let offer = makeOffer()
    if let offer { record.offer = Value.map(offer).cborValue }
    scope.offer = offer ?? MapValue()
    let isHeldOut = drawHoldout(&record)
    record.outcome = isHeldOut ? "held-out" : "eligible"
    record.reason = isHeldOut ? "holdout" : ""
    return started(record, isHeldOut: isHeldOut)
  }

  /// Asks the filters in order.
  /// - Returns: The id of the first that rejects.
  private func askFilters(_ record: inout Record) -> String? {
    if let market = scope.marketplace, !market.isEnabled { return refuseMarketplace(&record) }
    for filter in program.filters {
      let passed = record.filters.append { filters.ask(filter, into: &$0) }
      if !passed { return filter.id }
    }
    return nil
  }

  /// The first segment that fits; empty: none does.
  private func segment() -> String {
    program.segments.first { scope.holds($0.when) }?.name ?? ""
  }

  private func makeOffer() -> MapValue? {
    for offer in program.offers where scope.holds(offer.when) {
      return MapValue(
        fields: offer.fields.map { ($0.name, scope.optional($0.value) ?? .null) })
    }
    return nil
  }

  private func drawHoldout(_ record: inout Record) -> Bool {
    let points = scope.marketplace?.holdoutBasisPoints ?? program.holdout.basisPoints
    guard points > 0 else { return false }
    let share = Double(points) / 10_000
    let bucket = Bucket.of(salt: program.holdout.salt, subject: subject)
    let isHeldOut = bucket < points
    record.holdout = isHeldOut ? share : 1 - share
    return isHeldOut
  }

  // MARK: - The score

  func score() -> ScoreEvaluator.Outcome? {
    guard let scoring = program.scoring else { return nil }
    do throws(ScoreEvaluator.Failure) {
      return try evaluator.outcome(scoring, program)
    } catch {
      return nil
    }
  }

  // MARK: - Events

  private func started(_ given: Record, isHeldOut: Bool) -> [Emission] {
    var record = given
    let id = runID(record.run)
    var row = RunRow(
      id: id, program: program.id, version: binding.version,
      subject: subjectNumber, key: record.run, trigger: event.position,
      startedAt: now)
    row.isHeldOut = isHeldOut
    row.score = record.score?.main.facts.value ?? 0
    row.level = record.score?.main.facts.level ?? ""
    row.offer = record.offer?.encoded() ?? [0xa0]
    row.segment = record.segment
    let variants = scope.currentVariants.record(program)
    row.variants = variants.encoded()
    var draft = RunDraft(row)
    let runner = JourneyRunner(
      scope: scope, binding: binding, filters: filters, subject: subject, event: cause,
      eventType: eventType)
    var start: [(String, CBORValue)] = [
      ("version", .text(row.version)), ("trigger", .unsigned(event.position)),
      ("score", .double(row.score)), ("level", .text(row.level)),
      ("heldOut", .bool(isHeldOut)),
    ]
    if let score = record.score, !score.named.isEmpty {
      start.append(("scores", score.scores.cborValue))
    }
    if let offer = record.offer { start.append(("offer", offer)) }
    if !program.experiments.isEmpty { start.append(("variants", variants)) }
    if !row.segment.isEmpty { start.append(("segment", .text(row.segment))) }
    filters.pendingSends.begin(customer: subjectNumber, program: program.id)
    runner.start(&draft, startFields: start)
    record.actions = draft.actions
    return [emission(record)] + draft.emissions.prefix(1) + candidate(record, draft)
      + draft.emissions.dropFirst()
  }

  /// The id of the run that the trigger starts.
  func runID(_ key: String) -> String {
    Identifiers.run(
      program: program.id, subject: subject, key: key,
      trigger: item?.batchID ?? event.header.id)
  }

  private func candidate(_ record: Record, _ draft: RunDraft) -> [Emission] {
    // Who has opted out by then is in nobody's list.
    guard let candidate = program.candidate,
      program.messageClass != .marketing || !filters.hasOptedOut()
    else { return [] }
    scope.run = draft.facts
    var fields: [(String, CBORValue)] = draft.identity
    fields.append(("candidate", .text(draft.row.id)))
    fields.append(("item", (scope.optional(candidate.item) ?? .null).cborValue))
    fields.append(("score", .double(draft.row.score)))
    fields.append(("level", .text(draft.row.level)))
    fields.append(("channels", .array(candidate.channels.map { .text($0.rawValue) })))
    fields.append(("expiresAt", .time(now + candidate.ttlMicroseconds)))
    fields.append(("heldOut", .bool(draft.row.isHeldOut)))
    if let offer = record.offer { fields.append(("offer", offer)) }
    if !program.experiments.isEmpty { fields.append(("variants", draft.variants)) }
    if !draft.row.segment.isEmpty { fields.append(("segment", .text(draft.row.segment))) }
    return [
      Emission(
        kind: .decision, type: EventType.candidateCreated, program: program.id,
        subject: subject, payload: CBORValue.object(fields).encoded())
    ]
  }

  private func failed(_ record: Record, _ reason: String) -> [Emission] {
    decided(record, "failed", reason)
  }

  func decided(_ given: Record, _ outcome: String, _ reason: String) -> [Emission] {
    var record = given
    record.outcome = outcome
    record.reason = reason
    return [emission(record)]
  }
}
