internal import Expressions

/// What the result of an expression must be.
enum ExpectedType {
  /// Anything.
  case any
  /// true or false.
  case guardian
  case timestamp
  /// A text or a whole number.
  case key
  /// A text or a list of texts.
  case keys
  case number
  case list
  /// A text.
  case address
  /// What the ledger keeps as it is: no time, length of time or type, which it keeps as text.
  case kept

  /// Whether a static type will do; `dyn` is left to the run.
  func allows(_ type: ValueType) -> Bool {
    if type == .dyn { return true }
    switch self {
    case .any: return true
    case .guardian: return type == .bool
    case .timestamp: return type == .timestamp || type == .null
    case .key: return type == .string || type == .int
    case .keys:
      if case .list(let element) = type { return element == .string || element == .dyn }
      return type == .string || type == .int
    case .number: return type == .int || type == .double || type == .uint
    case .list:
      if case .list = type { return true }
      return false
    case .address: return type == .string || type == .null
    case .kept:
      switch type {
      case .timestamp, .duration, .type, .abstract, .optional: return false
      default: return true
      }
    }
  }

  /// For messages.
  var wanted: String {
    switch self {
    case .any: "a value"
    case .guardian: "true or false"
    case .timestamp: "a timestamp"
    case .key: "a text or a whole number"
    case .keys: "a text or a list of texts"
    case .number: "a number"
    case .list: "a list"
    case .address: "a text"
    case .kept: "what can be kept (of times the text: string(x), read by timestamp(text))"
    }
  }
}

extension ProgramReader {
  typealias Scope = ProgramDeclarations.Scope

  /// An expression that need not be there.
  func optionalExpression(
    _ node: YAMLNode?, _ what: String, _ scope: Scope, _ expected: ExpectedType = .any
  ) -> CompiledExpression? {
    node.map { expression($0, what, scope, expected) }
  }

  /// An expression. A number, flag or list of YAML stands for the same literal.
  func expression(
    _ node: YAMLNode?, _ what: String, _ scope: Scope, _ expected: ExpectedType = .any
  ) -> CompiledExpression {
    guard let node else { return standIn }
    guard let source = source(node, what) else { return standIn }
    do {
      let compiled = try CompiledExpression(source, declarations: cachedDeclarations(for: scope))
      if !expected.allows(compiled.resultType) {
        report(
          start(of: node), "\(what) must give \(expected.wanted), not \(compiled.resultType)")
      }
      if compiled.usesTimeZones || compiled.hostCalls.contains(where: Self.localFunctions.contains)
      {
        usesTimeZones = true
      }
      if case .event = scope, let use = compiled.zoneUse {
        refuse(use, what, place(line: use.line, column: use.column, in: node, source: source))
      }
      if eventRead == nil, compiled.attributes.contains(where: isEventData) {
        eventRead = start(of: node)
      }
      return compiled
    } catch {
      report(
        place(of: error, in: node, source: source), "\(what): \(error.message)",
        mend: error.suggestion)
      return standIn
    }
  }

  /// An expression whose source the format itself gives.
  func builtIn(_ source: String, _ scope: Scope) -> CompiledExpression {
    do {
      return try CompiledExpression(source, declarations: cachedDeclarations(for: scope))
    } catch {
      preconditionFailure("a source of the format's own compiles: \(error)")
    }
  }

  /// A tree of expressions: mappings and lists of YAML with expressions as leaves.
  func tree(_ node: YAMLNode, _ what: String, _ scope: Scope) -> Program.ExpressionTree {
    switch node.content {
    case .scalar: return .leaf(expression(node, what, scope))
    case .sequence(let elements):
      return .list(elements.map { tree($0, what, scope) })
    case .mapping(let entries):
      return .map(
        entries.map { (name: $0.key, value: tree($0.value, "\(what).\($0.key)", scope)) })
    }
  }

  /// Named expressions in the order of the file.
  func namedExpressions(
    _ node: YAMLNode?, _ what: String, _ scope: Scope, limit: Int
  ) -> [Program.NamedExpression] {
    entries(node, what, limit: limit).map { entry in
      checkIdentifier(entry.key, entry.keyPlace, "a name in \(what)")
      let value = expression(entry.value, "\(what).\(entry.key)", scope)
      return Program.NamedExpression(name: entry.key, value: value)
    }
  }

  /// Functions that go by the rules of time zones.
  private static let localFunctions: Set<String> = ["zone", "nextLocal"]

  /// Whether it reads what only events of some types have.
  private func isEventData(_ attribute: Attribute) -> Bool {
    guard attribute.root == "event" else { return false }
    return attribute.path.first.map { !ProgramDeclarations.eventFields.contains($0) } ?? true
  }

  /// What stands in for an expression that has a problem.
  private var standIn: CompiledExpression { builtIn("true", .event(element: nil)) }

  /// The source; nil after reporting that there is none.
  private func source(_ node: YAMLNode, _ what: String) -> String? {
    if let scalar = node.scalar, scalar.text.utf8.allSatisfy({ $0 == 0x20 || $0 == 0x0A }) {
      report(node.place, "\(what) is empty", mend: "write an expression, or leave the field out")
      return nil
    }
    return literal(node)
  }

  /// The source of a node: of a list or mapping the literal of CEL.
  func literal(_ node: YAMLNode) -> String {
    switch node.content {
    case .scalar(let scalar): return scalar.text
    case .sequence(let elements):
      return "[\(elements.map(literal).joined(separator: ", "))]"
    case .mapping(let entries):
      let pairs = entries.map { "\(quoted($0.key)): \(literal($0.value))" }
      return "{\(pairs.joined(separator: ", "))}"
    }
  }

  private func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "\"": result += "\\\(scalar)"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The first code point of the source in the file.
  private func start(of node: YAMLNode) -> Place {
    guard let scalar = node.scalar else { return node.place }
    return place(of: 0, in: scalar, at: node.place)
  }

  /// Refuses a zone where nothing but the event is known: rules come into a ledger after its first
  /// events, so that a fold over all history would have none for those.
  private func refuse(_ use: ZoneUse, _ what: String, _ place: Place) {
    guard let name = use.name else {
      return note(
        place, "\(what) computes a time zone: the name of one has no value here",
        mend: "let it be UTC or an offset such as +02:00")
    }
    report(
      place, "\(what) asks for the time in \"\(name)\", but named zones are not known here",
      mend: "name UTC or an offset such as +02:00, or keep the time and compare it in a filter")
  }

  /// Where an error of the source lies in the file.
  private func place(of error: ExpressionError, in node: YAMLNode, source: String) -> Place {
    place(line: error.line, column: error.column, in: node, source: source)
  }

  private func place(
    line errorLine: Int, column errorColumn: Int, in node: YAMLNode, source: String
  ) -> Place {
    guard let scalar = node.scalar else { return node.place }
    var line = 1
    var column = 1
    var index = 0
    for character in source.unicodeScalars {
      if line == errorLine, column >= errorColumn { break }
      if line > errorLine { break }
      if character == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
      index += 1
    }
    return place(of: index, in: scalar, at: node.place)
  }
}
