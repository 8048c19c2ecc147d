import CBOR
import CivilTime
package import Engine
package import Ledger

/// Requests to remote scorers that wait for an answer, and whether the scorers answer: a fold over
/// `score.requested`, `score.answered` and the time-outs.
package final class PendingScores: Projection {
  enum Role {
    case requested, answered, timer
  }

  package let name = "pending-scores"
  package let version = "2"
  private let ids = EntityTable(name: "pending-scores.ids")
  /// Requests by number, in order: those that wait. One that has ended goes as soon as the policies
  /// have seen the event that ended it; a later answer meets none.
  package let requests = Table<PendingScoreRow>(name: "pending-scores")
  /// Program, 0, subject's number (u32) and key of a trigger that waits, by number.
  private let triggers = EntityTable(name: "pending-scores.triggers")
  /// Which request a trigger waits for.
  private let waiting = Table<NumberList>(name: "pending-scores.waiting")
  private let scorers = EntityTable(name: "pending-scores.scorers")
  private let scorerRows = Table<ScorerRow>(name: "pending-scores.scorer-rows")
  private var roles: RoleMap<Role>
  private let entities: EntityTable
  private let sink: TimerSink
  private let owner: UInt8

  /// - Parameters:
  ///   - entities: The engine's subjects.
  ///   - sink: Where time-outs are set, under the number `owner`.
  package init(names: Names, entities: EntityTable, sink: TimerSink, owner: UInt8) {
    self.entities = entities
    self.sink = sink
    self.owner = owner
    roles = RoleMap(names: names) { Self.role(of: $0) }
  }

  package var tables: [any StoredTable] {
    [ids, requests, triggers, waiting, scorers, scorerRows]
  }

  private static func role(of type: String) -> Role? {
    switch type {
    case EventType.scoreRequested: .requested
    case EventType.scoreAnswered: .answered
    case EventType.timerFired: .timer
    default: nil
    }
  }

  package func concerns(type: String) -> Bool { Self.role(of: type) != nil }

  package func reset() { roles.removeAll() }

  // MARK: - Reading

  /// The request that this very event has ended: its answer, or its time-out.
  package func ended(by event: Event) -> PendingScoreRow? {
    guard let number = number(in: event.payload), let row = requests.row(number),
      row.endedBy == event.position
    else { return nil }
    return row
  }

  /// Whether a trigger of the program with this key waits for its score.
  package func isPending(program: String, subject: UInt32, key: String) -> Bool {
    guard triggers.count > 0,
      let number = triggers.number(of: Self.trigger(program, subject, key))
    else { return false }
    return waiting.withRow(number) { !$0.numbers.isEmpty } ?? false
  }

  /// Whether the scorer's circuit breaker is open: it is not to be asked.
  package func isOpen(scorer url: String, now: Int64) -> Bool {
    scorers.number(of: Array(url.utf8)).flatMap { number in
      scorerRows.withRow(number) { $0.isOpen(at: now) }
    } ?? false
  }

  private static func trigger(_ program: String, _ subject: UInt32, _ key: String) -> [UInt8] {
    Array(program.utf8) + [0] + BigEndian.bytes(subject) + key.utf8
  }

  private func number(in data: CBORView) -> UInt32? {
    data.view(forKey: Field.scoreId)?.textBytesRange.flatMap {
      ids.number(of: data.storage, in: $0)
    }
  }

  // MARK: - The fold

  package func project(_ event: Event, subject: UInt32) {
    guard let role = roles.role(ofType: event.type) else { return }
    let data = event.payload
    switch role {
    case .requested: request(event, data, subject)
    case .answered:
      let isGood = data.view(forKey: Field.score) != nil && data.view(forKey: Field.error) == nil
      end(event, data, .answered, isGood: isGood)
    case .timer:
      guard data.text(Field.owner) == Self.ownerName else { return }
      end(event, data, .timedOut, isGood: false)
    }
  }

  package func settle(_ event: Event, subject: UInt32) {
    guard let number = number(in: event.payload),
      requests.withRow(number, { $0.endedBy == event.position }) == true
    else { return }
    requests.remove(number)
  }

  private func request(_ event: Event, _ data: CBORView, _ subject: UInt32) {
    guard let id = data.view(forKey: Field.scoreId)?.string,
      let due = try? RFC3339.microseconds(parsing: data.text(Field.due))
    else { return }
    let number = ids.intern(Array(id.utf8))
    let row = PendingScoreRow(
      id: id, program: data.text(Field.program), version: data.text(Field.version),
      subject: subject, key: data.text(Field.run),
      trigger: data.view(forKey: Field.trigger)?.uint64 ?? 0, request: event.position,
      scorer: scorers.intern(Array(data.text(Field.url).utf8)), due: due)
    requests.set(number, row)
    let trigger = triggers.intern(Self.trigger(row.program, subject, row.key))
    waiting.update(trigger, orInsert: NumberList()) { $0.numbers.append(number) }
    arm(number, row)
  }

  private func end(
    _ event: Event, _ data: CBORView, _ stage: PendingScoreRow.Stage, isGood: Bool
  ) {
    guard let number = number(in: data), let row = requests.row(number), row.isPending else {
      return
    }
    _ = requests.update(number) { row in
      row.stage = stage
      row.endedBy = event.position
    }
    let trigger = triggers.intern(Self.trigger(row.program, row.subject, row.key))
    _ = waiting.update(trigger) { $0.numbers.removeAll { $0 == number } }
    if waiting.withRow(trigger, { $0.numbers.isEmpty }) == true { waiting.remove(trigger) }
    scorerRows.update(row.scorer, orInsert: ScorerRow()) { scorer in
      scorer.failures = isGood ? 0 : scorer.failures + 1
      if !isGood { scorer.lastFailureAt = event.recordedAt }
    }
  }

  private func arm(_ number: UInt32, _ row: PendingScoreRow) {
    sink.queue.insert(
      Timer(due: row.due, setBy: row.request, ordinal: 0, owner: owner, item: number, slot: 0))
  }
}

extension PendingScores: TimerOwner {
  /// How `timer.fired` names these timers' owner.
  package static let ownerName = "score"

  package func armAll(in sink: TimerSink) {
    requests.forEach { number, row in
      if row.isPending { arm(number, row) }
    }
  }

  package func firing(of timer: Timer) -> TimerFiring? {
    guard let row = requests.row(timer.item), row.isPending, row.request == timer.setBy else {
      return nil
    }
    let due = RFC3339.string(microseconds: row.due)
    let payload: CBORValue = [
      "owner": .text(Self.ownerName), "program": .text(row.program), "run": .text(row.key),
      "scoreId": .text(row.id), "due": .text(due),
    ]
    return TimerFiring(
      owner: "score/\(row.id)", program: row.program, subject: entities.bytes(of: row.subject),
      payload: payload.encoded())
  }
}
