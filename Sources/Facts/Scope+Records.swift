import Binding
import Expressions
import Programs

/// The fields of `run` and `score`, and the records as a whole.
extension Scope {
  func read(_ field: FactAttribute.RunField) -> Value? {
    guard let run else { return nil }
    switch field {
    case .key: return .string(run.key)
    case .active: return .bool(run.isActive)
    case .program: return .string(run.program)
    case .startedAt: return run.startedAt.map { .timestamp(microseconds: $0) }
    case .state: return run.state.map { .string($0) }
    case .enteredAt: return run.enteredAt.map { .timestamp(microseconds: $0) }
    case .sent: return sent(run)
    }
  }

  private func sent(_ run: RunFacts) -> Value {
    .map(
      MapValue(
        fields: Program.Channel.allCases.map { channel in
          let name = channel == .inApp ? "inApp" : channel.rawValue
          return (name, .int(Int64(run.sent[channel.rawValue] ?? 0)))
        }))
  }

  func read(_ field: FactAttribute.ScoreField, _ score: ScoreFacts) -> Value {
    switch field {
    case .value: .double(score.value)
    case .margin: .double(score.margin)
    case .level: .string(score.level)
    }
  }

  /// A record as one map: the fields that are set.
  func read(_ record: FactAttribute.Record) -> Value {
    var fields: [(name: String, value: Value)] = []
    func add(_ name: String, _ value: Value?) {
      if let value { fields.append((name, value)) }
    }
    switch record {
    case .customer:
      add("id", .string(customerID))
      for (index, trait) in (binding?.program.traits ?? []).enumerated() {
        add(trait.name, self.trait(index))
      }
      for (name, number) in binding?.featuresOfCustomer ?? [] { add(name, feature(number)) }
    case .run:
      for field in FactAttribute.RunField.allCases { add(field.rawValue, read(field)) }
      for name in binding?.program.runVariables ?? [] { add(name, run?.variables[name]) }
    case .params:
      for name in binding?.program.parameters.names ?? [] { add(name, parameter(name)) }
    case .variant:
      for experiment in binding?.program.experiments ?? [] {
        add(experiment.id, variantName(experiment.id))
      }
    case .score:
      guard let score else { break }
      for field in FactAttribute.ScoreField.allCases { add(field.rawValue, read(field, score)) }
    }
    return .map(MapValue(fields: fields))
  }
}
