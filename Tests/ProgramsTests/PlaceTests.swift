import Programs
import Testing

@Suite("The place of an error in an expression")
struct PlaceTests {
  /// Ways to write a filter's expression, with a misspelt param in it.
  static let styles: [(text: String, line: Int, column: Int)] = [
    ("pass: params.limt > 1", 28, 18),
    ("pass:\n      params.limt > 1", 29, 14),
    ("pass: 1 <\n      2 &&\n      params.limt > 1", 30, 14),
    ("pass: 'params.limt > 1'", 28, 19),
    ("pass: '\"it''s\" == \"\" || params.limt > 1'", 28, 36),
    ("pass: \"params.limt > 1\"", 28, 19),
    ("pass: \"\\\"a\\u0062\\x63\\\" == \\\"\\\" || params.limt > 1\"", 28, 46),
    ("pass: \"1 < 2 \\\n      && params.limt > 1\"", 29, 17),
    ("pass: \"1 < 2 &&\n\n      params.limt > 1\"", 30, 14),
    ("pass: |\n      params.limt > 1", 29, 14),
    ("pass: |-\n      1 < 2\n        && params.limt > 1", 30, 19),
    ("pass: >-\n      1 < 2 &&\n      params.limt > 1", 30, 14),
    ("pass: >-\n      1 < 2 &&\n\n      params.limt > 1", 31, 14),
    ("pass: '\"äöü€𝄞\" == \"\" || params.limt > 1'", 28, 36),
    ("pass: # a remark\n      params.limt > 1", 29, 14),
  ]

  @Test("is found through quoting and folding", arguments: styles)
  func isFound(text: String, line: Int, column: Int) throws {
    let problems = try Sample.problems(
      "  - {id: cap,", "  - id: styled\n    \(text)\n  - {id: cap,")
    #expect(
      problems == [
        "program.yaml:\(line):\(column): \"pass\" of filter \"styled\": no such field 'limt' in "
          + "params; did you mean 'limit'?"
      ])
  }

  @Test("counts lines as YAML does, whatever ends them", arguments: ["\n", "\r\n", "\r"])
  func lineEnds(end: String) throws {
    var files = Sample.files
    files["program.yaml"] = files["program.yaml"]?
      .replacing("params.limit}", with: "params.limt}").replacing("\n", with: end)
    #expect(try Sample.problems(of: files).map { $0.prefix(22) } == ["program.yaml:26:53: \"p"])
  }
}
