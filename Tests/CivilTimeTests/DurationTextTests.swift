import CivilTime
import TestSupport
import Testing

@Suite("Duration texts")
struct DurationTextTests {
  @Test(
    "A length is read and written in its canonical form",
    arguments: [
      ("30m", 1_800_000_000, "30m"), ("1h", 3_600_000_000, "1h"), ("23h", 82_800_000_000, "23h"),
      ("7d", 604_800_000_000, "7d"), ("2w", 1_209_600_000_000, "14d"), ("90s", 90_000_000, "1m30s"),
      ("500ms", 500_000, "500ms"), ("1h30m", 5_400_000_000, "1h30m"), ("0s", 0, "0s"),
      ("36h", 129_600_000_000, "1d12h"), ("7us", 7, "7us"), ("1s500ms", 1_500_000, "1s500ms"),
      ("9223372036854775807us", .max, "106751991d4h54s775ms807us"),
    ] as [(String, Int64, String)])
  func reads(text: String, microseconds: Int64, canonical: String) throws {
    let duration = try DurationText(parsing: text)
    #expect(duration.microseconds == microseconds)
    #expect(duration.description == canonical)
    #expect(try DurationText(parsing: canonical) == duration)
  }

  @Test(
    "A wrong length is refused with the mend",
    arguments: [
      ("", "is empty"), ("5", "needs a unit"), ("m", "needs a whole number"), ("1.5h", "'.'"),
      ("-1h", "whole number"), ("5y", "unknown unit 'y'"), ("5min", "unknown unit 'min'"),
      ("1m1h", "the larger first"), ("1h1h", "each unit once"), ("1 h", "unknown unit ' h'"),
      ("9223372036854775808us", "too large"), ("99999999999999d", "too long"),
      ("106751991d24h", "too long"),
    ])
  func refuses(text: String, problem: String) {
    let error = #expect(throws: DurationTextError.self) { try DurationText(parsing: text) }
    #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
  }

  @Test("A negative length is written with a sign", arguments: [(-90_000_000, "-1m30s")])
  func writesNegative(microseconds: Int64, text: String) {
    #expect(DurationText(microseconds: microseconds).description == text)
    #expect(DurationText(microseconds: .min).description.hasPrefix("-106751991d"))
  }

  @Test("Any written length is read as the same", arguments: 0..<8 as Range<UInt64>)
  func roundTrips(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let places = Int64.random(in: 0..<63, using: &random)
      let duration = DurationText(
        microseconds: .random(in: 0...Int64.max, using: &random) >> places)
      #expect(try DurationText(parsing: duration.description) == duration)
    }
  }
}
