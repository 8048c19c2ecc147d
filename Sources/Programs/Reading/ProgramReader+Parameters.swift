internal import Expressions

extension Value {
  /// The type of a value from YAML.
  var staticType: ValueType {
    switch self {
    case .bool: .bool
    case .int: .int
    case .double: .double
    case .string: .string
    case .list(let elements): .list(Value.common(elements))
    case .map: .map(.string, .dyn)
    default: .dyn
    }
  }

  private static func common(_ elements: [Value]) -> ValueType {
    guard let first = elements.first?.staticType else { return .dyn }
    return elements.allSatisfy { $0.staticType == first } ? first : .dyn
  }
}

extension ProgramReader {
  /// A value that YAML gives as it is, no expression.
  func literalValue(_ node: YAMLNode, _ what: String) -> Value {
    switch node.content {
    case .scalar(let scalar):
      switch scalar.resolved {
      case .null: return .null
      case .bool(let value): return .bool(value)
      case .int(let value): return .int(value)
      case .double(let value): return .double(value)
      case .string(let value): return .string(value)
      case .oddNumber:
        report(
          node.place, "\(what): the number \(scalar.text) can be read in more ways than one",
          mend: "write it as 5000, -1.5 or 2e3, or quote it if it is a text")
        return .null
      }
    case .sequence(let elements):
      return .list(elements.map { literalValue($0, what) })
    case .mapping(let entries):
      return .map(
        MapValue(fields: entries.map { (name: $0.key, value: literalValue($0.value, what)) }))
    }
  }

  /// `params` and the overrides of marketplaces.
  func parameters(_ node: YAMLNode?, marketplaces: YAMLNode?) -> Program.Parameters {
    var base: [String: Value] = [:]
    for entry in entries(node, "params", limit: ProgramLimits.parameters) {
      checkIdentifier(entry.key, entry.keyPlace, "param")
      let value = literalValue(entry.value, "param \"\(entry.key)\"")
      if entry.value.isNull {
        report(entry.value.place, "param \"\(entry.key)\" has no value", mend: "give it one")
      }
      base[entry.key] = value
    }
    parameterNames = sortedByBytes(base.keys)
    var byMarketplace: [String: [String: Value]] = [:]
    for entry in entries(marketplaces, "marketplaces", limit: ProgramLimits.marketplaces) {
      checkName(entry.key, entry.keyPlace, "marketplace")
      byMarketplace[entry.key] = overridden(base, entry)
    }
    return Program.Parameters(
      base: base, marketplaces: byMarketplace, names: parameterNames)
  }

  private func overridden(_ base: [String: Value], _ entry: YAMLEntry) -> [String: Value] {
    let what = "marketplace \"\(entry.key)\""
    guard !entry.value.isNull, let fields = fields(entry.value, what, ProgramFormat.marketplace)
    else {
      return base
    }
    return base.merging(changes(fields["params"], to: base, what)) { $1 }
  }

  /// Params that take the place of those in `base`, of the same types.
  func changes(
    _ node: YAMLNode?, to base: [String: Value], _ what: String
  ) -> [String: Value] {
    var values: [String: Value] = [:]
    for change in entries(node, "params of \(what)", limit: ProgramLimits.parameters) {
      guard let old = base[change.key] else {
        report(
          change.keyPlace, "\(what) sets the param \"\(change.key)\", which params does not have",
          mend: NearestName.mend(for: change.key, among: parameterNames))
        continue
      }
      var value = literalValue(change.value, "param \"\(change.key)\" of \(what)")
      if case .double = old, case .int(let whole) = value { value = .double(Double(whole)) }
      let isKnown = old.type != Value.null.type && value.type != Value.null.type
      if isKnown, value.type != old.type {
        report(
          change.value.place,
          "param \"\(change.key)\" of \(what) is a \(value.type.name), in params a "
            + "\(old.type.name)", mend: "use the same type")
      }
      values[change.key] = value
    }
    return values
  }
}
