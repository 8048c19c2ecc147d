import CivilTime
import Foundation
import TestSupport
import Testing

private let zoneDirectory = "/usr/share/zoneinfo"

private func bytes(_ zone: String) -> [UInt8]? {
  FileManager.default.contents(atPath: "\(zoneDirectory)/\(zone)").map { Array($0) }
}

private func table(_ zone: String) throws -> TimeZoneTable {
  try TimeZoneTable(tzif: try #require(bytes(zone)))
}

private func seconds(_ text: String) throws -> Int64 { try RFC3339(parsing: text).seconds }

@Suite("Time zones", .enabled(if: bytes("Europe/Berlin") != nil, "needs \(zoneDirectory)"))
struct TimeZoneTableTests {
  @Test(
    "The offset is that of the zone at the moment",
    arguments: [
      ("Europe/Berlin", "2024-01-15T12:00:00Z", 3_600),
      ("Europe/Berlin", "2024-07-15T12:00:00Z", 7_200),
      ("Europe/Berlin", "2024-03-31T00:59:59Z", 3_600),
      ("Europe/Berlin", "2024-03-31T01:00:00Z", 7_200),
      ("Europe/Berlin", "2099-07-15T12:00:00Z", 7_200),
      ("Europe/Berlin", "2099-10-25T00:59:59Z", 7_200),
      ("Europe/Berlin", "2099-10-25T01:00:00Z", 3_600),
      ("America/New_York", "2050-07-01T00:00:00Z", -14_400),
      ("America/New_York", "2050-12-01T00:00:00Z", -18_000),
      ("Australia/Sydney", "2060-01-01T00:00:00Z", 39_600),
      ("Australia/Sydney", "2060-06-01T00:00:00Z", 36_000),
      ("Asia/Kathmandu", "2024-06-01T00:00:00Z", 20_700),
      ("Europe/Dublin", "2070-07-01T00:00:00Z", 3_600),
      ("Europe/Dublin", "2070-01-01T00:00:00Z", 0), ("Etc/GMT+5", "2024-01-01T00:00:00Z", -18_000),
    ] as [(String, String, Int32)])
  func offsets(zone: String, moment: String, offset: Int32) throws {
    #expect(try table(zone).offsetSeconds(atUnixSeconds: seconds(moment)) == offset)
  }

  @Test(
    "Local time becomes the first moment that shows it, or the first after a gap",
    arguments: [
      ("Europe/Berlin", "2024-07-15T12:00:00Z", "2024-07-15T10:00:00Z"),
      ("Europe/Berlin", "2024-03-31T02:30:00Z", "2024-03-31T01:00:00Z"),
      ("Europe/Berlin", "2024-03-31T03:00:00Z", "2024-03-31T01:00:00Z"),
      ("Europe/Berlin", "2024-10-27T02:30:00Z", "2024-10-27T00:30:00Z"),
      ("Europe/Berlin", "2024-10-27T03:00:00Z", "2024-10-27T02:00:00Z"),
      ("America/New_York", "2060-03-14T02:30:00Z", "2060-03-14T07:00:00Z"),
      ("America/New_York", "2060-11-07T01:30:00Z", "2060-11-07T05:30:00Z"),
      ("Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z"),
    ])
  func localTimes(zone: String, local: String, moment: String) throws {
    let found = try table(zone).unixSeconds(localSeconds: seconds(local))
    #expect(found == (try seconds(moment)))
  }

  @Test(
    "Every local time that exists comes back, at its first moment",
    arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
  func localRoundTrip(zone: String) throws {
    let table = try table(zone)
    var random = SplitMix64(seed: 7)
    for _ in 0..<2_000 {
      let moment = Int64.random(in: -2_000_000_000...8_000_000_000, using: &random)
      let local = moment + Int64(table.offsetSeconds(atUnixSeconds: moment))
      let found = table.unixSeconds(localSeconds: local)
      #expect(found <= moment)
      #expect(found + Int64(table.offsetSeconds(atUnixSeconds: found)) == local)
    }
  }

  @Test("The rules agree with Foundation's", arguments: ["Europe/London", "America/Santiago"])
  func agreesWithFoundation(zone: String) throws {
    let table = try table(zone)
    let other = try #require(TimeZone(identifier: zone))
    var random = SplitMix64(seed: 11)
    for _ in 0..<1_000 {
      let moment = Int64.random(in: 0...2_000_000_000, using: &random)
      let offset = other.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment)))
      #expect(table.offsetSeconds(atUnixSeconds: moment) == Int32(offset))
    }
  }

  @Test("Extreme moments are answered", arguments: ["Europe/Berlin", "Africa/Casablanca"])
  func extremes(zone: String) throws {
    let table = try table(zone)
    for moment in [Int64.min, Int64.max, 0] {
      #expect(abs(table.offsetSeconds(atUnixSeconds: moment)) < 26 * 3_600)
    }
  }

  @Test("Changed and cut files are read or refused", arguments: 0..<64 as Range<UInt64>)
  func survivesMutation(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var file = try #require(bytes("America/Santiago"))
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      file[Int.random(in: file.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
    }
    if Bool.random(using: &random) {
      file.removeLast(Int.random(in: 0...file.count, using: &random))
    }
    if let table = try? TimeZoneTable(tzif: file) {
      for _ in 0..<50 {
        let moment = Int64.random(in: -10_000_000_000...10_000_000_000, using: &random)
        #expect(abs(table.offsetSeconds(atUnixSeconds: moment)) <= 26 * 3_600)
        _ = table.unixSeconds(localSeconds: moment)
      }
    }
  }
}
