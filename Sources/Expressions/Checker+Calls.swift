extension Checker {
  mutating func call(
    _ function: String, _ target: Syntax?, _ arguments: [Syntax], _ node: Syntax
  ) throws(ExpressionError) -> ValueType {
    var operands = arguments
    var isMember = false
    var resolved: (name: String, entry: FunctionTable.Entry)?
    if let target {
      if let (prefix, isAbsolute) = target.qualifiedName,
        isAbsolute || !isLocal(String(prefix.prefix { $0 != "." }))
      {
        resolved = find(prefix + "." + function, isAbsolute: isAbsolute)
      }
      if resolved == nil {
        isMember = true
        operands = [target] + arguments
        resolved = functions[function, isMember: true].map { (function, $0) }
      }
    } else {
      // A dot in front says that the name is a full one.
      let isAbsolute = function.hasPrefix(".")
      resolved = find(isAbsolute ? String(function.dropFirst()) : function, isAbsolute: isAbsolute)
    }
    // A misspelt macro would only be told by its unknown variable if arguments came first.
    guard let (name, entry) = resolved else {
      return try undeclaredFunction(function, isMember: isMember, target, node)
    }
    var types: [ValueType] = []
    for operand in operands { types.append(try type(of: operand)) }
    result.resolutions[node.id] =
      entry.host.map { .host($0, isMember: isMember) } ?? .builtin(name, isMember: isMember)
    let type = try overload(name, entry, types, node)
    guard let host = entry.host, let results = declarations.functions[host].resultsByName else {
      return type
    }
    return try named(name, results, operands, node)
  }

  /// The type that a function returns for the name that is its first argument.
  private mutating func named(
    _ function: String, _ results: [String: ValueType], _ operands: [Syntax], _ node: Syntax
  ) throws(ExpressionError) -> ValueType {
    guard let first = operands.first, case .literal(.string(let name)) = first.kind else {
      return try refuse(
        "the first argument of \(function) must be a name in quotes",
        at: operands.first?.offset ?? node.offset)
    }
    if let type = results[name] { return type }
    let known = results.keys.sorted { textOrder($0, $1) < 0 }.joined(separator: ", ")
    return try refuse(
      "\(function) knows no '\(name)'", at: first.offset,
      suggestion: Suggestion.nearest(to: name, among: results.keys)
        ?? (known.isEmpty ? "declare it" : "known: \(known)"))
  }

  private func find(
    _ name: String, isAbsolute: Bool
  ) -> (name: String, entry: FunctionTable.Entry)? {
    for candidate in candidates(name, isAbsolute: isAbsolute) {
      if let entry = functions[candidate, isMember: false] { return (candidate, entry) }
    }
    return nil
  }

  private mutating func undeclaredFunction(
    _ function: String, isMember: Bool, _ target: Syntax?, _ node: Syntax
  ) throws(ExpressionError) -> ValueType {
    result.resolutions[node.id] = .unknown(
      EvaluationError(.undeclared, function + "()", offset: node.offset))
    if functions[function, isMember: !isMember] != nil {
      let mend = isMember ? "write \(function)(x)" : "write x.\(function)(…)"
      return try refuse("undeclared function '\(function)'", at: node.offset, suggestion: mend)
    }
    let written = target?.qualifiedName.map { $0.name + "." + function } ?? function
    let names = functions.names + Parser.macroNames
    let suggestion =
      Suggestion.nearest(to: function, among: names)
      ?? Suggestion.nearest(to: written, among: names)
    return try refuse(
      "undeclared function '\(function)'", at: node.offset, suggestion: suggestion)
  }

  /// The result of the overloads that fit: their common one, or `dyn`.
  private mutating func overload(
    _ name: String, _ entry: FunctionTable.Entry, _ types: [ValueType], _ node: Syntax
  ) throws(ExpressionError) -> ValueType {
    var found: ValueType?
    for overload in entry.overloads
    where overload.parameters.count == types.count {
      let instance = inference.instance(of: overload)
      guard inference.fit(types, instance.parameters) else { continue }
      let type = inference.surface(instance.result)
      guard let earlier = found else {
        found = type
        continue
      }
      if earlier != .dyn, earlier != type { found = .dyn }
    }
    if let found { return found }
    let shown = types.map { inference.resolved($0).description }
    let mend = Checker.mend(name, types.map { inference.resolved($0) }, entry)
    return try refuse(
      "\(Checker.spoken(name)) does not take (\(shown.joined(separator: ", ")))",
      at: node.offset, suggestion: mend)
  }

  /// The function's name as it is written in a source.
  static func spoken(_ name: String) -> String {
    if name == "@in" { return "'in'" }
    let sign = name.split(separator: "_").joined()
    return name.hasPrefix("_") || name.hasSuffix("_") ? "'\(sign)'" : "'\(name)'"
  }

  private static func mend(
    _ name: String, _ types: [ValueType], _ entry: FunctionTable.Entry
  ) -> String? {
    let numbers: [ValueType] = [.int, .uint, .double]
    if name.hasPrefix("_"), types.count == 2, types.allSatisfy(numbers.contains) {
      return "convert one side, for example double(x)"
    }
    if name == "_==_" || name == "_!=_", types.contains(.null) {
      return "only values of type dyn can be null; has(…) tells whether a field is there"
    }
    let forms = entry.overloads.prefix(4).map {
      "(" + $0.parameters.map(\.description).joined(separator: ", ") + ")"
    }
    return "it takes \(forms.joined(separator: " or "))"
  }

  mutating func list(_ elements: [Syntax.Element]) throws(ExpressionError) -> ValueType {
    var common: ValueType?
    for element in elements {
      var found = try type(of: element.value)
      if element.isOptional { found = try unwrapped(found, element.value) }
      common = inference.joined(common, found)
    }
    return .list(common ?? inference.unknown())
  }

  mutating func map(_ entries: [Syntax.Entry]) throws(ExpressionError) -> ValueType {
    var keys: ValueType?
    var values: ValueType?
    for entry in entries {
      let key = try type(of: entry.key)
      switch inference.surface(key) {
      case .bool, .int, .uint, .string, .dyn, .inferred, .parameter: break
      case let other:
        _ = try refuse(
          "a map's key cannot be of type \(inference.resolved(other))", at: entry.key.offset,
          suggestion: "use a bool, an int, a uint or a string")
      }
      keys = inference.joined(keys, key)
      var value = try type(of: entry.value)
      if entry.isOptional { value = try unwrapped(value, entry.value) }
      values = inference.joined(values, value)
    }
    return .map(keys ?? inference.unknown(), values ?? inference.unknown())
  }

  private mutating func unwrapped(
    _ type: ValueType, _ node: Syntax
  ) throws(ExpressionError) -> ValueType {
    let inner = inference.unknown()
    guard inference.fits(type, .optional(inner)) else {
      return try refuse(
        "an entry written with '?' must be an optional, not \(inference.resolved(type))",
        at: node.offset)
    }
    return inner
  }

  mutating func comprehension(
    _ comprehension: Syntax.Comprehension, _ node: Syntax
  ) throws(ExpressionError) -> ValueType {
    let found = try type(of: comprehension.range)
    let range = inference.surface(found)
    let first: ValueType
    let second: ValueType
    switch range {
    case .list(let element):
      (first, second) = comprehension.second == nil ? (element, .dyn) : (.int, element)
    case .map(let key, let value): (first, second) = (key, value)
    case .record: (first, second) = (.string, .dyn)
    case .dyn, .parameter: (first, second) = (.dyn, .dyn)
    case .inferred:
      _ = inference.fits(range, .dyn)
      (first, second) = (.dyn, .dyn)
    default:
      first = try refuse(
        "a value of type \(inference.resolved(range)) cannot be iterated",
        at: comprehension.range.offset, suggestion: "a list or a map is needed")
      second = .dyn
    }
    let slot = newSlots(comprehension.second == nil ? 1 : 2, for: node)
    var variables = [(name: comprehension.first, type: first, slot: slot)]
    if let name = comprehension.second { variables.append((name, second, slot + 1)) }
    if let condition = comprehension.condition {
      let found = try within(variables, condition)
      if !inference.fits(found, .bool) {
        _ = try refuse(
          "the condition must be a bool, not \(inference.resolved(found))", at: condition.offset)
      }
    }
    let made = try comprehension.result.map { (body) throws(ExpressionError) in
      try within(variables, body)
    }
    switch comprehension.purpose {
    case .all, .exists, .existsOne: return .bool
    case .filter: return .list(first)
    case .sortBy: return .list(first)
    case .map, .transformList: return .list(made ?? .dyn)
    case .transformMap: return .map(comprehension.second == nil ? .dyn : first, made ?? .dyn)
    case .transformMapEntry:
      let (key, value) = (inference.unknown(), inference.unknown())
      guard inference.fits(made ?? .dyn, .map(key, value)) else {
        return try refuse(
          "transformMapEntry makes a map of each entry, not \(inference.resolved(made ?? .dyn))",
          at: node.offset)
      }
      return .map(key, value)
    }
  }
}
