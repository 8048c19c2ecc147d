import Binding
import CBOR
import Expressions
import Programs

/// A field that an expression of a program reads, resolved once for a version of the program.
enum FactAttribute: Sendable {
  case event(EventAttribute)
  /// A name of the population's data: of the item while one is handled, else a field of the event.
  case datum(name: String, rest: [String], otherwise: EventAttribute)
  case customerID
  case trait(index: Int, rest: [String])
  /// A feature of the customer, by its number in the features' tables.
  case feature(number: UInt32, rest: [String])
  case run(RunField)
  /// Deliveries that the run has requested on a channel.
  case sent(channel: String)
  case variable(name: String, rest: [String])
  case parameter(name: String, rest: [String])
  /// A parameter that neither a marketplace nor a variant changes.
  case constant(Value?)
  case score(ScoreField)
  /// A path below `scores`.
  case scores([String])
  case offer([String])
  /// A record by itself: `has(run.x)` asks for it where `run.x` is not set.
  case record(Record)
  /// The variant of an experiment.
  case variant(String)
  case segment
  case now
  case key
  case unknown(String)

  /// Whether the value stays the same while one event is handled.
  var isKept: Bool {
    switch self {
    case .event, .customerID, .trait, .feature, .parameter: true
    default: false
    }
  }

  var isRecord: Bool {
    if case .record = self { true } else { false }
  }

  enum Record: String, Sendable {
    case customer, run, params, score, variant
  }

  enum RunField: String, Sendable, CaseIterable {
    case key, active, startedAt, state, enteredAt, program, sent
  }

  enum ScoreField: String, Sendable, CaseIterable {
    case value, margin, level
  }
}

/// The attributes and functions of one expression, resolved.
final class ExpressionBinding: Sendable {
  let attributes: [FactAttribute]
  /// The attributes as the expression writes them.
  let attributeNames: [String]
  /// By attribute: the place of its value among those that the program keeps while one event is
  /// handled; -1 for what may change meanwhile.
  let keptPlaces: [Int]
  /// The attributes' names as keys of a map, and the attributes in the order of those keys; records
  /// are left out, for they say nothing about a verdict that their fields, noted one by one, do not.
  let keys: [CBORKey]
  let order: [Int]
  let calls: [FactCall]
  /// Held so that no other expression takes its identity.
  let expression: CompiledExpression

  init(
    _ expression: CompiledExpression, attributes: [FactAttribute], keptPlaces: [Int],
    calls: [FactCall]
  ) {
    self.expression = expression
    self.attributes = attributes
    self.keptPlaces = keptPlaces
    self.calls = calls
    let names = expression.attributes.map(\.description)
    attributeNames = names
    keys = names.map { CBORKey($0) }
    order = attributes.indices.filter { !attributes[$0].isRecord }
      .sorted { CBORMap.textPrecedes(names[$0], names[$1]) }
  }
}

/// A function that an expression calls, resolved.
enum FactCall: Sendable {
  case held
  case reference
  case zone
  case nextLocal
  case entity(EntityFacts)
  case plain(String)
}

/// The features of a kind of entity, by name.
final class EntityFacts: Sendable {
  /// The kind's number in the features' tables.
  let kind: UInt32
  let features: [(name: String, number: UInt32)]

  init(kind: UInt32, features: [(name: String, number: UInt32)]) {
    self.kind = kind
    self.features = features
  }
}
