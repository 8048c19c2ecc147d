/// The rules of one time zone, read from the bytes of a TZif file (RFC 9636).
///
/// Version 2 and later files are read by their 64-bit block and their footer (a POSIX TZ text that
/// rules after the last transition); version 1 files by their only block. Leap-second records are
/// skipped: the product's time scale has none.
package struct TimeZoneTable: Hashable, Sendable {
  /// A stretch of time with one offset.
  package struct Segment: Hashable, Sendable {
    /// Seconds to add to Unix time to get local time.
    package var offsetSeconds: Int32
    /// Whether this is daylight-saving time.
    package var isDaylight: Bool
    /// The Unix second at which the next segment starts; nil if there is none.
    package var end: Int64?
  }

  struct LocalTimeType: Hashable, Sendable {
    var offsetSeconds: Int32
    var isDaylight: Bool
  }

  private let transitions: [Int64]
  private let transitionTypes: [LocalTimeType]
  private let firstType: LocalTimeType
  private let footer: PosixZone?

  /// Coordinated Universal Time.
  package static let utc = TimeZoneTable()

  private init() {
    transitions = []
    transitionTypes = []
    firstType = LocalTimeType(offsetSeconds: 0, isDaylight: false)
    footer = nil
  }

  /// Reads a TZif file.
  ///
  /// - Throws: The first part of the file that is wrong. Never traps, whatever the bytes are.
  package init(tzif bytes: [UInt8]) throws(TimeZoneTableError) {
    var reader = TZifReader(bytes: bytes)
    let block = try reader.readFile()
    transitions = block.transitions
    transitionTypes = block.transitionTypes
    firstType = block.firstType
    footer = block.footer
  }

  /// The offset from UTC in seconds at a Unix second. Cost: O(log transitions).
  package func offsetSeconds(atUnixSeconds seconds: Int64) -> Int32 {
    segment(atUnixSeconds: seconds).offsetSeconds
  }

  /// The segment that a Unix second lies in. Cost: O(log transitions).
  package func segment(atUnixSeconds seconds: Int64) -> Segment {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    if low == transitions.count, let footer {
      var segment = footer.segment(atUnixSeconds: seconds)
      if low == 0, transitions.isEmpty { return segment }
      // The footer rules only after the last transition of the table.
      if let end = segment.end, end <= transitions[low - 1] { segment.end = nil }
      return segment
    }
    let type = low == 0 ? firstType : transitionTypes[low - 1]
    return Segment(
      offsetSeconds: type.offsetSeconds, isDaylight: type.isDaylight,
      end: low < transitions.count ? transitions[low] : nil)
  }

  /// The Unix second at which clocks in the zone show `localSeconds` (counted from
  /// 1970-01-01T00:00:00 on the local scale).
  ///
  /// A time that clocks skip gives the first moment after the gap; a time that they show twice
  /// gives the first of the two. Beyond 10^16 seconds from 1970 nothing is promised but an answer.
  package func unixSeconds(localSeconds: Int64) -> Int64 {
    // Local time at t is t + offset(t): it rises except for jumps. The answer is the earliest t at
    // which it has reached `localSeconds`. Offsets are below 26 hours, so nothing before `start`
    // can have reached it.
    let localSeconds = min(max(localSeconds, -1 << 55), 1 << 55)
    var start = localSeconds - 26 * 3_600
    while true {
      let segment = segment(atUnixSeconds: start)
      let candidate = localSeconds - Int64(segment.offsetSeconds)
      guard let end = segment.end, candidate >= end else { return max(candidate, start) }
      start = end
    }
  }
}

/// Why bytes are not a TZif file.
package struct TimeZoneTableError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as a whole sentence.
  package var message: String
  /// The error as a sentence.
  package var description: String { "not a TZif file: \(message)" }
}
