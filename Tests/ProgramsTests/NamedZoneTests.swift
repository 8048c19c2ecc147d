import Programs
import Testing

/// Time zones where only the event is known, whose history begins before any rules.
@Suite("Time zones in features")
struct NamedZoneTests {
  private static let orders = "orders: {count: order.placed}"

  /// What the check says where the feature is counted by the hour in `zone`.
  private static func said(
    _ zone: String, _ rest: String = ""
  ) throws -> (problems: [String], notes: [String]) {
    let feature =
      "orders: {count: order.placed, where: 'event.a == 1 && event.time.getHours(\(zone)) == 3'}"
    var files = Sample.files
    files["program.yaml"] = files["program.yaml"]?.replacing(orders, with: feature)
    do {
      let program = try Program(body: Sample.body(files), folder: "sample")
      #expect(!program.usesTimeZones || !program.notes.isEmpty)
      return ([], program.notes.map(\.description))
    } catch let problems as ProgramProblems {
      return (problems.problems.map(\.description), [])
    }
  }

  @Test("A named zone is refused with file, line, column and mend")
  func named() throws {
    #expect(
      try Self.said("\"Europe/Berlin\"").problems == [
        "program.yaml:13:70: \"where\" of feature \"orders\" asks for the time in "
          + "\"Europe/Berlin\", but named zones are not known here; name UTC or an offset such as "
          + "+02:00, or keep the time and compare it in a filter"
      ])
  }

  @Test("UTC and offsets are allowed", arguments: ["", "\"UTC\"", "\"+02:00\"", "\"-11:30\""])
  func offsets(_ zone: String) throws {
    let said = try Self.said(zone)
    #expect(said.problems.isEmpty && said.notes.isEmpty)
  }

  @Test("A computed zone is allowed, as it may be an offset, with a note")
  func computed() throws {
    let said = try Self.said("event.zone")
    #expect(said.problems.isEmpty)
    #expect(said.notes.count == 1 && said.notes[0].contains("computes a time zone"), "\(said)")
  }

  @Test("So it is for keys of entities, trait updates and derived events' keys")
  func elsewhere() throws {
    let call = "string(event.time.getHours(\"Asia/Tokyo\"))"
    for (old, new) in [
      ("{key: event.cartId}\nfeatures", "{key: '\(call)'}\nfeatures"),
      ("silence: {key: event.cartId,", "silence: {key: '\(call)',"),
      (
        "trigger:",
        "traitUpdates: [{on: a, trait: points, value: 'size(\(call))'}]\ntrigger:"
      ),
    ] {
      let problems = try Sample.problems(old, new)
      #expect(problems.contains { $0.contains("named zones are not known here") }, "\(problems)")
    }
  }

  @Test("In a filter, which is asked by the ledger's rules, a named zone is allowed")
  func filter() throws {
    let problems = try Sample.problems(
      "{id: worth, pass: ", "{id: worth, pass: now.getHours(\"Asia/Tokyo\") > 3 && ")
    #expect(problems.isEmpty, "\(problems)")
  }
}
