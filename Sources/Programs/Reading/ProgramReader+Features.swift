internal import Expressions

extension ProgramReader {
  /// `features`: of customers first, then by entity in the order of `entities`.
  func features(_ node: YAMLNode?) -> [Program.Feature] {
    let owners = entries(node, "features", limit: ProgramLimits.entities + 1)
    let known = ["customer"] + entities.map(\.name)
    for owner in owners where !known.contains(owner.key) {
      report(
        owner.keyPlace, "features of the undeclared entity \"\(owner.key)\"",
        mend: NearestName.mend(for: owner.key, among: known))
    }
    var result: [Program.Feature] = []
    for (index, name) in known.enumerated() {
      guard let owner = owners.first(where: { $0.key == name }) else { continue }
      let what = "features of \(name)"
      for entry in entries(owner.value, what, limit: ProgramLimits.features) {
        result.append(feature(entry, index == 0 ? .customer : .entity(index - 1)))
      }
    }
    if result.count > ProgramLimits.features, let node {
      report(
        node.place,
        "the program has \(result.count) features; at most \(ProgramLimits.features) are allowed")
    }
    return result
  }

  private func feature(_ entry: YAMLEntry, _ owner: Program.FeatureOwner) -> Program.Feature {
    let what = "feature \"\(entry.key)\""
    checkIdentifier(entry.key, entry.keyPlace, "feature")
    if owner == .customer, entry.key == "id" || traits.contains(where: { $0.name == entry.key }) {
      report(
        entry.keyPlace, "\(what) has the name of a trait of the customer", mend: "rename it")
    }
    let fields = fields(entry.value, what, ProgramFormat.feature)
    let kind = kind(entry, fields, what)
    let types = eventTypes(fields?[kind.rawValue], "\"\(kind.rawValue)\" of \(what)")
    concern(types)
    checkOptions(fields, kind, what)

    let element = element(fields, what)
    let scope = Scope.event(element: element.isEmpty ? nil : element)
    let expected: ExpectedType = kind == .sum || kind == .avg ? .number : .kept
    let value =
      kind.needsValue
      ? expression(fields?["value"], "\"value\" of \(what)", scope, expected) : nil
    let window = fields?["window"].map { duration($0, "the window of \(what)") }
    let settle = fields?["settle"].map { duration($0, "\"settle\" of \(what)") }
    let limit = fields?["limit"].map {
      integer($0, "the limit of \(what)", in: 1...ProgramLimits.keptValues)
    }
    let order = choice(fields?["by"], "\"by\" of \(what)", default: Program.FeatureOrder.recorded)
    let includes = includesCurrent(fields?["including"], what)
    let defaultValue = defaultValue(fields?["default"], kind, value, what)
    let removing = removing(fields, kind, types, what)
    return Program.Feature(
      owner: owner, name: entry.key, kind: kind, types: types,
      each: optionalExpression(
        fields?["each"], "\"each\" of \(what)", .event(element: nil), .list),
      elementName: element,
      filter: optionalExpression(fields?["where"], "\"where\" of \(what)", scope, .guardian),
      value: value, windowMicroseconds: window, settleMicroseconds: settle,
      limit: limit ?? ProgramLimits.defaultKeptValues,
      key: optionalExpression(fields?["key"], "the key of \(what)", scope, .key),
      removeTypes: removing, includesCurrent: includes, order: order,
      defaultValue: defaultValue,
      valueType: kind.valueType(of: value?.resultType ?? .dyn, defaultValue),
      identity: canonical(
        [
          ownerIdentity(owner), kind.rawValue, types.joined(separator: ","),
          canonicalSource(fields?["where"]), canonicalSource(fields?["value"]),
          canonicalSource(fields?["each"]), element, "\(window ?? -1)", "\(settle ?? -1)",
          "\(limit ?? ProgramLimits.defaultKeptValues)", "\(includes)", order.rawValue,
          fields?["default"].map(literal) ?? "",
        ] + keyIdentity(fields, removing)))
  }

  /// `remove`: the types of events that take values away.
  private func removing(
    _ fields: Fields?, _ kind: Program.FeatureKind, _ types: [String], _ what: String
  ) -> [String] {
    guard let fields else { return [] }
    for name in ["key", "remove"] where fields[name] != nil && kind != .collect {
      report(
        fields.place(of: name),
        "only \"collect\" has a \"\(name)\", \(what) is a \"\(kind.rawValue)\"")
    }
    if fields["remove"] != nil, fields["key"] == nil {
      report(
        fields.place(of: "remove"), "\(what) has \"remove\" without \"key\"",
        mend: "say which value goes")
    }
    let removing = eventTypes(fields["remove"], "\"remove\" of \(what)")
    for type in removing where types.contains(type) {
      report(
        fields.place(of: "remove"), "\(what) collects and removes at \"\(type)\"",
        mend: "use two types of events")
    }
    concern(removing)
    return removing
  }

