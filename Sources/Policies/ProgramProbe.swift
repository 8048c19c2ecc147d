import Binding
import CBOR
import Catalog
import Engine
import Facts
package import Ledger
import Programs

/// Asks a program's filters and scores about triggers that are in the ledger, outside of any
/// decision: what each costs can be measured so. Nothing is recorded.
package final class ProgramProbe {
  /// The program's id.
  package let program: String
  /// The filters' names, in order.
  package let filters: [String]
  /// Whether it has a score.
  package let hasScore: Bool

  private let binding: ProgramBinding
  private let scope: Scope
  private let evaluator: FilterEvaluator
  private let scores: ScoreEvaluator
  private var encoder = CBOREncoder()

  /// One for each program in force.
  package static func all(_ store: Store) -> [ProgramProbe] {
    store.catalog.active.compactMap { ProgramProbe(store, program: $0.program) }
  }

  /// - Returns: nil where the store has no such program in force.
  package init?(_ store: Store, program: String) {
    let programs = ProgramSet(catalog: store.catalog, features: store.features)
    guard let row = store.catalog.active.first(where: { $0.program == program }),
      let binding = programs.binding(version: row.version)
    else { return nil }
    self.program = program
    self.binding = binding
    filters = binding.program.filters.map(\.id)
    hasScore = binding.program.scoring != nil
    scope = Scope(
      context: store.context, profiles: store.profiles, features: store.features,
      references: store.references, zones: store.timeZones)
    evaluator = FilterEvaluator(
      scope: scope, deliveries: store.deliveries, profiles: store.profiles,
      consents: store.consents, journeys: store.journeys, names: store.context.names)
    scores = ScoreEvaluator(
      scope: scope, models: store.models, items: store.items, pending: store.pendingScores)
  }

  /// The types of events that trigger the program.
  package var triggers: [String] { binding.program.trigger.types }

  /// Stands at a trigger, as a decision about it begins.
  package func stand(at event: Event, subject: UInt32) {
    scope.begin(binding, event: event, customer: subject, now: event.recordedAt)
    let key = scope.optional(binding.program.trigger.key).flatMap(EventExpression.key) ?? []
    scope.run = RunFacts(key: String(decoding: key, as: UTF8.self), program: program)
  }

  /// Whether the filter passes, asked without a record of what it read.
  package func passes(_ filter: Int) -> Bool { evaluator.passes(binding.program.filters[filter]) }

  /// Whether the filter passes, with the record that a decision keeps.
  package func passesRecorded(_ filter: Int) -> Bool {
    encoder.removeAll()
    return evaluator.ask(binding.program.filters[filter], into: &encoder)
  }

  /// The score, with all that a decision records of it; nil where there is none.
  package func score() -> Double? {
    guard let scoring = binding.program.scoring else { return nil }
    do throws(ScoreEvaluator.Failure) {
      return try scores.outcome(scoring, binding.program).main.facts.value
    } catch {
      return nil
    }
  }
}
