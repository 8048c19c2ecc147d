import CBOR
import JSON
import Testing

struct JSONWriterTests {
  private func text(_ value: CBORValue, _ layout: JSONWriter.Layout = .compact) -> String {
    var writer = JSONWriter(layout: layout)
    writer.item(CBORView(storage: value.encoded()))
    return writer.text
  }

  @Test(
    "Scalars are exact",
    arguments: [
      (0, "0"), (-1, "-1"), (.unsigned(.max), "18446744073709551615"),
      (.signed(.min), "-9223372036854775808"), (.negative(.max), "-18446744073709551616"),
      (.negative(1 << 63), "-9223372036854775809"),
      (1.0, "1.0"), (.double(-0.0), "-0.0"), (0.1, "0.1"), (1e300, "1e+300"), (1e16, "1e+16"),
      (.double(.leastNonzeroMagnitude), "5e-324"), (.double(.nan), "\"NaN\""),
      (.double(.infinity), "\"Infinity\""), (.double(-.infinity), "\"-Infinity\""),
      (true, "true"), (false, "false"), (.null, "null"), (.undefined, "null"),
      (.simple(99), "null"),
      (.tag(1, 5), "5"), (.tag(0, ["a": .tag(2, "x")]), "{\"a\":\"x\"}"),
    ] as [(CBORValue, String)])
  func scalars(value: CBORValue, json: String) {
    #expect(text(value) == json)
    #expect(text([value, value]) == "[\(json),\(json)]")
  }

  @Test(
    "Byte strings are base64 (RFC 4648 section 10)",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(bytes: String, encoded: String) {
    #expect(text(.bytes(Array(bytes.utf8))) == "\"\(encoded)\"")
  }

  @Test("Base64 uses the standard alphabet to its end")
  func base64Alphabet() {
    #expect(text(.bytes([0xfb, 0xff, 0xbf])) == "\"+/+/\"")
  }

  @Test("Every scalar up to U+00FF is escaped only where it must be, at every offset of a word")
  func escapes() throws {
    for code in 0...0xff as ClosedRange<UInt32> {
      let scalar = try #require(Unicode.Scalar(code))
      let expected =
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\u{8}": "\\b"
        case "\t": "\\t"
        case "\n": "\\n"
        case "\u{c}": "\\f"
        case "\r": "\\r"
        case "\0"..<" ": "\\u00" + (code < 16 ? "0" : "") + String(code, radix: 16)
        default: String(Character(scalar))
        }
      for offset in 0..<9 {
        let prefix = String(repeating: "x", count: offset)
        let suffix = String(repeating: "é", count: 8 - offset / 2)
        let value = prefix + String(Character(scalar)) + suffix
        #expect(text(.text(value)) == "\"\(prefix)\(expected)\(suffix)\"")
      }
    }
  }

  @Test("Keys that are not text are written as text")
  func otherKeys() throws {
    let map = try CBORMap([
      .init(key: 1, value: 2), .init(key: -7, value: 3), .init(key: .bytes([1]), value: 4),
      .init(key: "t\n", value: 5), .init(key: [1, "x"], value: 6),
    ])
    #expect(text(.map(map)) == #"{"1":2,"-7":3,"h'01'":4,"t\n":5,"[1, \"x\"]":6}"#)
  }

  @Test("Fields keep the order of the calls")
  func fields() {
    var writer = JSONWriter()
    let item: CBORValue = ["b": 1, "aa": [.null]]
    let encoded = item.encoded()
    writer.object {
      $0.field("z", "text")
      $0.field("a", -1 as Int64)
      $0.field("u", 18_446_744_073_709_551_615 as UInt64)
      $0.field("n", 3)
      $0.field("d", 2.0)
      $0.field("t", true)
      $0.field("item", CBORView(storage: encoded))
      $0.field("cursor", CBORCursor(encoded.span.bytes))
      $0.field("value", item)
      $0.key("none")
      $0.null()
      $0.key("list")
      $0.array {
        $0.int(1)
        $0.object { _ in }
        $0.array { _ in }
        $0.raw(Array("[0]".utf8).span.bytes)
        $0.string("s")
      }
    }
    writer.newline()
    writer.uint(1)
    #expect(
      writer.text == #"{"z":"text","a":-1,"u":18446744073709551615,"n":3,"d":2.0,"t":true,"#
        + #""item":{"b":1,"aa":[null]},"cursor":{"b":1,"aa":[null]},"value":{"b":1,"aa":[null]},"#
        + #""none":null,"list":[1,{},[],[0],"s"]}"# + "\n1")
  }

  @Test("Indented text has a value a line and closed empty containers")
  func indents() {
    let value: CBORValue = ["a": [1, ["b": [:]], []], "bb": "x"]
    #expect(
      text(value, .indented) == """
        {
          "a": [
            1,
            {
              "b": {}
            },
            []
          ],
          "bb": "x"
        }
        """)
  }

  @Test("A writer that was emptied starts anew, and one may continue other bytes")
  func reuse() {
    var writer = JSONWriter(appendingTo: Array("data: ".utf8))
    writer.beginArray()
    writer.int(1)
    #expect(writer.text == "data: [1")
    writer.removeAll()
    writer.int(2)
    #expect(writer.text == "2")
  }
}
