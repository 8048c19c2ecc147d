import CBOR
import JSON
import TestSupport
import Testing

struct JSONTranscoderTests {
  static func transcode(_ json: String, maximumDepth: Int = 32) throws(JSONError) -> [UInt8] {
    var output: [UInt8] = []
    let transcoder = JSONTranscoder(maximumDepth: maximumDepth)
    try transcoder.transcode(Array(json.utf8), into: &output)
    return output
  }

  @Test(
    "A number without fraction and exponent is an integer, any other the shortest float",
    arguments: [
      ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("23", 23), ("24", 24),
      ("18446744073709551615", .unsigned(.max)),
      ("9223372036854775807", .signed(.max)), ("9223372036854775808", .unsigned(1 << 63)),
      ("-9223372036854775808", .signed(.min)),
      ("1.0", 1.0), ("-0.0", .double(-0.0)), ("0e0", 0.0), ("-0e1", .double(-0.0)),
      ("1e2", 100.0), ("1E+2", 100.0), ("25e-1", 2.5), ("0.1", 0.1),
      ("65504.0", 65504.0), ("65505.0", 65505.0), ("16777217.0", 16777217.0),
      ("18446744073709551616.0", 18446744073709551616.0),
      ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
      ("3.4028234663852886e38", .double(0x1.fffffep127)),
      ("3.4028235677973366e38", .double(0x1.ffffffp127)),
      ("5e-324", .double(.leastNonzeroMagnitude)), ("1e-400", 0.0),
      ("5.960464477539063e-8", 5.960464477539063e-8),
      ("2.9802322387695312e-8", 2.9802322387695312e-8),
      ("0.30000000000000004", 0.30000000000000004),
    ] as [(String, CBORValue)])
  func numbers(json: String, value: CBORValue) throws {
    #expect(try Self.transcode(json) == value.encoded())
    #expect(try Self.transcode("[\(json)]") == CBORValue.array([value]).encoded())
  }

  @Test("Each binary16 and its neighbours come out as the CBOR encoder writes them")
  func shortestFloats() throws {
    var values: [Double] = []
    for bits in stride(from: UInt16.min, through: UInt16.max, by: 7) {
      let value = CBORFloat.value(half: bits)
      let single = Float(value)
      values += [value, Double(single.nextUp), value.nextDown]
    }
    values = values.filter { $0.isFinite }
    let json = "[" + values.map(\.description).joined(separator: ",") + "]"
    #expect(try Self.transcode(json) == CBORValue.array(values.map { .double($0) }).encoded())
  }

  @Test(
    "Escapes stand for their characters",
    arguments: [
      (#""""#, ""), (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz"),
      (#""\u0041\u00e9\u6c34""#, "Aé水"), (#""\ud800\udd51""#, "\u{10151}"),
      (#""\uDBFF\uDFFF""#, "\u{10ffff}"), (#""\u0000""#, "\0"), ("\"é水𐅑\u{7f}\"", "é水𐅑\u{7f}"),
      (#""\ud7ff\ue000""#, "\u{d7ff}\u{e000}"), (#""\u2028""#, "\u{2028}"),
    ])
  func strings(json: String, text: String) throws {
    #expect(try Self.transcode(json) == CBORValue.text(text).encoded())
  }

  @Test(
    "Strings of every length around the heads' boundaries are whole",
    arguments: [0, 23, 24, 31, 32, 33, 63, 64, 65, 255, 256, 65535, 65536, 200_000])
  func longStrings(length: Int) throws {
    let text = String(repeating: "é", count: length / 2) + String(repeating: "x", count: length % 2)
    #expect(try Self.transcode("\"\(text)\"") == CBORValue.text(text).encoded())
    #expect(
      try Self.transcode("{\"\(text)\":\"\(text)\"}")
        == CBORValue.object([(text, .text(text))]).encoded())
  }

  @Test(
    "Keys are sorted by length, then bytes, however many and however alike",
    arguments: [2, 23, 24, 25, 26, 200, 5000])
  func manyKeys(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    // 254 and 300 bytes: the order of long keys is found in another way than that of short ones.
    let long = String(repeating: "p", count: 300)
    let prefixes = ["", "k", "prefixe", "prefixed", "\0", "é", String(long.prefix(254)), long]
    var keys = (0..<count).map { prefixes[$0 % prefixes.count] + "\($0)" }
    keys.shuffle(using: &random)
    let json = keys.map { "\"\($0 .replacing("\0", with: "\\u0000"))\":\"\($0.utf8.count)\"" }
    let encoded = try Self.transcode("{" + json.joined(separator: ",") + "}")
    try CBORScanner.validate(encoded)
    #expect(
      encoded == CBORValue.object(keys.map { ($0, .text("\($0.utf8.count)")) }).encoded())
  }

  @Test(
    "A random document comes out as its value's encoding, and goes round through JSON text",
    arguments: 0..<500 as Range<UInt64>)
  func randomDocuments(seed: UInt64) throws {
    let document = RandomDocument(seed: seed)
    let encoded = try Self.transcode(document.text)
    #expect(encoded == document.value.encoded(), "\(document.text)")
    try CBORScanner.validate(encoded)
    for layout in [JSONWriter.Layout.compact, .indented] {
      var writer = JSONWriter(layout: layout)
      writer.item(CBORView(storage: encoded))
      #expect(try Self.transcode(writer.text) == encoded, "\(writer.text)")
    }
  }

  @Test("One transcoder takes document after document, good and bad, and appends")
  func reuse() throws {
    let transcoder = JSONTranscoder()
    var output: [UInt8] = [0xff]
    try transcoder.transcode(Array("1".utf8), into: &output)
    #expect(throws: JSONError(.unexpectedEnd, at: 1)) {
      try transcoder.transcode(Array("{".utf8), into: &output)
    }
    #expect(throws: JSONError(.duplicateKey, at: 12, pointer: "/a/b")) {
      try transcoder.transcode(Array(#"{"a":{"b":1,"b":2}}"#.utf8), into: &output)
    }
    let large = Array(("[" + String(repeating: "12345,", count: 100_000) + "0]").utf8)
    var other: [UInt8] = []
    try transcoder.transcode(large.span, into: &other)
    try CBORScanner.validate(other)
    try transcoder.transcode("true".utf8.span, into: &output)
    #expect(output == [0xff, 0x01, 0xf5])
  }

  @Test(
    "What follows the range of a document makes no difference",
    arguments: [
      ("12", "34"), ("-", "1"), ("tru", "e"), ("\"ab", "\""), ("[1", "]"), ("1", ".5"), ("1e", "5"),
      ("", "1"), ("{\"a\":1}", "}"), ("\"\\ud800", "\\udc00\""), ("1", "e999"), ("null", "l"),
      ("[0", "1]"), ("  ", "{}"),
    ])
  func rangesEndWhereTheyEnd(document: String, rest: String) {
    let transcoder = JSONTranscoder()
    let count = document.utf8.count
    let following = Array((document + rest).utf8) + [UInt8](repeating: 0x20, count: 100)
    var inPlace: [UInt8] = []
    var copied: [UInt8] = []
    let left = Result { () throws(JSONError) in
      try transcoder.transcode(following, in: 0..<count, into: &inPlace)
    }
    let right = Result { () throws(JSONError) in
      try transcoder.transcode(Array(document.utf8), into: &copied)
    }
    switch (left, right) {
    case (.success, .success): #expect(inPlace == copied)
    case (.failure(let a), .failure(let b)): #expect(a == b)
    default: Issue.record("\(left) \(right)")
    }
  }
}
