import Binding
import CBOR
import CivilTime
import Engine
import Expressions
import Facts
import Journeys
import Ledger
import Programs

/// A run while one event moves it: the row as it will be, and the events that make it so.
///
/// The events go into the ledger and the journeys' tables fold them; this copy only serves the
/// decisions that come after them within the same event.
struct RunDraft {
  var row: RunRow
  var facts: RunFacts
  /// Variables set since the last event that told them.
  var changes: [(name: String, value: Value)] = []
  var emissions: [Emission] = []
  /// Timers set since the last event that told them.
  var newTimers: [CBORValue] = []
  /// The names of the actions requested.
  var actions: [String] = []

  /// A run that is in the tables.
  init(_ row: RunRow) {
    self.row = row
    facts = RunFacts(key: row.key, program: row.program)
    facts.isActive = true
    facts.startedAt = row.startedAt
    facts.state = row.state
    facts.enteredAt = row.enteredAt
    facts.variables = RunVariables(stored: row.variables)
    for request in row.requests where request.isDelivery {
      facts.sent.add(Int(request.count), channel: request.target)
    }
  }

  /// A run's score, as expressions read it.
  var score: ScoreFacts {
    ScoreFacts(value: row.score, margin: 0, level: row.level)
  }

  /// The variants by experiment.
  var variants: CBORValue { CBORView(storage: row.variants).value }

  /// Gives a variable a value.
  mutating func set(_ name: String, _ given: Value) {
    let value = given.stored
    facts.variables[name] = value
    if let index = changes.firstIndex(where: { $0.name == name }) {
      changes[index].value = value
    } else {
      changes.append((name, value))
    }
  }

  /// The changed variables as one CBOR map; they are told with that.
  mutating func takeChanges() -> CBORValue {
    let pairs = changes.map { ($0.name, $0.value.cborValue) }
    changes = []
    return .object(pairs)
  }

  /// The new timers as one CBOR list; they are told with that.
  mutating func takeTimers() -> CBORValue {
    defer { newTimers = [] }
    return .array(newTimers)
  }

  /// The fields that every event about the run begins with.
  var identity: [(String, CBORValue)] {
    [
      ("program", .text(row.program)), ("run", .text(row.key)), ("runId", .text(row.id)),
    ]
  }

  /// Adds an event about the run.
  mutating func emit(
    _ kind: EventKind, _ type: String, subject: [UInt8], _ fields: [(String, CBORValue)]
  ) {
    emissions.append(
      Emission(
        kind: kind, type: type, program: row.program, subject: subject,
        payload: CBORValue.object(identity + fields).encoded()))
  }
}

extension Scope {
  /// Lets expressions read what a run began with.
  func take(_ draft: RunDraft, subject: [UInt8]) {
    storedOffer = draft.row.offer
    score = draft.score
    scores = NamedScores(stored: draft.row.scores)
    segment = draft.row.segment
    guard let program = binding?.program, !program.experiments.isEmpty else { return }
    variants = Variants(recorded: draft.row.variants, program, subject: subject)
  }
}

extension CBORValue {
  /// A moment as RFC 3339 text.
  static func time(_ microseconds: Int64) -> CBORValue {
    .text(RFC3339.string(microseconds: microseconds))
  }
}
