import Expressions
import TestSupport
import Testing

private let seeds = [
  "event.cartValue >= params.minCartValue && !has(event.coupon)",
  "event.items.filter(i, i.price > 0).map(i, i.id + '-' + string(i.quantity)).join(',')",
  "{'a': [1, 2u, 3.5, b'x'], true: null}.transformList(k, v, dyn(k) == 'a' ? size(v) : 0)",
  "timestamp('2024-01-04T11:45:38Z') - duration('1h30m') < now || now.getHours('+02:00') in [1]",
  "'%s has %d, %.2f and %x'.format([event.name, 3, 1.5, 'ab']).matches('^(a|b)*[[:alpha:]]{2,5}$')",
  "cel.bind(x, [3, 1, 2], x.sortBy(i, -i).exists_one(j, j % 2 == 0) ? x.slice(0, 1) : x + x)",
  "optional.of(event).?a.optMap(v, v * 2).orValue(-9223372036854775808) / -1",
  "math.greatest(1, 2u, 3.5) == 3.5 && math.bitShiftLeft(1, 70) == 0 && 5 % (1 - 1) == 0",
  "ip('10.0.0.1').isLoopback() || cidr('10.0.0.0/8').containsIP('fe80::1')",
  "regex.replace('a1b2', '([a-z])(\\\\d)', '\\\\2\\\\1') == base64.encode(b'\\xff\\377')",
  "'tacocat'.substring(2, 5).split('', 2).map(s, s.charAt(0)).join('') == r'\\d' + '''é\\u00e9'''",
]

private let words: [String] = [
  "event", ".", "?", ":", "[", "]", "(", ")", "{", "}", ",", "&&", "||", "!", "-", "+", "*", "/",
  "%",
  "==", "<", "in", "has(", ".all(i,", ".map(i,", "i", "0", "1u", "2.5", "'a'", "b'\\x00'", "null",
  "true", "0x7fffffffffffffff", "size(", "[?", ".?", "`a b`", "cel.bind(x,", "x", "dyn(", "//",
  "\n",
  "\\", "\"", "'''", "é", "\u{0}", ".matches('(a*)*{3}", "duration('", "9223372036854775807",
]

@Suite("Random sources")
struct FuzzTests {
  private let declarations = Declarations(
    variables: [
      "event": .record(RecordType(name: "Event", fields: ["cartValue": .int], isOpen: true)),
      "params": .dyn, "now": .timestamp, "x": .dyn,
    ], costLimit: 200_000)

  private let values: [String: Value] = [
    "event": record([
      "cartValue": .int(5_000), "name": .string("Zoë"), "a": .int(.min),
      "items": .list([record(["id": .string("s"), "price": .int(1), "quantity": .uint(2)])]),
    ]),
    "params": record(["minCartValue": .double(.nan)]),
    "now": .timestamp(seconds: 1_704_368_738, nanos: 5), "x": .list([.int(.max), .null]),
  ]

  /// Compiles with and without the check and evaluates; what counts is that nothing traps.
  private func exercise(_ source: String) -> Int {
    var evaluations = 0
    for checks in [true, false] {
      guard
        let expression = try? CompiledExpression(
          source, declarations: declarations, checks: checks, expandsMacros: true)
      else { continue }
      evaluations += 1
      let first = try? expression.evaluate(BoundValues(expression, values))
      let second = try? expression.evaluate(BoundValues(expression, values))
      #expect(isSame(first, second), "\(source)")
    }
    return evaluations
  }

  /// NaN is the same as NaN here.
  private func isSame(_ first: Value?, _ second: Value?) -> Bool {
    first == second || "\(String(describing: first))" == "\(String(describing: second))"
  }

  @Test("The seeds are good expressions", arguments: seeds)
  func seedsCompile(source: String) throws {
    #expect(exercise(source) == 2)
  }

