import Programs
import Testing

@Suite("The programs of the repository")
struct ShippedProgramTests {
  @Test("are without problems and notes", arguments: Shipped.names)
  func areClean(name: String) throws {
    let program = try Shipped.program(name)
    #expect(program.id == name)
    #expect(program.notes == [])
  }
}

@Suite("A note")
struct NoteTests {
  private func notes(_ old: String, _ new: String, in file: String = "program.yaml") throws
    -> [String]
  {
    var files = Sample.files
    files[file] = files[file]?.replacing(old, with: new)
    #expect(files != Sample.files)
    return try Program(body: Sample.body(files)).notes.map(\.description)
  }

  @Test("is given for what is allowed but looks unintended, and for nothing else")
  func notes() throws {
    #expect(try Program(body: Sample.body()).notes == [])
    #expect(
      try notes("{discount: 10}]", "{when: score.value > 0.7, discount: 10}]") == [
        "program.yaml:34:51: the last offer has a \"when\", so that a run may be without an offer; "
          + "end the list with an offer for everybody"
      ])
    #expect(
      try notes("expired: {fromStart: 7d}", "expired: {}") == [
        "program.yaml:38:3: no exit has \"fromStart\", so that a run may never end; add an exit "
          + "such as expired: {fromStart: 30d}"
      ])
    #expect(
      try notes("set: {touches: run.touches + 1}", "set: {touches: event.count}") == [
        "program.yaml:47:22: the entry of state \"email\" reads data of the event, but a timer "
          + "leads to it; keep what is needed in a variable of the run"
      ])
    #expect(
      try notes("{1h: email}", "{1h: {to: email, when: event.total > 1}}") == [
        "program.yaml:45:37: \"after 1h\" of state \"waiting\" reads data of the event, which then "
          + "is the timer's; keep what is needed in a variable of the run"
      ])
  }

  @Test("is given for a message that may wait for the end of quiet hours and reads the event")
  func quietHours() throws {
    let send = "send: {channel: email, template: hello, variables: {discount: event.total}"
    let place = "program.yaml:48:69: the send by email of state \"email\" reads data of the event"
    func own(_ mode: String) throws -> [String] {
      try notes(
        "send: {channel: email, template: hello, variables: {discount: offer.discount}}",
        "\(send), quietHours: {from: \"21:00\", to: \"08:00\", mode: \(mode)}}"
      ).filter { $0.contains("quiet") }
    }
    for mode in ["delay", "earlier"] {
      #expect(
        try own(mode) == [
          "\(place), and is asked anew when quiet hours end; keep what is needed in a variable of "
            + "the run, or use the mode withhold"
        ])
    }
    #expect(try own("withhold") == [])
  }

  @Test("is given for files that nothing uses")
  func unusedFiles() throws {
    var files = Sample.files
    files["models/old.yaml"] = files["models/risk.yaml"]
    files["templates/old.yaml"] = files["templates/hello.yaml"]
    #expect(
      try Program(body: Sample.body(files)).notes.map(\.description) == [
        "models/old.yaml:1:1: no score uses the model \"old\"; remove the file",
        "templates/old.yaml:1:1: no send uses the template \"old\"; remove the file",
      ])
    files["notes.txt"] = "x"
    #expect(
      try Sample.problems(of: files) == [
        "notes.txt:1:1: the file is no part of a program; a program has program.yaml, "
          + "features.yaml, models/ID.yaml, templates/ID.yaml, zones/NAME of the zones that it "
          + "names, and README files"
      ])
    #expect(
      try Sample.problems(of: [:]) == [
        "program.yaml:1:1: the program has no program.yaml; add the file"
      ])
  }
}
