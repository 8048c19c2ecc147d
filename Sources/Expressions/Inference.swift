/// What is known about the types that a check has to find out, and whether one type fits another.
///
/// The rules are those of CEL's reference checkers: `dyn` fits everything both ways; a type
/// parameter takes the first type that it meets and is widened to `dyn` parts where needed; null
/// fits records, extension types, timestamps and durations.
struct Inference {
  /// The most steps that one check may take, so that types built to explode cannot stall it.
  private static let maximumSteps = 4_000_000
  /// The largest type that is told in full, counted in its parts.
  private static let maximumParts = 1_000

  private var substitutions: [ValueType?] = []
  /// What was known before each change, for taking changes back.
  private var trail: [(index: Int, before: ValueType?)] = []
  private var steps = 0

  /// Whether the check took so many steps that its answers no longer count.
  var isExhausted: Bool { steps > Inference.maximumSteps }

  /// A type still to be found out.
  mutating func unknown() -> ValueType {
    substitutions.append(nil)
    return .inferred(substitutions.count - 1)
  }

  /// The overload with unknown types for its type parameters.
  mutating func instance(of overload: Overload) -> Overload {
    var names: [String: ValueType] = [:]
    let parameters = overload.parameters.map { instance(of: $0, &names) }
    return Overload(
      parameters: parameters, result: instance(of: overload.result, &names),
      isMember: overload.isMember)
  }

  private mutating func instance(
    of type: ValueType, _ names: inout [String: ValueType]
  ) -> ValueType {
    switch type {
    case .parameter(let name):
      if let known = names[name] { return known }
      let unknown = unknown()
      names[name] = unknown
      return unknown
    case .list(let element): return .list(instance(of: element, &names))
    case .map(let key, let value):
      return .map(instance(of: key, &names), instance(of: value, &names))
    case .optional(let wrapped): return .optional(instance(of: wrapped, &names))
    case .type(let inner): return .type(instance(of: inner, &names))
    case .abstract(let name, let parameters):
      return .abstract(name, parameters.map { instance(of: $0, &names) })
    default: return type
    }
  }

  /// Whether values of `source` may stand where `target` is wanted; learns from it if so.
  mutating func fits(_ source: ValueType, _ target: ValueType) -> Bool {
    fit([source], [target])
  }

  /// Whether each type fits the target of its place; learns from it if all do.
  mutating func fit(_ sources: [ValueType], _ targets: [ValueType]) -> Bool {
    trail.removeAll(keepingCapacity: true)
    if zip(sources, targets).allSatisfy({ match($0, $1) }) { return true }
    for (index, before) in trail.reversed() { substitutions[index] = before }
    return false
  }

  /// The type with everything known put in; what is still unknown becomes `dyn`.
  func resolved(_ type: ValueType) -> ValueType {
    var parts = Inference.maximumParts
    return resolved(type, &parts)
  }

  private func resolved(_ type: ValueType, _ parts: inout Int) -> ValueType {
    parts -= 1
    guard parts > 0 else { return .dyn }
    switch type {
    case .inferred(let index):
      return substitutions[index].map { resolved($0, &parts) } ?? .dyn
    case .list(let element): return .list(resolved(element, &parts))
    case .map(let key, let value):
      return .map(resolved(key, &parts), resolved(value, &parts))
    case .optional(let wrapped): return .optional(resolved(wrapped, &parts))
    case .type(let inner): return .type(resolved(inner, &parts))
    case .abstract(let name, let parameters):
      return .abstract(name, parameters.map { resolved($0, &parts) })
    default: return type
    }
  }

  /// The type with its outermost layer known, unless that is unknown itself.
  func surface(_ type: ValueType) -> ValueType {
    var current = type
    while case .inferred(let index) = current, let known = substitutions[index] {
      current = known
    }
    return current
  }

  /// The common type of a literal's elements: the more general of both, `dyn` if neither fits.
  mutating func joined(_ first: ValueType?, _ second: ValueType) -> ValueType {
    guard let first else { return second }
    if fits(first, second) { return moreGeneral(first, second) }
    return .dyn
  }

