import Expressions
import Programs
import Testing

@Suite("An override")
struct OverrideTests {
  private func program(_ path: String, _ value: String) throws -> Program {
    try Program(
      body: Sample.body(), folder: "sample",
      overrides: [ProgramOverride(path: path, value: value)])
  }

  private func problems(_ path: String, _ value: String) throws -> [String] {
    try Sample.problems("", "", overrides: [ProgramOverride(path: path, value: value)])
  }

  @Test("takes the place of a value")
  func replaces() throws {
    #expect(try program("params.limit", "7").parameters.base["limit"] == 7)
    #expect(
      try program("marketplaces.JP.params.limit", "9").parameters.values(marketplace: "JP")["limit"]
        == 9)
    #expect(try program("holdout", "0").holdout.basisPoints == 0)
    #expect(try program("holdout.percent", "12.25").holdout.basisPoints == 1_225)
    #expect(try program("title", "Another").title == "Another")
    #expect(
      try program("candidate.channels", "[sms, email]").candidate?.channels == [.sms, .email])
  }

  @Test("reaches elements of lists by id or index, and keys with dots")
  func reachesElements() throws {
    let program = try program("filters.cap.cap.max", "5")
    guard case .cap(let cap) = program.filters[1].test else { return }
    #expect(cap.limit == 5)
    #expect(try self.program("offers.1.discount", "15").offers[1].fields[0].value.source == "15")
    let takeover = try Shipped.program(
      "account-takeover",
      [ProgramOverride(path: "journey.on.verification.completed.1.reason", value: "denied")])
    let handlers = takeover.journey.handlers.transitions(for: "verification.completed")
    #expect(handlers.map(\.reason) == [nil, "denied"])
  }

  @Test("may give a field that the file leaves out")
  func adds() throws {
    #expect(try program("threshold", "0.25").threshold == 0.25)
    #expect(
      try program("journey.states.waiting.always.to", "expired").journey.states[0].always
        .map(\.target) == [.exit(1)])
  }

  @Test("is recorded with the program")
  func isRecorded() throws {
    let program = try program("holdout", "0")
    #expect(program.overrides == [ProgramOverride(path: "holdout.percent", value: "0")])
    #expect(program.version != (try Program(body: Sample.body())).version)
  }

  @Test("with an unknown path or a wrong value is refused at the override")
  func isChecked() throws {
    #expect(
      try problems("params.limti", "7") == [
        "--set params.limti:1:1: params has no \"limti\"; did you mean \"limit\"?"
      ])
    #expect(
      try problems("parms.limit", "7") == [
        "--set parms.limit:1:1: unknown field \"parms\" in the program; did you mean \"params\"?"
      ])
    #expect(
      try problems("filters.wroth.pass", "true") == [
        "--set filters.wroth.pass:1:1: filters has no element \"wroth\"; did you mean \"worth\"?"
      ])
    #expect(
      try problems("title.x", "7") == [
        "--set title.x:1:1: title is a single value and has no \"x\""
      ])
    #expect(
      try problems("holdout", "200") == [
        "--set holdout.percent:1:1: the holdout's percent cannot be \"200\"; write a number from 0 "
          + "to 100 with at most two decimals, such as 5 or 12.25"
      ])
    #expect(
      try problems("filters.worth.pass", "params.lmit > 1") == [
        "--set filters.worth.pass:1:8: \"pass\" of filter \"worth\": no such field 'lmit' in "
          + "params; did you mean 'limit'?"
      ])
    #expect(
      try problems("params..limit", "7") == [
        "--set params..limit:1:1: \"params..limit\" is not a path; join keys with dots"
      ])
    #expect(try problems("title", "[").count == 1)
  }

  @Test("is read from a command line")
  func parses() {
    let parsed = ProgramOverride.parsing("abandoned-cart.params.code=A=B")
    #expect(parsed?.program == "abandoned-cart")
    #expect(parsed?.override == ProgramOverride(path: "params.code", value: "A=B"))
    for text in ["", "a", "a=b", "a.=b", ".x=b", "=b"] {
      #expect(ProgramOverride.parsing(text) == nil)
    }
  }
}
