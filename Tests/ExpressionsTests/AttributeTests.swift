import Expressions
import Testing

private let declarations = Declarations(
  variables: [
    "event": .record(RecordType(name: "Event", fields: [:], isOpen: true)), "customer": .dyn,
    "params": .map(.string, .dyn), "a.b": .dyn, "now": .timestamp,
    "maybe": .optional(.map(.string, .int)),
  ],
  functions: [
    HostFunction(name: "product", overloads: [Overload(parameters: [.dyn], result: .dyn)]),
    HostFunction(
      name: "hasTag",
      overloads: [
        Overload(parameters: [.dyn, .string], result: .bool, isMember: true)
      ]),
  ])

private func attributes(_ source: String) throws -> [String] {
  try CompiledExpression(source, declarations: declarations).attributes.map(\.description)
}

@Suite("Attributes")
struct AttributeTests {
  @Test(
    "Each maximal chain of fields has one slot",
    arguments: [
      ("event.cartValue >= params.min", ["event.cartValue", "params.min"]),
      ("event.a.b.c + event.a.b.c + event.a.b", ["event.a.b.c", "event.a.b"]),
      ("event", ["event"]), ("size(event) > 0 && event.x", ["event", "event.x"]),
      ("event.items[0].price", ["event.items"]), ("event.name.size()", ["event.name"]),
      ("customer.name.startsWith(event.prefix)", ["customer.name", "event.prefix"]),
      ("has(event.coupon)", ["event.coupon", "event"]),
      ("has(event.a.b)", ["event.a.b", "event.a"]), ("event.?a.orValue(1)", ["event.a", "event"]),
      ("event.items.all(i, i.price > params.min)", ["event.items", "params.min"]),
      ("a.b.c.d", ["a.b.c.d"]), ("now > timestamp(0)", ["now"]), ("1 + 1", []),
      ("product(event.id).inStock", ["event.id"]),
      ("event.customer.hasTag('x')", ["event.customer"]),
      ("maybe.x.orValue(1)", ["maybe"]), ("'x' in event.tags || event.tags == []", ["event.tags"]),
    ])
  func slots(source: String, wanted: [String]) throws {
    #expect(try attributes(source) == wanted)
  }

  @Test(
    "Variables of comprehensions and bindings hide declared ones",
    arguments: [
      ("[1].all(event, event > 0)", []), ("[{'x': 1}].all(event, event.x > 0)", []),
      ("[1].all(event, .event.x == 1)", ["event.x"]), ("cel.bind(event, 1, event + 1)", []),
      ("event.items.all(event, event.x)", ["event.items"]),
      ("cel.bind(event, event.x, event)", ["event.x"]),
      ("[1].exists(a, a == 1) && a.b", ["a.b"]), ("[{'b': 1}].all(a, a.b == 1)", []),
      ("{'x': 1}.all(event, customer, event == 'x' && customer == 1)", []),
    ])
  func shadowing(source: String, wanted: [String]) throws {
    #expect(try attributes(source) == wanted)
  }

  @Test("Host functions have a slot each")
  func hostCalls() throws {
    let source = "product(1) == product(2) && customer.hasTag('a') && product(3) != null"
    let expression = try CompiledExpression(source, declarations: declarations)
    #expect(expression.hostCalls == ["product", "hasTag"])
  }

  @Test("An evaluation asks for what it needs only")
  func reads() throws {
    let source = "event.a > 1 && (event.b > 1 || event.c > 1) ? event.d : event.e"
    let expression = try CompiledExpression(source, declarations: declarations)
    let values = BoundValues(
      expression, ["event": record(["a": .int(2), "b": .int(2), "d": .int(7)])])
    #expect(try expression.evaluate(values) == .int(7))
    #expect(values.reads == ["event.a", "event.b", "event.d"])
  }

  @Test("The parent of a field is asked only if the field is missing")
  func presence() throws {
    let expression = try CompiledExpression("has(event.a.b)", declarations: declarations)
    let cases: [(Value, Value?)] = [
      (record(["a": record(["b": .null])]), .bool(true)),
      (record(["a": record([:])]), .bool(false)),
      (record([:]), nil), (record(["a": .int(1)]), nil),
    ]
    for (event, wanted) in cases {
      let values = BoundValues(expression, ["event": event])
      #expect((try? expression.evaluate(values)) == wanted)
      #expect(values.reads.count == (wanted == .bool(true) ? 1 : 2))
    }
  }
}
