import Expressions
import Testing

@Suite("Evaluation")
struct EvaluationTests {
  @Test(
    "An error is absorbed where the other side decides",
    arguments: [
      ("1 / 0 > 0 || true", true), ("true || 1 / 0 > 0", true), ("false && 1 / 0 > 0", false),
      ("1 / 0 > 0 && false", false), ("x.missing || true", true), ("x.missing && false", false),
      ("false || 1 / 0 > 0 || true", true), ("1 / 0 > 0 || 2 / 0 > 0 || true", true),
      ("[0, 1].exists(i, 1 / i == 1)", true), ("[1, 0].exists(i, 1 / i == 1)", true),
      ("[0, 2].all(i, 1 / i == 1)", false), ("has(x.missing) || x.y == 1", true),
    ])
  func absorbed(source: String, value: Bool) throws {
    #expect(try evaluated(source, ["x": record(["y": .int(1)])]) == .bool(value))
  }

  @Test(
    "An error is told by its kind and place",
    arguments: [
      ("1 / 0", .divisionByZero, 2), ("1 % 0", .divisionByZero, 2),
      ("9223372036854775807 + 1", .overflow, 20), ("0u - 1u", .overflow, 3),
      ("-x.least", .overflow, 0), ("x.least / -1", .overflow, 8), ("x.least % -1", .overflow, 8),
      ("x.missing", .noSuchField, 2), ("[1][1]", .outOfRange, 3), ("[1][-1]", .outOfRange, 3),
      ("{'a': 1}['b']", .noSuchKey, 8), ("{'a': 1}.b", .noSuchField, 9),
      ("1 / 0 > 0 || false", .divisionByZero, 2), ("x.y + x.text", .noSuchOverload, 4),
      ("x.y ? 1 : 2", .noSuchOverload, nil), ("int('a')", .conversion, 0),
      ("{x.y: 1, 1: 2}", .invalidArgument, 0), ("timestamp('now')", .conversion, 0),
      ("x.text.matches(x.open)", .invalidArgument, 7), ("int(1e30)", .outOfRange, 0),
      ("duration('300y')", .conversion, 0), ("timestamp(0).getHours('Mars')", .invalidArgument, 13),
      ("[3, 1].map(i, 1 / (i - 1))", .divisionByZero, 16),
      ("optional.none().value()", .invalidArgument, 16),
    ] as [(String, EvaluationError.Kind, Int?)])
  func errors(source: String, kind: EvaluationError.Kind, offset: Int?) {
    let values = record([
      "y": .int(1), "least": .int(.min), "text": .string("a"), "open": .string("("),
    ])
    let error = #expect(throws: EvaluationError.self) { try evaluated(source, ["x": values]) }
    #expect(error?.kind == kind, "\(error?.message ?? "")")
    #expect(error?.offset == offset)
  }

  @Test("A binding is evaluated when it is first read, anew in each round of a loop")
  func bindings() throws {
    #expect(try evaluated("cel.bind(x, 1 / 0, true || x == 1)") == .bool(true))
    #expect(throws: EvaluationError.self) { try evaluated("cel.bind(x, 1 / 0, x == 1)") }
    let source = "[1, 2, 3].map(i, cel.bind(d, i * 2, d + cel.bind(e, d + 1, e)))"
    #expect(try evaluated(source) == .list([.int(5), .int(9), .int(13)]))
    let nested = "cel.bind(x, [1, 2].map(y, y * 10), [5].map(z, x.map(w, w + z)))"
    #expect(try evaluated(nested) == .list([.list([.int(15), .int(25)])]))
  }

  @Test("Host functions get their arguments, receiver first, and may fail")
  func hostFunctions() throws {
    let declarations = Declarations(
      variables: ["x": .int],
      functions: [
        HostFunction(
          name: "sum",
          overloads: [
            Overload(parameters: [.int, .int], result: .int),
            Overload(parameters: [.int, .int], result: .int, isMember: true),
          ])
      ])
    let expression = try CompiledExpression(
      "sum(x, 1) * 10 + x.sum(x) + (sum(0, 0) > 0 || true ? 0 : 1)", declarations: declarations)
    let values = BoundValues(
      expression, ["x": .int(4)],
      functions: [
        "sum": { (arguments) throws(EvaluationError) in
          guard case .int(let first) = arguments[0], case .int(let second) = arguments[1],
            first > 0
          else { throw EvaluationError(.host, "no sum") }
          return .int(first + second)
        }
      ])
    #expect(try expression.evaluate(values) == .int(58))
  }

  @Test(
    "Values that share their parts a million times over stop at the limit",
    arguments: [" == ", ".map(x, x) == ", ".distinct() == "])
  func sharing(use: String) throws {
    var source = "[a0]\(use)[b0]"
    // From the inside out: a0 is [a1, a1], a1 is [a2, a2], and so on.
    for name in ["a", "b"] {
      for level in 0..<100 {
        let inner = level == 99 ? "[1]" : "[\(name)\(level + 1), \(name)\(level + 1)]"
        source = "cel.bind(\(name)\(level), \(inner), \(source))"
      }
    }
    var declarations = Declarations()
    declarations.costLimit = 1_000_000
    let error = #expect(throws: EvaluationError.self) { try evaluated(source, [:], declarations) }
    #expect(error?.kind == .limit)
  }

  @Test("A result that is too large to walk is refused")
  func largeResult() throws {
    var source = "[1, 1]"
    for _ in 0..<60 { source = "[\(source)].map(x, [x, x])[0]" }
    let error = #expect(throws: EvaluationError.self) { try evaluated(source) }
    #expect(error?.kind == .limit)
  }

  @Test("A long loop stops at the limit")
  func longLoop() throws {
    var declarations = Declarations(variables: ["x": .dyn])
    declarations.costLimit = 100_000
    let list = Value.list(Array(repeating: .int(1), count: 1_000))
    let error = #expect(throws: EvaluationError.self) {
      try evaluated("x.all(a, x.all(b, a == b))", ["x": list], declarations)
    }
    #expect(error?.kind == .limit)
  }

  @Test("The same values give the same result, and maps keep their order")
  func determinism() throws {
    let source = "{'z': 1, 'a': 2, 'm': 3}.transformList(k, v, k + string(v)).join(',')"
    for _ in 0..<20 { #expect(try evaluated(source) == .string("z1,a2,m3")) }
  }

  @Test("Texts compare by code points, not by how they look")
  func texts() throws {
    let composed: Value = .string("caf\u{E9}")
    let decomposed: Value = .string("cafe\u{301}")
    let values = ["a": composed, "b": decomposed]
    #expect(try evaluated("a == b", values) == .bool(false))
    #expect(try evaluated("a != b && a > b", values) == .bool(true))
    #expect(try evaluated("size(a) == 4 && size(b) == 5", values) == .bool(true))
    #expect(try evaluated("{a: 1, b: 2}[b]", values) == .int(2))
    #expect(try evaluated("a in [b]", values) == .bool(false))
    #expect(try evaluated("a.startsWith('cafe')", values) == .bool(false))
  }
}
