/// A TZif file (RFC 9636) without a table: a zone that goes by the rule of its footer alone, such
/// as `CET-1CEST,M3.5.0,M10.5.0/3`.
package enum RuleZone {
  /// The bytes of the file.
  package static func tzif(_ rule: String) -> [UInt8] {
    header(types: 0, characters: 0) + header(types: 1, characters: 4)
      + [0, 0, 0, 0, 0, 0] + Array("LMT\u{0}".utf8) + Array("\n\(rule)\n".utf8)
  }

  private static func header(types: UInt8, characters: UInt8) -> [UInt8] {
    let counts: [UInt8] = [0, 0, 0, 0, types, characters]
    return Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
      + counts.flatMap { [0, 0, 0, $0] }
  }

  /// Zones with rules as they have been in the twenties of this century.
  package static let zones: [String: [UInt8]] = [
    "Europe/Berlin": tzif("CET-1CEST,M3.5.0,M10.5.0/3"),
    "America/New_York": tzif("EST5EDT,M3.2.0,M11.1.0"),
    "Asia/Tokyo": tzif("JST-9"),
    "Asia/Kolkata": tzif("IST-5:30"),
  ]
}
