import Expressions
import Testing

private let event = RecordType(
  name: "Event",
  fields: [
    "cartValue": .int, "currency": .string, "items": .list(.dyn), "coupon": .optional(.string),
    "shipping": .record(RecordType(name: "Shipping", fields: ["city": .string], isOpen: false)),
  ], isOpen: false)

private let declarations = Declarations(
  variables: [
    "event": .record(event), "params": .map(.string, .int), "customer": .dyn, "rate": .double,
    "open": .record(RecordType(name: "Open", fields: ["count": .int], isOpen: true)),
  ],
  functions: [
    HostFunction(
      name: "product", overloads: [Overload(parameters: [.string], result: .dyn)])
  ])

@Suite("Checking")
struct CheckerTests {
  @Test(
    "A misspelt name is refused at its place with what was probably meant",
    arguments: [
      ("1 + evnt.cartValue", 5, "did you mean 'event'?"),
      ("event.cartVale > 1", 7, "did you mean 'cartValue'?"),
      ("event.cartvalue > 1", 7, "did you mean 'cartValue'?"),
      ("event.cart_value > 1", 7, "did you mean 'cartValue'?"),
      ("event.shipping.ctiy == 'x'", 16, "did you mean 'city'?"),
      ("[1].all(i, event.itmes == [])", 18, "did you mean 'items'?"),
      ("has(event.cupon)", 11, "did you mean 'coupon'?"),
      ("prodct('a')", 1, "did you mean 'product'?"),
      ("event.currency.startswith('E')", 16, "did you mean 'startsWith'?"),
      ("event.items.al(i, true)", 13, "did you mean 'all'?"), ("zzz", 1, nil),
      ("event.zzz", 7, nil),
      ("contains('a', 'b')", 1, "write x.contains(…)"),
    ] as [(String, Int, String?)])
  func suggestions(source: String, column: Int, suggestion: String?) {
    let error = #expect(throws: ExpressionError.self) {
      try CompiledExpression(source, declarations: declarations)
    }
    #expect(error?.line == 1)
    #expect(error?.column == column, "\(error?.description ?? "")")
    #expect(error?.suggestion == suggestion)
  }

  @Test(
    "Types that do not fit are refused with the mend",
    arguments: [
      ("event.cartValue + 'x'", "'+' does not take (int, string)"),
      ("event.cartValue == 'x'", "'==' does not take (int, string)"),
      ("event.cartValue == 1.5", "double(x)"), ("event.cartValue + rate", "double(x)"),
      ("event.cartValue == null", "has(…)"), ("event.cartValue.x", "has no fields"),
      ("event.cartValue && true", "expected bool but found int"),
      ("!event.cartValue", "'!' does not take (int)"), ("true ? 1 : 'x'", "different types"),
      ("event.cartValue.all(i, true)", "cannot be iterated"),
      ("event.items.all(i, 1)", "condition must be a bool"), ("size(1)", "it takes (string)"),
      ("{1.5: 2}", "a map's key"), ("[?1]", "must be an optional"), ("'a' in 'abc'", "'in'"),
      ("product(1)", "does not take (int)"), ("'a'.matches('(')", "regular expression"),
    ])
  func mismatches(source: String, part: String) {
    let error = #expect(throws: ExpressionError.self) {
      try CompiledExpression(source, declarations: declarations)
    }
    #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
  }

  @Test(
    "The type of the result is found",
    arguments: [
      ("event.cartValue", "int"), ("event.shipping.city + ''", "string"), ("open.other", "dyn"),
      ("open.count", "int"), ("params.min", "int"), ("open.?count", "optional_type(int)"),
      ("event.coupon.orValue('')", "string"), ("event.items.map(i, size(i))", "list(int)"),
      ("[1, 2].filter(i, i > 1)", "list(int)"), ("[1, 'a']", "list(dyn)"), ("[]", "list(dyn)"),
      ("{'a': 1}", "map(string, int)"), ("[1].transformMap(i, v, 'x')", "map(int, string)"),
      ("timestamp(0) - timestamp(1)", "google.protobuf.Duration"), ("type(1)", "type(int)"),
      ("cel.bind(x, 1, [x])", "list(int)"), ("[1][?0].optMap(x, 'a')", "optional_type(string)"),
      ("[timestamp(0), null]", "list(google.protobuf.Timestamp)"), ("event", "Event"),
      ("event.cartValue > 1.5", "bool"), ("ip('::1')", "net.IP"), ("1 + dyn(2.5)", "int"),
    ])
  func types(source: String, type: String) throws {
    let expression = try CompiledExpression(source, declarations: declarations)
    #expect(expression.resultType.description == type)
  }

  @Test("A host function cannot take the name of a built-in one")
  func redefinition() {
    let functions = [
      HostFunction(name: "size", overloads: [Overload(parameters: [.int], result: .int)])
    ]
    #expect(throws: ExpressionError.self) {
      try CompiledExpression("1", declarations: Declarations(functions: functions))
    }
  }

  @Test("Types that double at each step are refused or told in short, not expanded")
  func explodingTypes() {
    let pair = Overload(
      parameters: [.parameter("A")],
      result: .abstract("pair", [.parameter("A"), .parameter("A")]))
    let declarations = Declarations(functions: [HostFunction(name: "pair", overloads: [pair])])
    let source = String(repeating: "pair(", count: 200) + "1" + String(repeating: ")", count: 200)
    _ = try? CompiledExpression(source + " == " + source, declarations: declarations)
  }

  @Test("Cost beyond the limit is refused when it is compiled")
  func cost() throws {
    var declarations = Declarations(variables: ["x": .list(.int)])
    declarations.assumedSize = 100
    declarations.costLimit = 1_000_000
    let nested = "x.all(a, x.all(b, a + b > 0))"
    let expression = try CompiledExpression(nested, declarations: declarations)
    #expect(expression.estimatedCost > 10_000)
    let error = #expect(throws: ExpressionError.self) {
      try CompiledExpression("x.all(c, \(nested))", declarations: declarations)
    }
    #expect(error?.message.contains("steps") == true)
    _ = try CompiledExpression("[1, 2].all(c, \(nested))", declarations: declarations)
  }
}
