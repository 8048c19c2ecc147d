import Programs
import Testing

@Suite("A template's text")
struct MustacheTests {
  @Test("is read into variables, sections and text")
  func parses() throws {
    let text = try MustacheText(
      parsing: "Hi {{name}}{{#items}}-{{{a.b}}}{{/items}}{{^x}}{{.}}{{/x}}")
    let nodes = text.nodes
    #expect(nodes.count == 4)
    #expect(nodes[0] == .text("Hi "))
    guard case .variable(let name, let isEscaped) = nodes[1] else { return }
    #expect(name.path == ["name"] && name.offset == 3 && isEscaped)
    guard case .section(let items, let inner) = nodes[2] else { return }
    #expect(items.path == ["items"] && inner.count == 2)
    guard case .variable(let dotted, false) = inner[1] else { return }
    #expect(dotted.path == ["a", "b"])
    guard case .inverted(_, let empty) = nodes[3], case .variable(let dot, _) = empty[0] else {
      return
    }
    #expect(dot.path == [])
  }

  @Test("leaves no empty lines where a section's tag stands alone")
  func standaloneLines() throws {
    let text = try MustacheText(parsing: "a\n  {{#x}}  \nb\n{{/x}}\n{{! note }}\nc {{! note }} d\n")
    guard case .section(_, let inner) = text.nodes[1] else { return }
    #expect(text.nodes[0] == .text("a\n"))
    #expect(inner == [.text("b\n")])
    #expect(Array(text.nodes[2...]) == [.text("c "), .text(" d\n")])
  }

  @Test(
    "is refused with the place of the tag",
    arguments: [
      ("a {{b", 2), ("{{#a}}", 0), ("{{/a}}", 0), ("{{#a}}{{/b}}", 6), ("{{> a}}", 0),
      ("{{=<% %>=}}", 0), ("{{}}", 0), ("{{a b}}", 0), ("{{a..b}}", 0), ("x{{{a}}", 1),
      (String(repeating: "{{#a}}", count: 17), 96),
    ])
  func refuses(source: String, offset: Int) {
    let error = #expect(throws: MustacheError.self) { try MustacheText(parsing: source) }
    #expect(error?.offset == offset)
  }
}
