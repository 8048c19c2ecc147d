import CivilTime
import Expressions

import class Foundation.FileManager

/// The zones of this machine's database, for trying expressions and for reading other systems'
/// exports; programs never read them.
struct SystemTimeZones: TimeZoneRules {
  func offsetSeconds(zone: String, atUnixSeconds: Int64) -> Int32? {
    Self.table(zone)?.offsetSeconds(atUnixSeconds: atUnixSeconds)
  }

  /// The rules of a zone; nil: there is no such zone.
  static func table(_ zone: String) -> TimeZoneTable? {
    let parts = zone.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.isEmpty, parts.allSatisfy({ !$0.isEmpty && $0 != ".." && $0 != "." }),
      let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(zone)")
    else { return nil }
    return try? TimeZoneTable(tzif: Array(data))
  }
}
