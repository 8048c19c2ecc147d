package import Binding
import Expressions
package import Features
import Profiles
package import Programs

/// A version of a program with everything that its expressions read resolved to the tables.
package final class ProgramBinding {
  package let program: Program
  /// The program's version, 64 hex digits.
  package let version: String
  /// Whether filters, features of the score, or the rank of the population read `run`.
  package let readsRunBeforeStart: Bool
  /// The entities that runs watch, with their keys in an event.
  package let watches: [(entity: String, key: EventExpression)]
  private let eventTypes: Set<String>
  private let customerFeatures: [String: UInt32]
  private let traitIndexes: [String: Int]
  private let entities: [String: EntityFacts]
  private var bindings = ExpressionBindings()
  /// The places of values that are kept while one event is handled, by what reads them.
  private var keptPlaces: [String: Int] = [:]
  /// The traits' numbers in the profiles, as far as they are known. A number stays as long as the
  /// tables are open, and this binding lives no longer.
  private var traitNumbers: [UInt32?] = []
  private var marketplaceIndex: Int?

  /// Binds `program`, which was activated: its features are known to `features`.
  package init(_ program: Program, features: Features) {
    self.program = program
    version = program.version.description
    readsRunBeforeStart = Self.readsRunBeforeStart(program)
    eventTypes = Set(program.eventTypes)
    watches = program.journey.watches.map { watch in
      let entity = program.entities[watch.entity]
      return (entity.name, EventExpression(entity.key))
    }
    var customerFeatures: [String: UInt32] = [:]
    var entityFeatures = [[(name: String, number: UInt32)]](
      repeating: [], count: program.entities.count)
    for feature in program.features {
      guard let number = features.number(of: feature, in: program) else { continue }
      switch feature.owner {
      case .customer: customerFeatures[feature.name] = number
      case .entity(let index): entityFeatures[index].append((feature.name, number))
      }
    }
    self.customerFeatures = customerFeatures
    var entities: [String: EntityFacts] = [:]
    for (entity, list) in zip(program.entities, entityFeatures) {
      entities[entity.name] = EntityFacts(
        kind: features.kind(of: entity) ?? .max, features: list)
    }
    self.entities = entities
    var traitIndexes: [String: Int] = [:]
    for (index, trait) in program.traits.enumerated() { traitIndexes[trait.name] = index }
    self.traitIndexes = traitIndexes
    traitNumbers = Array(repeating: nil, count: program.traits.count)
    marketplaceIndex = traitIndexes["marketplace"]
  }

  /// The number of a trait in the profiles; nil: no event ever gave it.
  func traitNumber(_ index: Int, in profiles: Profiles) -> UInt32? {
    if let known = traitNumbers[index] { return known }
    traitNumbers[index] = profiles.trait(program.traits[index].name)
    return traitNumbers[index]
  }

  /// The number of the trait that parameters go by; nil: no event ever gave it.
  func marketplaceNumber(in profiles: Profiles) -> UInt32? {
    marketplaceIndex.flatMap { traitNumber($0, in: profiles) }
  }

  private static func readsRunBeforeStart(_ program: Program) -> Bool {
    var expressions = program.score?.features.map(\.value) ?? []
    for filter in program.filters {
      if case .expression(let expression) = filter.test { expressions.append(expression) }
    }
    if let rank = program.population?.rank { expressions.append(rank) }
    return expressions.contains { $0.attributes.contains { $0.root == "run" } }
  }

  /// Whether the program may do something with an event of this type.
  package func concerns(_ type: String, isInput: Bool) -> Bool {
    (isInput && program.concernsEveryInput) || eventTypes.contains(type)
  }

  /// The resolved attributes and functions of an expression of the program.
  func binding(of expression: CompiledExpression) -> ExpressionBinding {
    if let known = bindings[expression] { return known }
    let attributes = expression.attributes.map(resolve)
    let binding = ExpressionBinding(
      expression, attributes: attributes,
      keptPlaces: zip(attributes, expression.attributes).map { resolved, attribute in
        resolved.isKept ? keptPlace(of: attribute.description) : -1
      }, calls: expression.hostCalls.map(resolve))
    bindings.insert(binding)
    return binding
  }

  private func keptPlace(of name: String) -> Int {
    if let known = keptPlaces[name] { return known }
    keptPlaces[name] = keptPlaces.count
    return keptPlaces.count - 1
  }

  private func resolve(_ function: String) -> FactCall {
    switch function {
    case "held": return .held
    case "reference": return .reference
    case "zone": return .zone
    case "nextLocal": return .nextLocal
    default: break
    }
    return entities[function].map { .entity($0) } ?? .plain(function)
  }

  private func resolve(_ attribute: Attribute) -> FactAttribute {
    let path = attribute.path
    let rest = Array(path.dropFirst())
    switch (attribute.root, path.first) {
    case ("event", let name?) where program.population?.data.contains { $0.name == name } == true:
      return .datum(name: name, rest: rest, otherwise: EventAttribute(path: path))
    case ("event", _): return .event(EventAttribute(path: path))
    case ("now", nil): return .now
    case ("key", nil): return .key
    case ("segment", nil): return .segment
    case ("variant", let name?): return .variant(name)
    case ("customer", "id"): return .customerID
    case ("customer", let name?): return customer(name, rest) ?? .unknown("\(attribute)")
    case ("params", let name?): return parameter(name, rest)
    case ("offer", _): return .offer(path)
    case ("scores", _): return .scores(path)
    case ("score", let name?):
      return FactAttribute.ScoreField(rawValue: name).map { .score($0) }
        ?? .unknown("\(attribute)")
    case ("run", "sent"): return .sent(channel: rest.first == "inApp" ? "in-app" : rest.first ?? "")
    case ("run", let name?):
      return FactAttribute.RunField(rawValue: name).map { .run($0) }
        ?? .variable(name: name, rest: rest)
    case (let root, nil):
      return FactAttribute.Record(rawValue: root).map { .record($0) } ?? .unknown("\(attribute)")
    default: return .unknown("\(attribute)")
    }
  }

  private func parameter(_ name: String, _ rest: [String]) -> FactAttribute {
    let base = program.parameters.base[name]
    let isChanged =
      program.parameters.marketplaces.contains { $0.value[name] != base }
      || program.experiments.contains { experiment in
        experiment.variants.contains { $0.parameters[name] != nil }
      }
    if isChanged { return .parameter(name: name, rest: rest) }
    return .constant(base?.selecting(rest))
  }

  /// The customer's features of this program, in the order of the file.
  var featuresOfCustomer: [(name: String, number: UInt32)] {
    program.features.compactMap { feature in
      guard feature.owner == .customer else { return nil }
      return customerFeatures[feature.name].map { (feature.name, $0) }
    }
  }

  private func customer(_ name: String, _ rest: [String]) -> FactAttribute? {
    if let number = customerFeatures[name] { return .feature(number: number, rest: rest) }
    return traitIndexes[name].map { .trait(index: $0, rest: rest) }
  }
}
