import CBOR
import Delivery
import Programs
import Testing

struct TemplateTextTests {
  static let variables: CBORValue = [
    "name": "Žofie <b>&\"", "count": 3, "min": -7, "big": .unsigned(.max), "price": 12.5,
    "whole": 20.0, "yes": true, "no": false, "nothing": .null, "empty": [], "blank": "",
    "list": ["a", 2, .null, "ü"], "nested": ["x": ["y": "deep"], "name": "inner"],
    "items": [["name": "Tea", "price": 3], ["name": "Pot", "tags": ["hot", "red"]]],
  ]

  static let cases: [(template: String, text: String)] = [
    ("plain", "plain"), ("", ""), ("{{name}}", "Žofie <b>&\""), ("{{{name}}}", "Žofie <b>&\""),
    ("{{count}} {{min}} {{big}}", "3 -7 18446744073709551615"),
    ("{{price}} {{whole}}", "12.5 20"), ("{{yes}} {{no}}", "true false"),
    ("[{{nothing}}{{missing}}{{nested.missing}}{{count.x}}]", "[]"),
    ("{{list}}", "a, 2, , ü"), ("{{nested.x}}", #"{"y":"deep"}"#), ("{{nested.x.y}}", "deep"),
    ("{{#items}}{{name}};{{/items}}", "Tea;Pot;"),
    // What an element lacks is looked up outside of it.
    ("{{#items}}{{price}}/{{count}} {{/items}}", "3/3 12.5/3 "),
    ("{{#items}}{{#tags}}<{{.}}>{{/tags}}{{^tags}}none{{/tags}}{{/items}}", "none<hot><red>"),
    ("{{#list}}({{.}}){{/list}}", "(a)(2)()(ü)"),
    ("{{#nested}}{{name}} {{x.y}}{{/nested}}", "inner deep"),
    ("{{#yes}}y{{/yes}}{{#no}}n{{/no}}{{^no}}not{{/no}}", "ynot"),
    ("{{#empty}}e{{/empty}}{{^empty}}E{{/empty}}", "E"),
    ("{{#nothing}}e{{/nothing}}{{^nothing}}N{{/nothing}}", "N"),
    ("{{#missing}}e{{/missing}}{{^missing}}M{{/missing}}", "M"),
    ("{{#blank}}b{{/blank}}{{#count}}c{{/count}}", "bc"),
    ("a{{! remark }}b", "ab"),
    ("- {{name}}\n{{#items}}\n- {{name}}\n{{/items}}\n.", "- Žofie <b>&\"\n- Tea\n- Pot\n."),
  ]

  @Test("A template is filled as mustache says, as plain text", arguments: cases)
  func filling(template: String, text: String) throws {
    let source = try MustacheText(parsing: template)
    let variables = CBORView(storage: Self.variables.encoded())
    #expect(try TemplateText.render(source, with: variables) == text)
  }

  @Test("Sections that multiply end in an error, soon")
  func multiplying() throws {
    let open = String(repeating: "{{#a}}", count: 16)
    let close = String(repeating: "{{/a}}", count: 16)
    let source = try MustacheText(parsing: open + "x" + close)
    let list = CBORValue.array((0..<64).map { .unsigned($0) })
    let variables = CBORView(storage: (["a": list] as CBORValue).encoded())
    #expect(throws: TemplateTextError()) {
      try TemplateText.render(source, with: variables)
    }
  }

  @Test("Variables that are no map leave everything out")
  func noMap() throws {
    let source = try MustacheText(parsing: "a{{b}}{{#c}}d{{/c}}")
    #expect(try TemplateText.render(source, with: CBORView(storage: [0xf6])) == "a")
  }
}