  /// Features without a key keep the identity that they always had.
  private func keyIdentity(_ fields: Fields?, _ removing: [String]) -> [String] {
    guard let key = fields?["key"] else { return [] }
    return [canonicalSource(key), removing.joined(separator: ",")]
  }

  private func kind(
    _ entry: YAMLEntry, _ fields: Fields?, _ what: String
  ) -> Program.FeatureKind {
    let found = (entry.value.entries ?? []).filter {
      Program.FeatureKind(rawValue: $0.key) != nil
    }
    let kinds = Program.FeatureKind.allCases.map(\.rawValue).joined(separator: ", ")
    guard let first = found.first else {
      if let fields { report(fields.place, "\(what) says nothing to fold", mend: "use \(kinds)") }
      return .count
    }
    if let second = found.dropFirst().first {
      report(
        second.keyPlace, "\(what) has both \"\(first.key)\" and \"\(second.key)\"",
        mend: "make two features of it")
    }
    let kind = Program.FeatureKind(rawValue: first.key) ?? .count
    if first.value.isNull {
      report(first.keyPlace, "\(what) names no event type", mend: "name one, or a list")
    }
    return kind
  }

  /// Options that a kind does not have, and the value that it needs.
  private func checkOptions(_ fields: Fields?, _ kind: Program.FeatureKind, _ what: String) {
    guard let fields else { return }
    if kind.needsValue, fields["value"] == nil {
      report(fields.place, "\(what) has no \"value\" to fold", mend: "add it")
    }
    if !kind.needsValue, fields["value"] != nil {
      report(
        fields.place(of: "value"), "\"\(kind.rawValue)\" of \(what) takes no \"value\"",
        mend: "remove it, or use another kind")
    }
    if kind != .distinct, fields["settle"] != nil {
      report(
        fields.place(of: "settle"),
        "only \"distinct\" can settle, \(what) is a "
          + "\"\(kind.rawValue)\"")
    }
    if kind == .hours {
      for key in ["window", "default"] where fields[key] != nil {
        report(
          fields.place(of: key), "\"hours\" of \(what) takes no \"\(key)\"",
          mend: "it counts all events, from 24 zeros on; remove it")
      }
    }
    if kind != .distinct, kind != .collect, fields["limit"] != nil {
      report(
        fields.place(of: "limit"),
        "only \"distinct\" and \"collect\" have a limit, \(what) is a "
          + "\"\(kind.rawValue)\"")
    }
  }

  private func includesCurrent(_ node: YAMLNode?, _ what: String) -> Bool {
    guard let node else { return false }
    let text = text(node, "\"including\" of \(what)")
    if text != "current" {
      report(node.place, "\"including\" of \(what) can only be \"current\"")
    }
    return true
  }

  private func defaultValue(
    _ node: YAMLNode?, _ kind: Program.FeatureKind, _ value: CompiledExpression?, _ what: String
  ) -> Value? {
    let natural = kind.naturalDefault(of: value?.resultType ?? .dyn)
    guard let node else { return natural }
    var literal = literalValue(node, "the default of \(what)")
    if kind == .avg, case .int(let whole) = literal { literal = .double(Double(whole)) }
    if let natural, kind != .sum, natural.type != literal.type {
      report(
        node.place,
        "the default of \(what) is a \(literal.type.name), but \"\(kind.rawValue)\" "
          + "gives a \(natural.type.name)", mend: "leave it out")
    }
    return literal
  }

  private func ownerIdentity(_ owner: Program.FeatureOwner) -> String {
    switch owner {
    case .customer: "customer"
    case .entity(let index): canonical([entities[index].name, entities[index].keySource])
    }
  }
}

extension Program.FeatureKind {
  /// Whether it folds a value of the event, not the event itself.
  var needsValue: Bool { self != .count && self != .exists && self != .hours }

  /// What there is before any event, if that follows from the kind.
  func naturalDefault(of value: ValueType) -> Value? {
    switch self {
    case .count: .int(0)
    case .sum: value == .double ? .double(0) : .int(0)
    case .exists: .bool(false)
    case .distinct, .collect: .list([])
    case .hours: .list(Array(repeating: .int(0), count: 24))
    case .avg, .min, .max, .first, .last: nil
    }
  }

  /// The type of the feature in expressions.
  func valueType(of value: ValueType, _ defaultValue: Value?) -> ValueType {
    switch self {
    case .count: .int
    case .sum: value
    case .exists: .bool
    case .distinct, .collect: .list(value)
    case .hours: .list(.int)
    case .avg: .double
    case .min, .max, .first, .last:
      defaultValue.map { $0.staticType == value } ?? true ? value : .dyn
    }
  }
}
