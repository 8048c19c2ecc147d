import Programs
import Testing

/// One change to the sample, and what the check must print for it.
struct Fault: CustomTestStringConvertible {
  var file = "program.yaml"
  var old = ""
  var new = ""
  var printed: [String] = []

  var testDescription: String { "\(old) -> \(new)" }

  /// Reads a table: `@` names the file (program.yaml if there is none), `-` and `+` give what is
  /// replaced and by what, each `!` a line of output; a line with an indent goes on with the last
  /// one after a space; `\n`, `\t` and `\\` stand for what they usually do.
  static func table(_ text: String) -> [Fault] {
    text.split(separator: "\n\n").map { block in
      var fault = Fault()
      var lines: [String] = []
      for line in block.split(separator: "\n") {
        if line.hasPrefix("    ") {
          lines[lines.count - 1] += " " + line.dropFirst(4)
        } else {
          lines.append(String(line))
        }
      }
      for line in lines {
        let content = unescaped(line.dropFirst(2))
        switch line.first {
        case "@": fault.file = content
        case "-": fault.old = content
        case "+": fault.new = content
        default: fault.printed.append(content)
        }
      }
      return fault
    }
  }

  private static func unescaped(_ text: Substring) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      switch (isEscaped, character) {
      case (false, "\\"):
        isEscaped = true
        continue
      case (true, "n"): result += "\n"
      case (true, "t"): result += "\t"
      default: result.append(character)
      }
      isEscaped = false
    }
    return result
  }
}

@Suite("A broken program")
struct BrokenProgramTests {
  @Test("is refused with file, line, column and mend", arguments: Fault.table(brokenProgram))
  func program(fault: Fault) throws {
    #expect(try Sample.problems(fault.old, fault.new, in: fault.file) == fault.printed)
  }

  @Test("is refused for its journey", arguments: Fault.table(brokenJourney))
  func journey(fault: Fault) throws {
    #expect(try Sample.problems(fault.old, fault.new, in: fault.file) == fault.printed)
  }

  @Test("is refused for its clocks, consents and variants", arguments: Fault.table(brokenTiming))
  func timing(fault: Fault) throws {
    let found = try Sample.problems(fault.old, fault.new, in: fault.file)
    #expect(found == fault.printed)
  }

  @Test("is refused for its models and templates", arguments: Fault.table(brokenFiles))
  func files(fault: Fault) throws {
    #expect(try Sample.problems(fault.old, fault.new, in: fault.file) == fault.printed)
  }

  @Test("has a sample that is not")
  func sampleIsWhole() throws {
    #expect(try Sample.problems("", "") == [])
    let count = [brokenProgram, brokenJourney, brokenTiming, brokenFiles].map {
      Fault.table($0).count
    }
    #expect(count.allSatisfy { $0 >= 15 })
  }

  @Test("is told all that is wrong at once, in the order of the file")
  func collectsAll() throws {
    var files = Sample.files
    files["program.yaml"] = files["program.yaml"]?
      .replacing("params.limit}", with: "params.limt}")
      .replacing("percent: 2.5", with: "percent: 101")
      .replacing("fromStart: 7d", with: "fromStart: 7")
    files["models/risk.yaml"] = files["models/risk.yaml"]?.replacing("kind: scorecard", with: "")
    let places = try Sample.problems(of: files).map { $0.prefix { $0 != " " } }
    #expect(
      places == [
        "program.yaml:26:53:", "program.yaml:36:20:", "program.yaml:42:26:",
        "models/risk.yaml:1:1:",
      ])
  }
}
