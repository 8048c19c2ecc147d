extension Parser {
  /// A primary expression with its selections, indexes and member calls.
  mutating func member() throws(ExpressionError) -> Syntax {
    var operand = try primary()
    while true {
      let offset = token.offset
      if skip(.dot) {
        let isOptional = skip(.question)
        let nameOffset = token.offset
        let (name, isQuoted) = try selector()
        if isAt(.leftParenthesis), !isOptional, !isQuoted {
          let arguments = try callArguments()
          operand = try call(name, target: operand, arguments, at: nameOffset)
        } else {
          operand = try node(
            .select(operand, field: name, isTest: false, isOptional: isOptional), at: nameOffset)
        }
      } else if skip(.leftBracket) {
        let function = skip(.question) ? "_[?_]" : "_[_]"
        let index = try expression()
        try expect(.rightBracket)
        operand = try node(
          .call(function, target: nil, arguments: [operand, index]), at: offset)
      } else if isAt(.leftBrace), let name = operand.qualifiedName?.name {
        throw source.error(
          "messages such as \(name){…} are not supported", at: offset,
          suggestion: "write a map: {'field': value}")
      } else {
        return operand
      }
    }
  }

  private mutating func selector() throws(ExpressionError) -> (name: String, isQuoted: Bool) {
    switch token.kind {
    case .identifier(let name) where !keywords.contains(name):
      advance()
      return (name, false)
    case .quotedIdentifier(let name):
      advance()
      return (name, true)
    default:
      throw source.error(
        "expected a field's name after '.' but found \(token.text)", at: token.offset)
    }
  }

  private mutating func callArguments() throws(ExpressionError) -> [Syntax] {
    try expect(.leftParenthesis)
    var arguments: [Syntax] = []
    if skip(.rightParenthesis) { return arguments }
    repeat { arguments.append(try expression()) } while skip(.comma)
    try expect(.rightParenthesis)
    return arguments
  }

  private mutating func call(
    _ name: String, target: Syntax?, _ arguments: [Syntax], at offset: Int
  ) throws(ExpressionError) -> Syntax {
    if expandsMacros,
      let expansion = try expandMacro(name, target: target, arguments, at: offset)
    {
      return expansion
    }
    return try node(.call(name, target: target, arguments: arguments), at: offset)
  }

  private mutating func primary() throws(ExpressionError) -> Syntax {
    let offset = token.offset
    switch token.kind {
    case .symbol(.leftParenthesis):
      advance()
      let inner = try expression()
      try expect(.rightParenthesis)
      return inner
    case .symbol(.leftBracket): return try listLiteral()
    case .symbol(.leftBrace): return try mapLiteral()
    case .symbol(.dot):
      advance()
      return try name(isAbsolute: true, at: offset)
    case .identifier: return try name(isAbsolute: false, at: offset)
    default: return try node(.literal(try literal()), at: offset)
    }
  }

  private mutating func literal() throws(ExpressionError) -> Value {
    let offset = token.offset
    let isNegative = skip(.minus)
    let kind = token.kind
    advance(pastEnd: false)
    switch kind {
    case .int(let magnitude):
      let limit = UInt64(Int64.max) + (isNegative ? 1 : 0)
      guard magnitude <= limit else {
        throw source.error(
          "the number is too large for an int", at: offset,
          suggestion: isNegative ? nil : "write \(magnitude)u for a uint")
      }
      return .int(Int64(truncatingIfNeeded: isNegative ? 0 &- magnitude : magnitude))
    case .double(let value): return .double(isNegative ? -value : value)
    case .uint(let value): return .uint(value)
    case .string(let text): return .string(text)
    case .bytes(let bytes): return .bytes(bytes)
    case .end:
      throw source.error("the expression ends where a value is expected", at: offset)
    default:
      let word = Token(kind: kind, offset: offset).text
      throw source.error("unexpected \(word) where a value is expected", at: offset)
    }
  }

  private mutating func advance(pastEnd: Bool) {
    if pastEnd || token.kind != .end { advance() }
  }

  private mutating func name(isAbsolute: Bool, at offset: Int) throws(ExpressionError) -> Syntax {
    guard case .identifier(let name) = token.kind else {
      throw source.error("expected a name after '.' but found \(token.text)", at: token.offset)
    }
    advance()
    if !isAbsolute {
      switch name {
      case "true": return try node(.literal(.bool(true)), at: offset)
      case "false": return try node(.literal(.bool(false)), at: offset)
      case "null": return try node(.literal(.null), at: offset)
      default: break
      }
    }
    guard !keywords.contains(name), !reservedWords.contains(name) else {
      throw source.error("'\(name)' is a reserved word and cannot be a name", at: offset)
    }
    if isAt(.leftParenthesis) {
      let arguments = try callArguments()
      return try call(isAbsolute ? "." + name : name, target: nil, arguments, at: offset)
    }
    return try node(.identifier(name, isAbsolute: isAbsolute), at: offset)
  }

  private mutating func listLiteral() throws(ExpressionError) -> Syntax {
    let offset = token.offset
    advance()
    var elements: [Syntax.Element] = []
    while !isAt(.rightBracket) {
      let isOptional = skip(.question)
      elements.append(.init(value: try expression(), isOptional: isOptional))
      guard skip(.comma) else { break }
    }
    try expect(.rightBracket)
    return try node(.list(elements), at: offset)
  }

  private mutating func mapLiteral() throws(ExpressionError) -> Syntax {
    let offset = token.offset
    advance()
    var entries: [Syntax.Entry] = []
    while !isAt(.rightBrace) {
      let isOptional = skip(.question)
      let key = try expression()
      try expect(.colon)
      entries.append(.init(key: key, value: try expression(), isOptional: isOptional))
      guard skip(.comma) else { break }
    }
    try expect(.rightBrace)
    return try node(.map(entries), at: offset)
  }
}

/// Words that are no selectors either.
private let keywords: [String] = ["true", "false", "null", "in"]

/// Words that name no variable or function, for the language's future.
private let reservedWords: [String] = [
  "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
  "package", "namespace", "return", "var", "void", "while",
]
