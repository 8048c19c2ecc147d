import Programs
import TestSupport
import Testing

@Suite("Mutated programs")
struct FuzzTests {
  @Test("are checked or refused, but never trap", arguments: 0..<48 as Range<UInt64>)
  func neverTrap(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let whole = try Shipped.body(Shipped.names[Int(seed % 2)]).files
    for _ in 0..<12 {
      var files = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let names = files.keys.sorted()
        let name = names[Int.random(in: 0..<names.count, using: &random)]
        files[name] = mutated(files[name] ?? [], using: &random)
      }
      try check(files)
    }
  }

  @Test(
    "of line-wise disorder are refused at a place that exists", arguments: 0..<16 as Range<UInt64>)
  func namesPlaces(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let whole = try Shipped.body(Shipped.names[Int(seed % 2)]).files
    for _ in 0..<12 {
      var files = whole
      var lines = (files["program.yaml"] ?? []).split(
        separator: 10, omittingEmptySubsequences: false)
      let index = Int.random(in: 0..<lines.count, using: &random)
      lines.swapAt(index, Int.random(in: 0..<lines.count, using: &random))
      files["program.yaml"] = Array(lines.joined(separator: [10]))
      try check(files)
    }
  }

  @Test("nested as deep as can be written do not trap", arguments: ["[", "{a: ", "- ", "? "])
  func deepNesting(opening: String) throws {
    let text = String(repeating: opening, count: 200_000)
    let body = try ProgramBody(files: ["program.yaml": Array(text.utf8)])
    #expect(throws: ProgramProblems.self) { try Program(body: body) }
  }

  @Test("of aliases of aliases are refused in no time")
  func aliasBomb() throws {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x]\n"
    for level in 1..<30 {
      let inner = Array(repeating: "*a\(level - 1)", count: 8).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(inner)]\n"
    }
    text += "{*a29 : x}: y\n"
    let body = try ProgramBody(files: ["program.yaml": Array(text.utf8)])
    #expect(throws: ProgramProblems.self) { try Program(body: body) }
  }

  /// Every problem must lie in a file, at a line and column that it has.
  private func check(_ files: [String: [UInt8]]) throws {
    guard let body = try? ProgramBody(files: files) else { return }
    do {
      _ = try Program(body: body)
    } catch {
      #expect(!error.problems.isEmpty)
      for problem in error.problems {
        let bytes = try #require(files[problem.file])
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.unicodeScalars.split(omittingEmptySubsequences: false) {
          ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains($0)
        }
        #expect((1...lines.count + 1).contains(problem.line), "\(problem)")
        let width = problem.line <= lines.count ? lines[problem.line - 1].count : 0
        #expect((1...width + 1).contains(problem.column), "\(problem)")
      }
    }
  }

  private func mutated(_ bytes: [UInt8], using random: inout SplitMix64) -> [UInt8] {
    guard !bytes.isEmpty else { return Array("a: b".utf8) }
    var bytes = bytes
    let start = Int.random(in: 0..<bytes.count, using: &random)
    let end = min(bytes.count, start + Int.random(in: 1...24, using: &random))
    let signs = Array("{}[]:,#&*!|>'\"%@`-? \n\t\\\0\u{85}é{{}}".utf8)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: bytes.removeSubrange(start..<end)
    case 1: bytes.insert(contentsOf: bytes[start..<end], at: start)
    case 2: bytes[start] = UInt8.random(in: 0...255, using: &random)
    case 3: bytes[start] = signs[Int.random(in: 0..<signs.count, using: &random)]
    case 4: bytes.insert(signs[Int.random(in: 0..<signs.count, using: &random)], at: start)
    default: bytes.removeSubrange(start...)
    }
    return bytes
  }
}

@Suite("A program as large as the limits allow")
struct LargeProgramTests {
  @Test(
    "is refused in reasonable time", .timeLimit(.minutes(1)),
    arguments: [
      "", "journey: {states: {", "features: {customer: {", "offers: [{", "trigger: {event: [",
      "journey: {states: {a: {always: [", "params: {", "journey: {set: {",
    ])
  func isBounded(opening: String) throws {
    var text = opening
    var index = 0
    let separator = opening.isEmpty ? "\n" : ", "
    while text.utf8.count < ProgramLimits.bodyBytes - 64, index < 49_000 {
      text += opening.hasSuffix("[") ? "x\(index)\(separator)" : "x\(index): y\(separator)"
      index += 1
    }
    for sign in opening.reversed() where "{[".contains(sign) { text += sign == "{" ? "}" : "]" }
    let body = try ProgramBody(files: ["program.yaml": Array(text.utf8)])
    let error = #expect(throws: ProgramProblems.self) { try Program(body: body) }
    #expect((error?.problems.count ?? 0) <= ProgramLimits.problems)
  }
}
