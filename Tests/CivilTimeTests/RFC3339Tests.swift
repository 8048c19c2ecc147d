import CivilTime
import TestSupport
import Testing

@Suite("RFC 3339")
struct RFC3339Tests {
  @Test(
    "A time is read",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, 0), ("2009-02-13T23:31:30Z", 1_234_567_890, 0),
      ("2009-02-13t23:31:30z", 1_234_567_890, 0), ("2009-02-13 23:31:30Z", 1_234_567_890, 0),
      ("2009-02-14T00:31:30+01:00", 1_234_567_890, 0),
      ("2009-02-13T18:01:30.5-05:30", 1_234_567_890, 500_000_000),
      ("2009-02-13T23:31:30.123456789Z", 1_234_567_890, 123_456_789),
      ("2009-02-13T23:31:30.1234567899999Z", 1_234_567_890, 123_456_789),
      ("1969-12-31T23:59:59.75Z", -1, 750_000_000),
      ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
      ("9999-12-31T23:59:59.999999999Z", 253_402_300_799, 999_999_999),
      ("2024-02-29T12:00:00-00:00", 1_709_208_000, 0),
    ] as [(String, Int64, Int32)])
  func reads(text: String, seconds: Int64, nanos: Int32) throws {
    #expect(try RFC3339(parsing: text) == RFC3339(seconds: seconds, nanos: nanos))
  }

  @Test(
    "A wrong time is refused by the first wrong field",
    arguments: [
      ("", .year), ("24-01-04T00:00:00Z", .year), ("0000-01-04T00:00:00Z", .year),
      ("2024/01/04T00:00:00Z", .month), ("2024-13-04T00:00:00Z", .month),
      ("2024-02-30T00:00:00Z", .day), ("2023-02-29T00:00:00Z", .day),
      ("2024-01-04X00:00:00Z", .separator), ("2024-01-04", .separator),
      ("2024-01-04T24:00:00Z", .hour), ("2024-01-04T1:00:00Z", .hour),
      ("2024-01-04T00:60:00Z", .minute), ("2024-01-04T00:00Z", .second),
      ("2016-12-31T23:59:60Z", .second), ("2024-01-04T00:00:00.Z", .fraction),
      ("2024-01-04T00:00:00", .offset), ("2024-01-04T00:00:00+0100", .offset),
      ("2024-01-04T00:00:00+24:00", .offset), ("2024-01-04T00:00:00Z ", .end),
      ("0001-01-01T00:00:00+00:01", .range), ("9999-12-31T23:59:59-00:01", .range),
    ] as [(String, RFC3339Error.Field)])
  func refuses(text: String, field: RFC3339Error.Field) {
    let error = #expect(throws: RFC3339Error.self) { try RFC3339(parsing: text) }
    #expect(error?.field == field)
  }

  @Test(
    "Microseconds are cut off toward the past",
    arguments: [
      ("1970-01-01T00:00:00.0000019Z", 1), ("1969-12-31T23:59:59.9999999Z", -1),
      ("1969-12-31T23:59:59.9999990Z", -1), ("1969-12-31T23:59:59.9999981Z", -2),
    ] as [(String, Int64)])
  func truncates(text: String, microseconds: Int64) throws {
    #expect(try RFC3339.microseconds(parsing: text) == microseconds)
  }

  @Test(
    "The long text has six digits and Z",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
      (1_704_368_738_000_000, "2024-01-04T11:45:38.000000Z"),
      (-62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
    ] as [(Int64, String)])
  func writesLong(microseconds: Int64, text: String) {
    #expect(RFC3339.string(microseconds: microseconds) == text)
    var bytes: [UInt8] = [0x22]
    RFC3339.append(microseconds: microseconds, to: &bytes)
    #expect(bytes == [0x22] + Array(text.utf8))
  }

  @Test("The extremes of Int64 are written without a trap", arguments: [Int64.min, Int64.max])
  func writesExtremes(microseconds: Int64) {
    #expect(RFC3339.string(microseconds: microseconds).hasSuffix("Z"))
  }

  @Test("The short text has no zeros at its end")
  func writesShort() {
    #expect(RFC3339(seconds: 1_234_567_890, nanos: 0).text == "2009-02-13T23:31:30Z")
    #expect(RFC3339(seconds: -1, nanos: 750_000_000).text == "1969-12-31T23:59:59.75Z")
  }

  @Test("Any text that is written is read as the same time", arguments: 0..<16 as Range<UInt64>)
  func roundTrips(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let seconds = Int64.random(in: CivilTime.firstSecond...CivilTime.lastSecond, using: &random)
      let moment = RFC3339(seconds: seconds, nanos: .random(in: 0..<1_000_000_000, using: &random))
      #expect(try RFC3339(parsing: moment.text) == moment)
      let text = RFC3339.string(microseconds: moment.microseconds)
      #expect(try RFC3339.microseconds(parsing: text) == moment.microseconds)
    }
  }

  @Test("Changed texts never trap", arguments: 0..<32 as Range<UInt64>)
  func survivesMutation(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let alphabet = Array("0123456789-+:.TtZz \u{0}é".utf8)
    for _ in 0..<500 {
      var bytes = Array("2024-01-04T11:45:38.123456+01:00".utf8)
      for _ in 0..<Int.random(in: 0...4, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] =
          alphabet.randomElement(using: &random) ?? 0
      }
      bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
      if let moment = try? RFC3339(parsing: bytes.span) {
        #expect(moment.nanos >= 0 && moment.nanos < 1_000_000_000)
      }
    }
  }
}
