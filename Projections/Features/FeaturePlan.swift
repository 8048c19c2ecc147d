import Binding
import Expressions
import Ledger
import Programs

/// A feature with its expressions bound to events.
final class BoundFeature {
  let feature: Program.Feature
  let fold: FeatureFold
  private let each: SharedExpression?
  private let filter: SharedExpression?
  private let value: SharedExpression?
  private let key: SharedExpression?

  init(_ feature: Program.Feature, _ places: inout ExpressionPlaces) {
    self.feature = feature
    fold = FeatureFold(feature)
    let hasElements = feature.each != nil
    func shared(_ expression: CompiledExpression?) -> SharedExpression? {
      expression.map {
        places.share(
          EventExpression($0, elementName: feature.elementName), readsElement: hasElements)
      }
    }
    each = feature.each.map { places.share(EventExpression($0), readsElement: false) }
    filter = shared(feature.filter)
    value = shared(feature.value)
    key = shared(feature.key)
  }

  /// Whether its values are told apart by a key.
  var isKeyed: Bool { key != nil }

  /// Calls `body` with each key that the event concerns, and the value that it gives the key; nil: it
  /// takes the key's value away.
  func forEachKey(type: String, _ event: EventEvaluation, _ body: (String, Value?) -> Void) {
    guard let key else { return }
    let removes = feature.removeTypes.contains(type)
    var elements: [Value?] = [nil]
    if let each {
      guard case .list(let list)? = event.value(each) else { return }
      elements = list
    }
    for element in elements {
      guard let bytes = event.value(key, element: element).flatMap(EventExpression.key) else {
        continue
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if removes {
        body(text, nil)
      } else if let value = value(of: event, element) {
        body(text, value)
      }
    }
  }

  /// Calls `body` with each value that the feature takes from the event.
  func forEachValue(_ event: EventEvaluation, _ body: (Value) -> Void) {
    guard let each else {
      if let value = value(of: event, nil) { body(value) }
      return
    }
    guard case .list(let elements)? = event.value(each) else { return }
    for element in elements {
      if let value = value(of: event, element) { body(value) }
    }
  }

  private func value(of event: EventEvaluation, _ element: Value?) -> Value? {
    if let filter {
      guard case .bool(true)? = event.value(filter, element: element) else { return nil }
    }
    guard let value else { return .null }
    guard let result = event.value(value, element: element)?.stored else { return nil }
    if case .null = result { return nil }
    return result
  }
}

/// Features of one kind of entity that take in one type of event.
struct FeaturePlan {
  /// An entity other than the customer.
  struct Entity {
    let kind: UInt32
    /// What a key begins with in the table of entities.
    let keyPrefix: [UInt8]
    let key: EventExpression

    init(kind: UInt32, key: EventExpression) {
      self.kind = kind
      self.key = key
      keyPrefix = BigEndian.bytes(kind)
    }
  }

  /// nil: the event's subject.
  let entity: Entity?
  var features: [UInt32]
}

/// What one type of event is to the features.
struct TypePlans {
  let isActivation: Bool
  /// Taken in before policies react.
  let current: [FeaturePlan]
  /// Taken in after policies have reacted.
  let later: [FeaturePlan]
}

/// Which features take in which events, before and after policies react to them.
struct FeaturePlans {
  private var current: [String: [FeaturePlan]] = [:]
  private var later: [String: [FeaturePlan]] = [:]

  init() {}

  /// The plans of `other` for some features alone.
  init(_ other: FeaturePlans, only numbers: Range<UInt32>) {
    current = Self.filter(other.current, numbers)
    later = Self.filter(other.later, numbers)
  }

  private static func filter(
    _ plans: [String: [FeaturePlan]], _ numbers: Range<UInt32>
  ) -> [String: [FeaturePlan]] {
    plans.mapValues { list in
      list.compactMap { plan in
        let kept = plan.features.filter { numbers.contains($0) }
        return kept.isEmpty ? nil : FeaturePlan(entity: plan.entity, features: kept)
      }
    }
  }

  func concerns(_ type: String) -> Bool {
    current[type] != nil || later[type] != nil
  }

  func plans(for type: String, includesCurrent: Bool) -> [FeaturePlan] {
    (includesCurrent ? current[type] : later[type]) ?? []
  }

  mutating func add(_ number: UInt32, _ feature: Program.Feature, _ entity: FeaturePlan.Entity?) {
    for type in feature.types + feature.removeTypes {
      if feature.includesCurrent {
        Self.add(number, entity, to: &current[type, default: []])
      } else {
        Self.add(number, entity, to: &later[type, default: []])
      }
    }
  }

  private static func add(
    _ number: UInt32, _ entity: FeaturePlan.Entity?, to plans: inout [FeaturePlan]
  ) {
    if let index = plans.firstIndex(where: { $0.entity?.kind == entity?.kind }) {
      plans[index].features.append(number)
    } else {
      plans.append(FeaturePlan(entity: entity, features: [number]))
    }
  }
}
