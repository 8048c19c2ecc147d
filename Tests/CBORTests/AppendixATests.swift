import CBOR
import Testing

/// The examples of RFC 8949 appendix A.
struct AppendixATests {
  struct Example: Sendable, CustomTestStringConvertible {
    var hex: String
    var diagnostic: String
    var value: CBORValue
    var testDescription: String { "\(hex) = \(diagnostic)" }

    init(_ hex: String, _ diagnostic: String, _ value: CBORValue) {
      self.hex = hex
      self.diagnostic = diagnostic
      self.value = value
    }
  }

  @Test("A deterministic example decodes strictly and encodes to itself", arguments: deterministic)
  func deterministicExample(example: Example) throws {
    let encoded = bytes(hex: example.hex)
    try CBORScanner.validate(encoded)
    let value = try CBORValue(decoding: encoded)
    #expect(value == example.value)
    #expect(value.diagnostic == example.diagnostic)
    #expect(value.encoded() == encoded)
    #expect(CBORView(storage: encoded).itemRange == 0..<encoded.count)
  }

  @Test(
    "Another example is refused strictly, decodes leniently, and encodes shorter or equal",
    arguments: wellFormed)
  func wellFormedExample(example: Example) throws {
    let encoded = bytes(hex: example.hex)
    #expect(throws: CBORError.self) { try CBORScanner.validate(encoded) }
    #expect(throws: CBORError.self) { try CBORValue(decoding: encoded) }
    let value = try CBORValue(decoding: encoded, rules: .wellFormed)
    #expect(value == example.value)
    #expect(value.diagnostic == example.diagnostic)
    let again = value.encoded()
    #expect(again.count <= encoded.count && again != encoded)
    try CBORScanner.validate(again)
  }

  static let deterministic: [Example] = numbers + simplesAndTags + stringsAndContainers

  static let numbers: [Example] = [
    Example("00", "0", 0),
    Example("01", "1", 1),
    Example("0a", "10", 10),
    Example("17", "23", 23),
    Example("1818", "24", 24),
    Example("1819", "25", 25),
    Example("1864", "100", 100),
    Example("1903e8", "1000", 1000),
    Example("1a000f4240", "1000000", 1_000_000),
    Example("1b000000e8d4a51000", "1000000000000", 1_000_000_000_000),
    Example("1bffffffffffffffff", "18446744073709551615", .unsigned(.max)),
    Example(
      "c249010000000000000000", "2(h'010000000000000000')",
      .tag(2, .bytes([1, 0, 0, 0, 0, 0, 0, 0, 0]))),
    Example("3bffffffffffffffff", "-18446744073709551616", .negative(.max)),
    Example(
      "c349010000000000000000", "3(h'010000000000000000')",
      .tag(3, .bytes([1, 0, 0, 0, 0, 0, 0, 0, 0]))),
    Example("20", "-1", -1),
    Example("29", "-10", -10),
    Example("3863", "-100", -100),
    Example("3903e7", "-1000", -1000),
    Example("f90000", "0.0", 0.0),
    Example("f98000", "-0.0", .double(-0.0)),
    Example("f93c00", "1.0", 1.0),
    Example("fb3ff199999999999a", "1.1", 1.1),
    Example("f93e00", "1.5", 1.5),
    Example("f97bff", "65504.0", 65504.0),
    Example("fa47c35000", "100000.0", 100000.0),
    Example("fa7f7fffff", "3.4028234663852886e+38", 3.4028234663852886e+38),
    Example("fb7e37e43c8800759c", "1e+300", 1.0e+300),
    Example("f90001", "5.960464477539063e-08", 5.960464477539063e-8),
    Example("f90400", "6.103515625e-05", 0.00006103515625),
    Example("f9c400", "-4.0", -4.0),
    Example("fbc010666666666666", "-4.1", -4.1),
    Example("f97c00", "Infinity", .double(.infinity)),
    Example("f97e00", "NaN", .double(.nan)),
    Example("f9fc00", "-Infinity", .double(-.infinity)),
  ]