  private mutating func match(_ source: ValueType, _ target: ValueType) -> Bool {
    steps += 1
    guard !isExhausted else { return true }
    if case .inferred(let index) = target {
      switch substitute(source, for: index) {
      case .fits: return true
      case .contradicts: return false
      case .impossible: break
      }
    }
    if case .inferred(let index) = source {
      return substitute(target, for: index) == .fits
    }
    switch (source, target) {
    case (.dyn, _), (_, .dyn): return true
    case (.null, let other), (let other, .null): return Inference.isNullable(other)
    case (.list(let first), .list(let second)): return match(first, second)
    case (.map(let firstKey, let firstValue), .map(let secondKey, let secondValue)):
      return match(firstKey, secondKey) && match(firstValue, secondValue)
    case (.optional(let first), .optional(let second)): return match(first, second)
    case (.type, .type): return true
    case (.abstract(let first, let firstParts), .abstract(let second, let secondParts)):
      return first == second && firstParts.count == secondParts.count
        && zip(firstParts, secondParts).allSatisfy { match($0, $1) }
    // A record is a map with string keys at run time, and may be used as one.
    case (.record, .map(let key, _)), (.map(let key, _), .record): return match(.string, key)
    default: return source == target
    }
  }

  private enum Substitution {
    case fits
    /// The unknown is known already, and not as this.
    case contradicts
    /// The type holds the unknown itself.
    case impossible
  }

  private mutating func substitute(_ type: ValueType, for index: Int) -> Substitution {
    if type == .inferred(index) { return .fits }
    if let known = substitutions[index] {
      if type == known { return .fits }
      guard match(type, known) else { return .contradicts }
      let general = moreGeneral(type, known)
      if !mentions(general, index) { learn(general, index) }
      return .fits
    }
    guard !mentions(type, index) else { return .impossible }
    learn(type, index)
    return .fits
  }

  private mutating func learn(_ type: ValueType, _ index: Int) {
    trail.append((index, substitutions[index]))
    substitutions[index] = type
  }

  private mutating func mentions(_ type: ValueType, _ index: Int) -> Bool {
    steps += 1
    guard !isExhausted else { return false }
    switch type {
    case .inferred(let other):
      if other == index { return true }
      return substitutions[other].map { mentions($0, index) } ?? false
    case .list(let inner), .optional(let inner), .type(let inner): return mentions(inner, index)
    case .map(let key, let value): return mentions(key, index) || mentions(value, index)
    case .abstract(_, let parameters): return parameters.contains { mentions($0, index) }
    default: return false
    }
  }

  private mutating func moreGeneral(_ first: ValueType, _ second: ValueType) -> ValueType {
    isAsGeneral(first, second) ? first : second
  }

  private mutating func isAsGeneral(_ first: ValueType, _ second: ValueType) -> Bool {
    steps += 1
    guard !isExhausted else { return true }
    switch (first, second) {
    case (.dyn, _), (.inferred, _): return true
    case (_, .dyn), (_, .inferred): return false
    // What may be null is more general than null alone.
    case (.null, let other): return other == .null
    case (let other, .null): return Inference.isNullable(other)
    case (.list(let first), .list(let second)), (.optional(let first), .optional(let second)):
      return isAsGeneral(first, second)
    case (.map(let firstKey, let firstValue), .map(let secondKey, let secondValue)):
      return isAsGeneral(firstKey, secondKey) && isAsGeneral(firstValue, secondValue)
    case (.type, .type): return true
    case (.abstract(let first, let firstParts), .abstract(let second, let secondParts)):
      return first == second && firstParts.count == secondParts.count
        && zip(firstParts, secondParts).allSatisfy { isAsGeneral($0, $1) }
    case (.map, .record): return true
    default: return first == second
    }
  }

  private static func isNullable(_ type: ValueType) -> Bool {
    switch type {
    case .null, .record, .abstract, .optional, .timestamp, .duration: true
    default: false
    }
  }
}
