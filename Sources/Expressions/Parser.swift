/// Builds the syntax tree of an expression (cel-spec langdef, "Syntax") and expands its macros on
/// the way.
struct Parser {
  /// How deep parentheses, brackets, signs and arguments may be nested.
  static let maximumNesting = 250

  let source: SourceText
  let expandsMacros: Bool
  private let tokens: [Token]
  private var position = 0
  private var nesting = 0
  private var nodeCount = 0

  init(source: SourceText, expandsMacros: Bool) throws(ExpressionError) {
    guard source.bytes.count <= SourceText.maximumBytes else {
      throw source.error(
        "the expression is longer than \(SourceText.maximumBytes) bytes", at: 0)
    }
    self.source = source
    self.expandsMacros = expandsMacros
    var lexer = Lexer(source: source)
    tokens = try lexer.tokens()
  }

  /// The tree of the whole source.
  mutating func parse() throws(ExpressionError) -> Syntax {
    let tree = try expression()
    guard token.kind == .end else {
      throw source.error("unexpected \(token.text)", at: token.offset)
    }
    return tree
  }

  /// A new node; refuses trees that are too deep to walk.
  mutating func node(_ kind: Syntax.Kind, at offset: Int) throws(ExpressionError) -> Syntax {
    let node = Syntax(id: nodeCount, offset: offset, kind: kind)
    nodeCount += 1
    guard node.depth <= Syntax.maximumDepth else {
      throw source.error(
        "the expression is nested more than \(Syntax.maximumDepth) levels deep", at: offset)
    }
    return node
  }

  var token: Token { tokens[position] }

  mutating func advance() { position += 1 }

  func isAt(_ symbol: Token.Symbol, ahead: Int = 0) -> Bool {
    position + ahead < tokens.count && tokens[position + ahead].kind == .symbol(symbol)
  }

  func kind(ahead: Int) -> Token.Kind {
    position + ahead < tokens.count ? tokens[position + ahead].kind : .end
  }

  mutating func skip(_ symbol: Token.Symbol) -> Bool {
    guard isAt(symbol) else { return false }
    advance()
    return true
  }

  mutating func expect(_ symbol: Token.Symbol) throws(ExpressionError) {
    guard skip(symbol) else {
      throw source.error(
        "expected '\(symbol.rawValue)' but found \(token.text)", at: token.offset)
    }
  }

  /// `a ? b : c` and everything that binds tighter.
  mutating func expression() throws(ExpressionError) -> Syntax {
    try enter()
    defer { nesting -= 1 }
    let condition = try disjunction()
    guard isAt(.question) else { return condition }
    let offset = token.offset
    advance()
    let first = try disjunction()
    try expect(.colon)
    let second = try expression()
    return try node(.conditional(condition, first, second), at: offset)
  }

  mutating func enter() throws(ExpressionError) {
    nesting += 1
    guard nesting <= Parser.maximumNesting else {
      throw source.error(
        "the expression is nested more than \(Parser.maximumNesting) levels deep",
        at: token.offset)
    }
  }

  mutating func leave() { nesting -= 1 }

  private mutating func disjunction() throws(ExpressionError) -> Syntax {
    let first = try conjunction()
    guard isAt(.or) else { return first }
    let offset = token.offset
    var operands = [first]
    while skip(.or) { operands.append(try conjunction()) }
    return try node(.or(operands), at: offset)
  }

  private mutating func conjunction() throws(ExpressionError) -> Syntax {
    let first = try relation()
    guard isAt(.and) else { return first }
    let offset = token.offset
    var operands = [first]
    while skip(.and) { operands.append(try relation()) }
    return try node(.and(operands), at: offset)
  }

  private mutating func relation() throws(ExpressionError) -> Syntax {
    var left = try sum()
    while true {
      let function: String
      switch token.kind {
      case .symbol(.equal): function = "_==_"
      case .symbol(.notEqual): function = "_!=_"
      case .symbol(.less): function = "_<_"
      case .symbol(.lessOrEqual): function = "_<=_"
      case .symbol(.greater): function = "_>_"
      case .symbol(.greaterOrEqual): function = "_>=_"
      case .identifier("in"): function = "@in"
      default: return left
      }
      let offset = token.offset
      advance()
      left = try node(.call(function, target: nil, arguments: [left, try sum()]), at: offset)
    }
  }

  private mutating func sum() throws(ExpressionError) -> Syntax {
    var left = try product()
    while isAt(.plus) || isAt(.minus) {
      let function = isAt(.plus) ? "_+_" : "_-_"
      let offset = token.offset
      advance()
      left = try node(.call(function, target: nil, arguments: [left, try product()]), at: offset)
    }
    return left
  }

  private mutating func product() throws(ExpressionError) -> Syntax {
    var left = try unary()
    while true {
      let function: String
      switch token.kind {
      case .symbol(.star): function = "_*_"
      case .symbol(.slash): function = "_/_"
      case .symbol(.percent): function = "_%_"
      default: return left
      }
      let offset = token.offset
      advance()
      left = try node(.call(function, target: nil, arguments: [left, try unary()]), at: offset)
    }
  }

  private mutating func unary() throws(ExpressionError) -> Syntax {
    let offset = token.offset
    guard isAt(.not) || isAt(.minus) else { return try member() }
    if isAt(.minus) {
      // A sign right before a number belongs to it, so that the least int can be written.
      switch kind(ahead: 1) {
      case .int, .double: return try member()
      default: break
      }
    }
    try enter()
    defer { leave() }
    let function = isAt(.not) ? "!_" : "-_"
    advance()
    return try node(.call(function, target: nil, arguments: [try unary()]), at: offset)
  }
}