  static let simplesAndTags: [Example] = [
    Example("f4", "false", false),
    Example("f5", "true", true),
    Example("f6", "null", .null),
    Example("f7", "undefined", .undefined),
    Example("f0", "simple(16)", .simple(16)),
    Example("f8ff", "simple(255)", .simple(255)),
    Example(
      "c074323031332d30332d32315432303a30343a30305a", "0(\"2013-03-21T20:04:00Z\")",
      .tag(0, "2013-03-21T20:04:00Z")),
    Example("c11a514b67b0", "1(1363896240)", .tag(1, 1_363_896_240)),
    Example("c1fb41d452d9ec200000", "1(1363896240.5)", .tag(1, 1363896240.5)),
    Example("d74401020304", "23(h'01020304')", .tag(23, .bytes([1, 2, 3, 4]))),
    Example(
      "d818456449455446", "24(h'6449455446')",
      .tag(24, .bytes([0x64, 0x49, 0x45, 0x54, 0x46]))),
    Example(
      "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
      "32(\"http://www.example.com\")", .tag(32, "http://www.example.com")),
  ]

  static let stringsAndContainers: [Example] = [
    Example("40", "h''", .bytes([])),
    Example("4401020304", "h'01020304'", .bytes([1, 2, 3, 4])),
    Example("60", "\"\"", ""),
    Example("6161", "\"a\"", "a"),
    Example("6449455446", "\"IETF\"", "IETF"),
    Example("62225c", #""\"\\""#, "\"\\"),
    Example("62c3bc", "\"\u{fc}\"", "\u{fc}"),
    Example("63e6b0b4", "\"\u{6c34}\"", "\u{6c34}"),
    Example("64f0908591", "\"\u{10151}\"", "\u{10151}"),
    Example("80", "[]", []),
    Example("83010203", "[1, 2, 3]", [1, 2, 3]),
    Example("8301820203820405", "[1, [2, 3], [4, 5]]", [1, [2, 3], [4, 5]]),
    Example(
      "98190102030405060708090a0b0c0d0e0f101112131415161718181819", oneTo25Diagnostic, oneTo25),
    Example("a0", "{}", [:]),
    Example("a201020304", "{1: 2, 3: 4}", .map(integerMap)),
    Example("a26161016162820203", #"{"a": 1, "b": [2, 3]}"#, ["a": 1, "b": [2, 3]]),
    Example("826161a161626163", #"["a", {"b": "c"}]"#, ["a", ["b": "c"]]),
    Example(
      "a56161614161626142616361436164614461656145",
      #"{"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}"#,
      ["a": "A", "b": "B", "c": "C", "d": "D", "e": "E"]),
  ]

  static let wellFormed: [Example] = [
    Example("fa7f800000", "Infinity", .double(.infinity)),
    Example("fa7fc00000", "NaN", .double(.nan)),
    Example("faff800000", "-Infinity", .double(-.infinity)),
    Example("fb7ff0000000000000", "Infinity", .double(.infinity)),
    Example("fb7ff8000000000000", "NaN", .double(.nan)),
    Example("fbfff0000000000000", "-Infinity", .double(-.infinity)),
    Example("5f42010243030405ff", "h'0102030405'", .bytes([1, 2, 3, 4, 5])),
    Example("7f657374726561646d696e67ff", "\"streaming\"", "streaming"),
    Example("9fff", "[]", []),
    Example("9f018202039f0405ffff", "[1, [2, 3], [4, 5]]", [1, [2, 3], [4, 5]]),
    Example("9f01820203820405ff", "[1, [2, 3], [4, 5]]", [1, [2, 3], [4, 5]]),
    Example("83018202039f0405ff", "[1, [2, 3], [4, 5]]", [1, [2, 3], [4, 5]]),
    Example("83019f0203ff820405", "[1, [2, 3], [4, 5]]", [1, [2, 3], [4, 5]]),
    Example(
      "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff", oneTo25Diagnostic, oneTo25),
    Example("bf61610161629f0203ffff", #"{"a": 1, "b": [2, 3]}"#, ["a": 1, "b": [2, 3]]),
    Example("826161bf61626163ff", #"["a", {"b": "c"}]"#, ["a", ["b": "c"]]),
    // Deterministic order puts Amt first.
    Example("bf6346756ef563416d7421ff", #"{"Amt": -2, "Fun": true}"#, ["Fun": true, "Amt": -2]),
  ]

  private static let oneTo25 = CBORValue.array((1...25).map { .unsigned($0) })
  private static let oneTo25Diagnostic =
    "[" + (1...25).map { "\($0)" }.joined(separator: ", ") + "]"

  private static let integerMap: CBORMap = {
    var map = CBORMap()
    map[3] = 4
    map[1] = 2
    return map
  }()
}
