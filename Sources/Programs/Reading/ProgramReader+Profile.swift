internal import Expressions

extension ProgramReader {
  private static let standardTraits: [Program.Trait] = [
    standard("status", .string, .string("")),
    standard("hasPaymentMethod", .bool, .bool(false)),
    standard("email", .string, .string("")),
    standard("phone", .string, .string("")),
    standard("pushToken", .string, .string("")),
    standard("timeZone", .string, .string("")),
    standard("marketplace", .string, .string("")),
    standard("locale", .string, .string("")),
    standard("optedOut", .bool, .bool(false)),
    standard("lifecycle", .string, .string("")),
    standard("tier", .string, .string("")),
    standard("lifetimeValue", .int, .int(0)),
  ]

  private static func standard(
    _ name: String, _ type: Program.TraitType, _ defaultValue: Value
  ) -> Program.Trait {
    Program.Trait(name: name, type: type, defaultValue: defaultValue, isStandard: true)
  }

  /// `traits`: the standard ones and the program's own.
  func readTraits(_ node: YAMLNode?) {
    traits = Self.standardTraits
    for entry in entries(node, "traits", limit: ProgramLimits.traits) {
      let what = "trait \"\(entry.key)\""
      checkIdentifier(entry.key, entry.keyPlace, "trait")
      if entry.key == "id" || traits.contains(where: { $0.name == entry.key }) {
        report(
          entry.keyPlace, "\(what) is a standard trait", mend: "use it without declaring it")
      }
      guard let fields = fields(entry.value, what, ProgramFormat.trait) else { continue }
      let type = choice(fields["type"], "the type of \(what)", default: Program.TraitType.string)
      traits.append(
        Program.Trait(
          name: entry.key, type: type, defaultValue: traitDefault(fields["default"], type, what),
          isStandard: false))
    }
  }

  private func traitDefault(
    _ node: YAMLNode?, _ type: Program.TraitType, _ what: String
  ) -> Value {
    let zero: Value =
      switch type {
      case .string: .string("")
      case .bool: .bool(false)
      case .int: .int(0)
      case .double: .double(0)
      }
    guard let node else { return zero }
    var value = literalValue(node, "the default of \(what)")
    if type == .double, case .int(let whole) = value { value = .double(Double(whole)) }
    guard value.type == zero.type else {
      report(
        node.place, "the default of \(what) is no \(type.rawValue)",
        mend: type == .string ? "quote it" : "write a \(type.rawValue)")
      return zero
    }
    return value
  }

  /// `traitUpdates`: events that write traits.
  func traitUpdates(_ node: YAMLNode?) -> [Program.TraitUpdate] {
    elements(node, "traitUpdates", limit: ProgramLimits.traitUpdates).enumerated().map {
      traitUpdate($0.element, "trait update \($0.offset + 1)")
    }
  }

  private func traitUpdate(_ node: YAMLNode, _ what: String) -> Program.TraitUpdate {
    let fields = fields(node, what, ProgramFormat.traitUpdate)
    let types = eventTypes(fields?["on"], "\"on\" of \(what)")
    concern(types)
    let element = element(fields, what)
    let each = optionalExpression(
      fields?["each"], "\"each\" of \(what)", .event(element: nil), .list)
    let scope = Scope.event(element: element.isEmpty ? nil : element)
    let name = text(fields?["trait"], "\"trait\" of \(what)")
    let index = traits.firstIndex { $0.name == name }
    if index == nil, let place = fields?["trait"]?.place, !name.isEmpty {
      report(
        place, "\(what) writes the unknown trait \"\(name)\"",
        mend: NearestName.mend(for: name, among: traits.map(\.name)))
    }
    return Program.TraitUpdate(
      types: types, each: each, elementName: element,
      when: optionalExpression(fields?["when"], "\"when\" of \(what)", scope, .guardian),
      trait: index ?? 0, value: expression(fields?["value"], "\"value\" of \(what)", scope, .kept),
      identity: canonical([
        "trait", name, types.joined(separator: ","), canonicalSource(fields?["each"]), element,
        canonicalSource(fields?["when"]), canonicalSource(fields?["value"]),
      ]))
  }

  /// The name that `as` gives the element of `each`.
  func element(_ fields: Fields?, _ what: String) -> String {
    guard let fields else { return "" }
    guard let node = fields["as"] else {
      if fields["each"] != nil {
        report(fields.place(of: "each"), "\(what) has \"each\" without \"as\"", mend: "add it")
      }
      return ""
    }
    if fields["each"] == nil {
      report(fields.place(of: "as"), "\(what) has \"as\" without \"each\"", mend: "add it")
    }
    let name = text(node, "\"as\" of \(what)")
    checkIdentifier(name, node.place, "the element")
    if name == "event" {
      report(node.place, "the element of \(what) cannot be called \"event\"", mend: "rename it")
    }
    return name
  }

  /// `entities`: what features are kept for beside customers.
  func readEntities(_ node: YAMLNode?) {
    for entry in entries(node, "entities", limit: ProgramLimits.entities) {
      let what = "entity \"\(entry.key)\""
      checkIdentifier(entry.key, entry.keyPlace, "entity")
      if ProgramDeclarations.takenNames.contains(entry.key) {
        report(
          entry.keyPlace, "\(what) has the name of a variable or function of expressions",
          mend: "use another name")
      }
      let fields = fields(entry.value, what, ProgramFormat.entity)
      entities.append(
        Program.Entity(
          name: entry.key,
          key: expression(fields?["key"], "the key of \(what)", .event(element: nil), .key),
          keySource: canonicalSource(fields?["key"])))
    }
  }

  /// Parts joined so that different lists give different texts.
  func canonical(_ parts: [String]) -> String {
    parts.map { "\($0.utf8.count):\($0)" }.joined()
  }

  /// The text of an expression without the white space around it; "" where there is none.
  func canonicalSource(_ node: YAMLNode?) -> String {
    guard let node else { return "" }
    let scalars = literal(node).unicodeScalars
    func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\n" }
    guard let first = scalars.firstIndex(where: { !isBlank($0) }),
      let last = scalars.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(scalars[first...last])
  }
}
