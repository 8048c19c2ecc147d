import CBOR
import Ledger

/// Scans of a whole ledger.
enum ScanSuite {
  static func run(_ settings: BenchmarkSettings) throws -> Section {
    var section = Section(
      suite: Suite.scan.rawValue, title: "Scan",
      introduction: """
        \(Figure.text(Double(settings.events))) events of a simulated shop, appended 1,000 a \
        commit, read in order; the file is in the page cache. *Records* hands out each record's \
        bytes, one of which is read; *headers* the decoded headers alone; *events* copies each \
        record out. Segments are inflated on both cores.
        """)
    let shop = ShopEvents(count: settings.events)
    for seals in [false, true] {
      let place = seals ? "segments" : "tail"
      settings.progress("filling a ledger for the scan of \(place)")
      let directory = try settings.scratch.folder("scan-\(place)")
      let filled = try FilledLedger(shop, seals: seals, directory: directory)
      let last = seals ? try filled.ledger.sealedThrough : filled.count
      guard last > 0 else {
        section.notes.append("Too few events for a segment: raise --events above 70,000.")
        filled.ledger.close()
        continue
      }
      section.measurements += try scans(filled.ledger, through: last, place, settings.rounds)
      filled.ledger.close()
      settings.scratch.clear(directory)
    }
    section.tables = [Table(of: section.measurements)]
    return section
  }

  private static func scans(
    _ ledger: Ledger, through last: UInt64, _ place: String, _ rounds: Int
  ) throws -> [Measurement] {
    var records: [Double] = []
    var headers: [Double] = []
    var events: [Double] = []
    for _ in 0..<rounds {
      records.append(
        try rate(of: last) {
          var sum: UInt64 = 0
          try ledger.forEachRecord(from: 1, through: last) { _, record in
            sum &+= UInt64(record.byte(at: 1))
            return true
          }
          return sum
        })
      headers.append(
        try rate(of: last) {
          var sum: UInt64 = 0
          try ledger.forEachHeader(from: 1, through: last) { _, header in
            sum &+= UInt64(header.kind.rawValue)
            return true
          }
          return sum
        })
      events.append(
        try rate(of: last) {
          var sum: UInt64 = 0
          try ledger.forEachEvent(from: 1, through: last) { (event) throws in
            sum &+= UInt64(event.kind.rawValue)
            return true
          }
          return sum
        })
    }
    let isTail = place == "tail"
    return [
      Measurement(
        name: "records from \(isTail ? "the tail" : place)", unit: "events/s", runs: records,
        goal: .atLeast(isTail ? 10_000_000 : 3_000_000)),
      Measurement(
        name: "headers from \(isTail ? "the tail" : place)", unit: "events/s", runs: headers),
      Measurement(
        name: "events from \(isTail ? "the tail" : place)", unit: "events/s", runs: events),
    ]
  }

  /// Events a second of a scan, which gives a sum so that it cannot be left out.
  private static func rate(of count: UInt64, _ scan: () throws -> UInt64) rethrows -> Double {
    let started = Clock.nanoseconds()
    let sum = try scan()
    precondition(sum > 0, "every event has a kind")
    return Double(count) / (Double(Clock.nanoseconds() - started) / 1e9)
  }
}
