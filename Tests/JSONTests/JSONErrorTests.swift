import CBOR
import JSON
import Testing

struct JSONErrorTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    var json: [UInt8]
    var error: JSONError
    var testDescription: String { String(decoding: json, as: UTF8.self) + " \(error)" }

    init(_ json: String, _ kind: JSONError.Kind, _ offset: Int, _ pointer: String = "") {
      self.init(bytes: Array(json.utf8), kind, offset, pointer)
    }

    init(bytes: [UInt8], _ kind: JSONError.Kind, _ offset: Int, _ pointer: String = "") {
      self.json = bytes
      self.error = JSONError(kind, at: offset, pointer: pointer)
    }
  }

  static let structure: [Refusal] = [
    Refusal("", .empty, 0),
    Refusal(" \n\t\r ", .empty, 5),
    Refusal("{", .unexpectedEnd, 1),
    Refusal("[1,", .unexpectedEnd, 3, "/1"),
    Refusal("[1 2]", .unexpectedCharacter, 3),
    Refusal("[1,]", .unexpectedCharacter, 3, "/1"),
    Refusal(#"{"a":1,}"#, .unexpectedCharacter, 7),
    Refusal(#"{"a" 1}"#, .unexpectedCharacter, 5, "/a"),
    Refusal(#"{"a":}"#, .unexpectedCharacter, 5, "/a"),
    Refusal("{a:1}", .unexpectedCharacter, 1),
    Refusal("{1:1}", .unexpectedCharacter, 1),
    Refusal("[1}", .unexpectedCharacter, 2),
    Refusal("nul", .unexpectedEnd, 3),
    Refusal("nulx", .unexpectedCharacter, 3),
    Refusal("[truex]", .unexpectedCharacter, 5, "/0"),
    Refusal("'a'", .unexpectedCharacter, 0),
    Refusal("{} {}", .trailingCharacters, 3),
    Refusal("1 1", .trailingCharacters, 2),
    Refusal("\"a\"]", .trailingCharacters, 3),
    Refusal("[] // c", .trailingCharacters, 3),
    Refusal(bytes: [0xef, 0xbb, 0xbf, 0x31], .unexpectedCharacter, 0),
    Refusal(bytes: [0x5b, 0x31, 0x0c, 0x5d], .unexpectedCharacter, 2),
    Refusal(#"{"a":1,"b":{"c":[{},{"x":1,"y":2,"x":3}]}}"#, .duplicateKey, 33, "/b/c/1/x"),
    Refusal(#"{"a/b~c":1,"a\u002fb~c":2}"#, .duplicateKey, 11, "/a~1b~0c"),
    Refusal(#"{"":1,"":2}"#, .duplicateKey, 6, "/"),
  ]

  static let scalars: [Refusal] = [
    Refusal("18446744073709551616", .integerOutOfRange, 0),
    Refusal("-9223372036854775809", .integerOutOfRange, 0),
    Refusal("99999999999999999999999999", .integerOutOfRange, 0),
    Refusal(
      #"{"data":{"items":[0,1,2,{"price":18446744073709551616}]}}"#, .integerOutOfRange, 33,
      "/data/items/3/price"),
    Refusal("[1e309]", .floatOutOfRange, 1, "/0"),
    Refusal("-1.0e999", .floatOutOfRange, 0),
    Refusal("1.7976931348623159e308", .floatOutOfRange, 0),
    Refusal("01", .invalidNumber, 0),
    Refusal("-", .invalidNumber, 0),
    Refusal("-01", .invalidNumber, 0),
    Refusal("1.", .invalidNumber, 0),
    Refusal(".5", .invalidNumber, 0),
    Refusal("+1", .invalidNumber, 0),
    Refusal("1e", .invalidNumber, 0),
    Refusal("1e+", .invalidNumber, 0),
    Refusal("[1.e5]", .invalidNumber, 1, "/0"),
    Refusal("[1x]", .invalidNumber, 2, "/0"),
    Refusal("0x10", .invalidNumber, 1),
    Refusal("NaN", .unexpectedCharacter, 0),
    Refusal("-Infinity", .invalidNumber, 0),
    Refusal(#"["abc]"#, .unexpectedEnd, 6, "/0"),
    Refusal(#""\x""#, .invalidEscape, 1),
    Refusal(#""\u12g4""#, .invalidEscape, 1),
    Refusal(#""\u12""#, .invalidEscape, 1),
    Refusal(#""\ud800""#, .loneSurrogate, 1),
    Refusal(#""\udc00""#, .loneSurrogate, 1),
    Refusal(#""a\ud800\u0041""#, .loneSurrogate, 2),
    Refusal(#""\ud800\ud800""#, .loneSurrogate, 1),
    Refusal(#""\ud800x""#, .loneSurrogate, 1),
    Refusal(#""\udfff\udc00""#, .loneSurrogate, 1),
    Refusal(#"{"k\udc00":1}"#, .loneSurrogate, 3),
    Refusal("\"a\nb\"", .controlCharacter, 2),
    Refusal("\"\u{0}\"", .controlCharacter, 1),
    Refusal("[\"\u{1f}\"]", .controlCharacter, 2, "/0"),
    Refusal(bytes: [0x22, 0xff, 0x22], .invalidUTF8, 1),
    Refusal(bytes: [0x22, 0xc0, 0x80, 0x22], .invalidUTF8, 1),
    Refusal(bytes: [0x22, 0xed, 0xa0, 0x80, 0x22], .invalidUTF8, 1),
    Refusal(bytes: [0x22, 0x61, 0xe6, 0xb0, 0x22], .invalidUTF8, 2),
  ]

  @Test("A fault is named with its place", arguments: structure + scalars)
  func refusals(refusal: Refusal) {
    let transcoder = JSONTranscoder()
    var output: [UInt8] = [7]
    #expect(throws: refusal.error) { try transcoder.transcode(refusal.json, into: &output) }
    #expect(output == [7])
  }

  @Test("Nesting is taken to the limit and refused one level deeper", arguments: [0, 1, 32, 512])
  func nesting(limit: Int) throws {
    let transcoder = JSONTranscoder(maximumDepth: limit)
    var output: [UInt8] = []
    let fits =
      [UInt8](repeating: 0x5b, count: limit) + [0x31]
      + [UInt8](repeating: 0x5d, count: limit)
    try transcoder.transcode(fits, into: &output)
    try CBORScanner.validate(output, maximumDepth: limit)
    let pointer = String(repeating: "/0", count: limit)
    #expect(throws: JSONError(.tooDeep, at: limit, pointer: pointer)) {
      try transcoder.transcode([0x5b] + fits + [0x5d], into: &output)
    }
    let objects =
      String(repeating: #"{"a":"#, count: limit + 1) + "1"
      + String(repeating: "}", count: limit + 1)
    #expect(
      throws: JSONError(
        .tooDeep, at: 5 * limit, pointer: String(repeating: "/a", count: limit))
    ) {
      try transcoder.transcode(Array(objects.utf8), into: &output)
    }
  }

  @Test("A million brackets are refused without harm", arguments: ["[", "{\"a\":", "[{\"a\":"])
  func deepNesting(opening: String) {
    var output: [UInt8] = []
    let json = Array(String(repeating: opening, count: 1_000_000).utf8)
    let error = #expect(throws: JSONError.self) {
      try JSONTranscoder().transcode(json, into: &output)
    }
    #expect(error?.kind == .tooDeep)
  }

  @Test("An error says what, where and what to do")
  func errorText() {
    let error = JSONError(.integerOutOfRange, at: 33, pointer: "/data/items/3/price")
    #expect(
      error.description
        == "JSON byte 33 at /data/items/3/price: the integer does not fit 64 bits, signed or "
        + "unsigned; send it as a string, or with a decimal point as a float")
    #expect(JSONError(.refused(parserCode: 3)).description.contains("improper structure"))
  }
}
