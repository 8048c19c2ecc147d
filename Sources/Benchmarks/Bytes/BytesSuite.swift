import Engine
import Host
import Ledger

/// Bytes an event on disk.
enum BytesSuite {
  static func run(_ settings: BenchmarkSettings) throws -> Section {
    var section = Section(
      suite: Suite.bytes.rawValue, title: "Bytes an event on disk",
      introduction: """
        \(Figure.text(Double(settings.events))) events of a simulated shop: first themselves \
        alone, as the peers store them too, then with all that the shipped programs made of them. \
        The newest \(Figure.text(Double(LedgerOptions().hotRecords))) events stay unpacked in \
        the tail; *at length* leaves that constant part and the pages it freed out, as a ledger \
        of hundreds of millions of events does. Zeros ahead of the last used page do not count.
        """)
    let shop = ShopEvents(count: settings.events)
    settings.progress("filling a ledger for its bytes")
    let directory = try settings.scratch.folder("bytes")
    let filled = try FilledLedger(shop, seals: true, directory: directory)
    let sealed = try filled.ledger.sealedThrough
    filled.ledger.close()
    let alone = try parts(
      "inputs alone", try LedgerParts(directory: directory), events: filled.count, sealed: sealed,
      goal: .atMost(110))
    settings.scratch.clear(directory)
    settings.progress("ingesting the shop's events for their bytes")
    let data = "\(settings.scratch.path)/bytes-data"
    let ends = try ShopIngest.run(shop, into: data)
    var whole = try parts(
      "with decisions", try LedgerParts(directory: "\(data)/ledger"), events: ends.position,
      sealed: ends.sealed, goal: .atMost(110))
    whole.append(
      Measurement(
        name: "with decisions, views (apart)", unit: "bytes/event",
        runs: [Double(settings.scratch.bytesOnDisk("\(data)/views")) / Double(ends.position)]))
    settings.scratch.clear(data)
    section.measurements = alone + whole
    section.tables = [
      Table(of: alone, caption: "Inputs alone"), Table(of: whole, caption: "With decisions"),
    ]
    return section
  }

  private static func parts(
    _ name: String, _ parts: LedgerParts, events: UInt64, sealed: UInt64, goal: Goal
  ) throws -> [Measurement] {
    func row(_ part: String, _ bytes: Double, per count: UInt64, goal: Goal? = nil) -> Measurement {
      Measurement(
        name: "\(name), \(part)", unit: "bytes/event", runs: [bytes / Double(max(count, 1))],
        goal: goal)
    }
    var rows = LedgerParts.tables.map { table in
      row(table, Double(parts.bytes[table] ?? 0), per: events)
    }
    rows.append(row("free pages", Double(parts.freeBytes), per: events))
    rows.append(row("all", Double(parts.usedBytes), per: events))
    rows.append(
      row(
        "at length: segments and tree by sealed event", Double(parts.packedBytes), per: sealed,
        goal: goal))
    return rows
  }
}