  @Test("Changed expressions never trap", arguments: 0..<64 as Range<UInt64>)
  func mutated(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for _ in 0..<60 {
      var bytes = Array(seeds.randomElement(using: &random)!.utf8)
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where place < bytes.count: bytes.remove(at: place)
        case 1: bytes.insert(contentsOf: words.randomElement(using: &random)!.utf8, at: place)
        case 2 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        default:
          let other = Array(seeds.randomElement(using: &random)!.utf8)
          let start = Int.random(in: 0..<other.count, using: &random)
          let length = Int.random(in: 0...(other.count - start), using: &random)
          bytes.insert(contentsOf: other[start..<(start + length)], at: place)
        }
      }
      _ = exercise(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test("Random words never trap", arguments: 0..<64 as Range<UInt64>)
  func randomWords(seed: UInt64) {
    var random = SplitMix64(seed: seed &+ 1_000)
    for _ in 0..<150 {
      let count = Int.random(in: 1...24, using: &random)
      let source = (0..<count).map { _ in words.randomElement(using: &random)! }
      _ = exercise(source.joined(separator: Bool.random(using: &random) ? " " : ""))
    }
  }

  @Test("Random bytes never trap", arguments: 0..<16 as Range<UInt64>)
  func randomBytes(seed: UInt64) {
    var random = SplitMix64(seed: seed &+ 2_000)
    for _ in 0..<200 {
      let count = Int.random(in: 0...64, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = exercise(String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test(
    "Every function takes every kind of value without a trap", arguments: 0..<32 as Range<UInt64>)
  func functions(seed: UInt64) {
    var random = SplitMix64(seed: seed &+ 3_000)
    let arguments = [
      "0", "-1", "x", "x[0]", "-9223372036854775808", "9223372036854775807", "1u", "0.0 / 0.0",
      "1e308", "''", "'é😀'", "'1h'", "'a'", "b'\\xff'", "[]", "[[1], 2]", "['a', 'b']", "{}",
      "{1: 2}", "now", "duration('-1h')", "null", "true", "optional.none()", "optional.of([1])",
      "ip('::1')", "cidr('10.0.0.0/8')", "int", "[0.0 / 0.0, 1.0, -1.0]", "18446744073709551615u",
    ]
    let functions = [
      "size", "int", "uint", "double", "string", "bytes", "bool", "timestamp", "duration", "type",
      "charAt", "indexOf", "lastIndexOf", "join", "lowerAscii", "replace", "split", "substring",
      "trim", "reverse", "format", "math.@max", "math.abs", "math.sign", "math.sqrt", "math.bitNot",
      "math.bitShiftLeft", "math.bitShiftRight", "math.bitXor", "math.round", "slice", "flatten",
      "distinct", "sort", "first", "lists.range", "sets.contains", "sets.intersects",
      "getHours", "getFullYear", "getMilliseconds", "contains", "endsWith", "matches", "hasValue",
      "or", "orValue", "ip", "cidr", "isIP", "containsIP", "containsCIDR", "masked", "family",
      "base64.decode", "base64.encode", "regex.replace", "regex.extractAll", "strings.quote",
      "math.greatest", "math.least", "unwrapOpt", "prefixLength", "isLoopback",
    ]
    for _ in 0..<150 {
      let function = functions.randomElement(using: &random)!
      let list = (0..<Int.random(in: 0...3, using: &random)).map { _ in
        arguments.randomElement(using: &random)!
      }
      let isMember = Bool.random(using: &random)
      let receiver = arguments.randomElement(using: &random)!
      let call = "\(function)(\(list.joined(separator: ", ")))"
      _ = exercise(isMember ? "(\(receiver)).\(call)" : call)
      let sign = ["+", "-", "*", "/", "%", "<", ">=", "==", "in", "||"].randomElement(
        using: &random)!
      _ = exercise("\(receiver) \(sign) \(list.first ?? "1")")
      _ = exercise("(\(receiver))[\(list.first ?? "1")]")
      _ = exercise("(\(receiver)).exists(i, v, i == v)")
    }
  }
}
