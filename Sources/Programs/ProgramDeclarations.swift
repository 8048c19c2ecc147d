package import Expressions

/// What the expressions of a program may name, by the place in which they stand.
///
/// The one source of the format's variables and functions: a runtime that binds them needs no other
/// list. All records but `event` are closed, so that a misspelt field is found by the check.
package struct ProgramDeclarations: Sendable {
  /// Where an expression stands.
  package enum Scope: Hashable, Sendable {
    /// Features, keys of entities, trait updates: `event`, and the element that `as` names.
    case event(element: String?)
    /// `arm`, `when` and `data` of a derived event: `key`, `customer`, `params`, `now`.
    case silence
    /// `where`, `key` and `data` of a population: the starting `event`, the item's `key`, `customer`,
    /// `params`, `now`.
    case population
    /// Whose an item of a population is: as `population`, without `customer`.
    case item
    /// `where`, `data` and `rank` of a report: the item's `key`, `params`, `now`, of customers
    /// `customer`.
    case report(ofCustomers: Bool)
    /// The limit of a population: the starting `event`, `params`, `now`.
    case batch
    /// Trigger, deduplication, joining, filters, features of the score: `event`, `customer`,
    /// `params`, `run`, `now`.
    case trigger
    /// Features of named scores, and their combination: as `trigger`, with `scores`.
    case scoring
    /// Segments: as `scoring`, with `score`.
    case segment
    /// Offers: as `segment`, with `segment`.
    case offer
    /// Candidate and journey: as `offer`, with `offer`.
    case journey
    /// A mapping of rows to events: `row`.
    case row

    /// Whether `variant` is the customer's there.
    var hasVariants: Bool {
      switch self {
      case .silence, .report: false
      default: true
      }
    }
  }

  /// The types of `params`.
  package var parameters: [String: ValueType] = [:]
  /// The types of the traits and of the customers' features.
  package var customer: [String: ValueType] = [:]
  /// The functions of entities: by entity the types of its features.
  package var entities: [(name: String, features: [String: ValueType])] = []
  /// The reference tables, with the types of their fields.
  package var references: [(name: String, fields: [(String, ValueType)])] = []
  /// The names of `scores`.
  package var scoreNames: [String] = []
  /// The fields of `offer`.
  package var offerFields: [String] = []
  /// The fields of `variant`.
  package var experiments: [String] = []
  /// The variables that journeys assign.
  package var runVariables: [String] = []
  /// The types of the fields of `row`.
  package var row: [String: ValueType] = [:]

  /// Nothing but the built-in names.
  package init() {}

  /// The declarations for expressions that stand there.
  package func declarations(for scope: Scope) -> Declarations {
    var variables: [String: ValueType] = [:]
    var functions = Self.plainFunctions
    switch scope {
    case .event(let element):
      variables["event"] = Self.event
      if let element { variables[element] = .dyn }
      return Declarations(variables: variables, functions: functions)
    case .row:
      variables["row"] = record("row", row.map { ($0, $1) })
      return Declarations(variables: variables, functions: functions)
    case .silence, .report:
      variables["key"] = .string
    case .scoring:
      variables["event"] = Self.event
      variables["run"] = run
      variables["scores"] = scores
    case .population, .item:
      variables["event"] = Self.event
      variables["key"] = .string
    case .batch:
      variables["event"] = Self.event
    case .segment:
      variables["event"] = Self.event
      variables["run"] = run
      variables["score"] = Self.score
      variables["scores"] = scores
    case .offer:
      variables["event"] = Self.event
      variables["run"] = run
      variables["score"] = Self.score
      variables["scores"] = scores
    case .journey:
      variables["event"] = Self.event
      variables["run"] = run
      variables["score"] = Self.score
      variables["scores"] = scores
      variables["offer"] = record("offer", offerFields.map { ($0, .dyn) })
    case .trigger:
      variables["event"] = Self.event
      variables["run"] = run
    }
    if scope != .item, scope != .batch, scope != .report(ofCustomers: false) {
      variables["customer"] = record("customer", customer.map { ($0, $1) } + [("id", .string)])
    }
    variables["params"] = record("params", parameters.map { ($0, $1) })
    variables["now"] = .timestamp
    if scope == .offer || scope == .journey { variables["segment"] = .string }
    if !experiments.isEmpty, scope.hasVariants {
      variables["variant"] = record("variant", experiments.map { ($0, .string) })
    }
    functions += entities.map { entity in
      let result = record(entity.name, entity.features.map { ($0, $1) })
      return HostFunction(
        name: entity.name, overloads: [Overload(parameters: [.string], result: result)])
    }
    functions += [Self.held, Self.zone, Self.nextLocal]
    functions.append(reference)
    return Declarations(variables: variables, functions: functions)
  }

  /// Names that the format or CEL gives a meaning, so that no entity may have them.
  static let takenNames: Set<String> = [
    "event", "customer", "run", "params", "score", "scores", "offer", "now", "key", "held",
    "variant", "segment", "zone", "nextLocal", "reference", "hourShare", "clamp", "distanceMiles",
    "distanceKm", "size", "has", "all", "exists", "exists_one", "filter", "map", "type", "bool",
    "int", "uint", "double", "string", "bytes", "list", "timestamp", "duration", "dyn", "matches",
    "contains", "math", "strings", "cel", "optional", "net", "base64", "sets", "lists", "ip",
    "cidr", "isIP", "isCIDR",
  ]

  /// The fields of `run` that every program has.
  package static let builtInRunFields: [String: ValueType] = [
    "key": .string, "active": .bool, "startedAt": .timestamp, "state": .string,
    "enteredAt": .timestamp, "program": .string, "sent": sent,
  ]

  /// `run.sent`: how many deliveries the run has requested, by channel.
  private static let sent = ValueType.record(
    RecordType(
      name: "run.sent",
      fields: [
        "email": .int, "sms": .int, "push": .int, "inApp": .int, "phone": .int, "webhook": .int,
      ], isOpen: false))

  /// The fields that every event has.
  static let eventFields: Set<String> = [
    "type", "subject", "time", "recordedAt", "position", "externalId",
  ]

  private static let event = ValueType.record(
    RecordType(
      name: "event",
      fields: [
        "type": .string, "subject": .string, "time": .timestamp, "recordedAt": .timestamp,
        "position": .int, "externalId": .string, "data": .map(.string, .dyn),
      ], isOpen: true))

  private static let score = ValueType.record(
    RecordType(
      name: "score", fields: ["value": .double, "margin": .double, "level": .string],
      isOpen: false))

  private var scores: ValueType {
    record("scores", scoreNames.map { ($0, Self.namedScore) })
  }

  private static let namedScore = ValueType.record(
    RecordType(
      name: "a score",
      fields: ["value": .double, "margin": .double, "level": .string, "fallback": .bool],
      isOpen: false))

  /// Functions that need nothing but their arguments.
  private static let plainFunctions = [
    HostFunction(
      name: "hourShare",
      overloads: [Overload(parameters: [.list(.int), .timestamp], result: .double)]),
    HostFunction(
      name: "distanceMiles", overloads: [Overload(parameters: [.dyn, .dyn], result: .double)]),
    HostFunction(
      name: "distanceKm", overloads: [Overload(parameters: [.dyn, .dyn], result: .double)]),
    HostFunction(
      name: "clamp",
      overloads: [
        Overload(parameters: [.int, .int, .int], result: .int),
        Overload(parameters: [.double, .double, .double], result: .double),
      ]),
  ]

  /// `held(trait, position)`: the trait as it was just before a position of the ledger.
  private static let held = HostFunction(
    name: "held", overloads: [Overload(parameters: [.string, .int], result: .dyn)], cost: 500)

  /// `reference(NAME, key)`: the row of a table, or null.
  private var reference: HostFunction {
    var function = HostFunction(
      name: "reference",
      overloads: [
        Overload(parameters: [.string, .string], result: .dyn),
        Overload(parameters: [.string, .int], result: .dyn),
      ], cost: 200)
    function.resultsByName = [:]
    for table in references {
      function.resultsByName?[table.name] = record("reference \(table.name)", table.fields)
    }
    return function
  }

  /// `zone()`: the name of the customer's time zone.
  private static let zone = HostFunction(
    name: "zone", overloads: [Overload(parameters: [], result: .string)])

  /// `nextLocal(moment, "10:00")`: when clocks in the customer's zone, or in the one that is named,
  /// show that time next.
  private static let nextLocal = HostFunction(
    name: "nextLocal",
    overloads: [
      Overload(parameters: [.timestamp, .string], result: .timestamp),
      Overload(parameters: [.timestamp, .string, .string], result: .timestamp),
    ])

  private var run: ValueType {
    record(
      "run", Self.builtInRunFields.map { ($0, $1) } + runVariables.map { ($0, .dyn) })
  }

  private func record(_ name: String, _ fields: [(String, ValueType)]) -> ValueType {
    var types: [String: ValueType] = [:]
    for (field, type) in fields { types[field] = type }
    return .record(RecordType(name: name, fields: types, isOpen: false))
  }
}
