import Programs
import Testing

@Suite("A limit of the format")
struct LimitTests {
  /// The sample with `line` written as often as said at the place of `old`, `#` being a number.
  private func problems(_ old: String, _ line: String, count: Int) throws -> [String] {
    let lines = (0..<count).map { line.replacing("#", with: "\($0)") }.joined()
    return try Sample.problems(old, lines + old)
  }

  @Test("lets its number pass and refuses one more")
  func filters() throws {
    let old = "  - {id: cap,"
    let line = "  - {id: f#, pass: true}\n"
    #expect(try problems(old, line, count: ProgramLimits.filters - 2) == [])
    #expect(
      try problems(old, line, count: ProgramLimits.filters - 1) == [
        "program.yaml:26:3: filters has 65 elements; at most 64 are allowed"
      ])
  }

  @Test("holds for features of all owners together")
  func features() throws {
    let old = "    orders: {count: order.placed}"
    let line = "    f#: {count: order.placed}\n"
    #expect(try problems(old, line, count: ProgramLimits.features - 3) == [])
    #expect(
      try problems(old, line, count: ProgramLimits.features - 2) == [
        "program.yaml:12:3: the program has 257 features; at most 256 are allowed"
      ])
  }

  @Test("holds for states")
  func states() throws {
    let old = "    email:\n"
    let line = "    s#: {after: {1h: email}}\n"
    let problems = try problems(old, line, count: ProgramLimits.states - 1)
    #expect(problems.first == "program.yaml:44:5: states has 257 entries; at most 256 are allowed")
  }

  @Test("bounds what the check prints")
  func problemCount() throws {
    let problems = try problems("params:", "x#: y\n", count: 1_000)
    #expect(problems.count == ProgramLimits.problems)
  }
}
