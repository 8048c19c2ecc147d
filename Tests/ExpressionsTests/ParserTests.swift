import Expressions
import Testing

@Suite("Parsing")
struct ParserTests {
  @Test(
    "Operators bind as CEL says",
    arguments: [
      ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 4 - 3", 3), ("24 / 4 / 2", 3),
      ("7 % 4 + 1", 4), ("-2 * 3", -6), ("- -2", 2), ("1 < 2 ? 10 : 20", 10),
      ("false ? 1 : false ? 2 : 3", 3), ("true ? (false ? 1 : 2) : 3", 2),
      ("[1, 2][1] * 2", 4), ("{'a': [5]}.a[0] - 1", 4), ("-[3][0]", -3), ("size('ab') + 1", 3),
      ("-9223372036854775808", Int64.min), ("0x10 + 1", 17),
    ] as [(String, Int64)])
  func precedence(source: String, value: Int64) throws {
    #expect(try evaluated(source) == .int(value))
  }

  @Test(
    "Logic binds as CEL says",
    arguments: [
      ("true || false && false", true), ("(true || false) && false", false),
      ("!false && false", false), ("!(false && false)", true), ("1 + 1 == 2 && 3 > 2", true),
      ("1 in [1] == true", true), ("!true == false", true), ("1 < 2 == true", true),
      ("false && true || true", true), ("'a' + 'b' == 'ab'", true), ("// note\n true", true),
      ("[1, 2,] == [1, 2] && {'a': 1,} == {'a': 1}", true),
    ])
  func logic(source: String, value: Bool) throws {
    #expect(try evaluated(source) == .bool(value))
  }

  @Test(
    "An error tells its line, its column and the mend",
    arguments: [
      ("1 +", 1, 4, "ends where a value"), ("1 = 2", 1, 3, "write '=='"),
      ("a &\n& b", 1, 3, "write '&&'"), ("\n\n  )", 3, 3, "unexpected ')'"),
      ("'abc", 1, 1, "no closing quote"), ("'a\nb'", 1, 1, "three quotes"),
      ("'\\q'", 1, 2, "unknown escape"), ("'é' + ü", 1, 7, "unexpected 'ü'"),
      ("[1, 2", 1, 6, "expected ']'"), ("{1: 2", 1, 6, "expected '}'"),
      ("f(1", 1, 4, "expected ')'"),
      ("{1 2}", 1, 4, "expected ':'"), ("true ? 1", 1, 9, "expected ':'"),
      ("9223372036854775808", 1, 1, "9223372036854775808u"),
      ("18446744073709551616u", 1, 1, "64 bits"), ("1e999", 1, 1, "too large"),
      ("12abc", 1, 3, "letter"), ("0x", 1, 1, "digits"), ("1e+", 1, 1, "exponent"),
      ("while + 1", 1, 1, "reserved"), ("a.in", 1, 3, "field's name"), ("a.1", 1, 2, "unexpected"),
      ("Message{a: 1}", 1, 8, "not supported"), ("has(a)", 1, 5, "selection"),
      ("[1].all(1, true)", 1, 9, "simple name"), ("[1].all(i, i, true)", 1, 12, "different names"),
      ("b'\\u0041'", 1, 3, "bytes"), ("'\\ud800'", 1, 2, "not a code point"), ("", 1, 1, "ends"),
    ])
  func positions(source: String, line: Int, column: Int, part: String) {
    let declarations = Declarations(variables: ["a": .dyn, "b": .dyn])
    let error = #expect(throws: ExpressionError.self) {
      try CompiledExpression(source, declarations: declarations)
    }
    #expect(error?.line == line)
    #expect(error?.column == column)
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }

  @Test(
    "Nesting up to the limit is compiled, beyond it refused",
    arguments: [
      ("(", "1", ")"), ("[", "1", "]"), ("-", "x", ""), ("!", "y", ""), ("f(", "1", ")"),
      ("true ? 1 : ", "1", ""), ("{1: ", "1", "}"), ("[1].map(i, ", "i", ")"),
    ])
  func nesting(open: String, core: String, close: String) throws {
    let declarations = Declarations(
      variables: ["x": .int, "y": .bool],
      functions: [
        HostFunction(name: "f", overloads: [Overload(parameters: [.dyn], result: .dyn)])
      ])
    func source(_ depth: Int) -> String {
      String(repeating: open, count: depth) + core + String(repeating: close, count: depth)
    }
    _ = try CompiledExpression(source(240), declarations: declarations)
    for depth in [260, 20_000] {
      let error = #expect(throws: ExpressionError.self) {
        try CompiledExpression(source(depth), declarations: declarations)
      }
      #expect(
        error?.message.contains("nested") == true || error?.message.contains("longer") == true)
    }
  }

  @Test(
    "A long chain is refused where the tree would be too deep, but not of && and ||",
    arguments: [(" + ", true), (" == ", true), (" && ", false), (" || ", false)])
  func chains(sign: String, isRefused: Bool) throws {
    let source = Array(repeating: "x", count: 5_000).joined(separator: sign)
    let type: ValueType = sign == " + " ? .int : .bool
    let declarations = Declarations(variables: ["x": type])
    if isRefused {
      #expect(throws: ExpressionError.self) {
        try CompiledExpression(source, declarations: declarations)
      }
    } else {
      let expression = try CompiledExpression(source, declarations: declarations)
      let values = BoundValues(expression, ["x": .bool(true)])
      #expect(try expression.evaluate(values) == .bool(true))
    }
  }
}
