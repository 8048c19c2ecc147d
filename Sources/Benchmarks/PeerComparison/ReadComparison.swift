import CBOR

/// Reads of the simulated shop's events and the bytes that they take, of Recount and the peers.
struct ReadComparison {
  private static let pointReads = 2_000
  private static let subjectReads = 500

  private struct Row {
    let title: String
    var scans: [Double] = []
    var reads: [Percentiles] = []
    var subjects: [Percentiles] = []
    var bytes: Double?
  }

  private var rows: [Row]
  private let count: Int

  init(_ process: PeersProcess, _ settings: BenchmarkSettings) throws {
    let scratch = settings.scratch
    let events = "\(scratch.path)/events.tsv"
    let subjects = "\(scratch.path)/subjects.txt"
    let shop = ShopEvents(count: settings.peerEvents)
    settings.progress("loading the shop's events")
    count = shop.count
    try shop.write(to: events, subjects: subjects, subjectCount: Self.subjectReads)
    let stores = try OwnStores(shop, scratch)
    let bySubject = try SubjectReads(
      shop, subjectCount: Self.subjectReads, directory: "\(scratch.path)/own-engine")
    rows = OwnStores.titles.map { Row(title: $0) }
    for (index, bytes) in stores.bytesPerEvent.enumerated() { rows[index].bytes = bytes }
    for peer in process.peers {
      let loaded = PeerResult(try process.ask("load peer=\(peer.id) file=\(events)"))
      guard Int(loaded.events) == count else {
        throw BenchmarkError("\(peer.name) loaded \(loaded.events) of \(count) events")
      }
      var row = Row(title: peer.title)
      row.bytes = try process.ask("bytes peer=\(peer.id)")["bytes"]?.int64.map {
        Double($0) / Double(count)
      }
      rows.append(row)
    }
    for round in 0..<settings.rounds {
      settings.progress("reads, round \(round + 1)")
      for index in OwnStores.titles.indices {
        rows[index].scans.append(try stores.scanRate(index))
        rows[index].reads.append(
          try stores.pointReads(index, Self.pointReads, seed: UInt64(round)))
      }
      rows[0].subjects.append(try bySubject.run().latencies)
      for (offset, peer) in process.peers.enumerated() {
        let row = OwnStores.titles.count + offset
        rows[row].scans.append(PeerResult(try process.ask("scan peer=\(peer.id)")).rate)
        rows[row].reads.append(
          PeerResult(
            try process.ask("reads peer=\(peer.id) limit=\(Self.pointReads) seed=\(round)")
          ).percentiles)
        let found = PeerResult(try process.ask("subjects peer=\(peer.id) file=\(subjects)"))
        if found.events > 0 { rows[row].subjects.append(found.percentiles) }
      }
    }
    try bySubject.close()
  }

  var tables: [Table] {
    var table = Table(
      caption: "Reading \(Figure.text(Double(count))) events of a simulated shop, and their bytes",
      header: [
        "System", "scan, events a second", "by position, p50 / p99", "by subject, p50 / p99",
        "bytes an event on disk",
      ])
    let baseScan = scan(rows[0]).median
    let baseBytes = rows[0].bytes ?? 0
    for (index, row) in rows.enumerated() {
      let rate = scan(row).median
      table.rows.append([
        row.title,
        Figure.short(rate) + (index == 0 ? "" : " (\(Figure.ratio(rate, to: baseScan)))"),
        Self.text(Measurement.of(row.reads, name: "")),
        row.subjects.isEmpty ? "" : Self.text(Measurement.of(row.subjects, name: "")),
        row.bytes.map {
          Figure.text($0) + (index == 0 ? "" : " (\(Figure.ratio($0, to: baseBytes)))")
        } ?? "",
      ])
    }
    return [table]
  }

  private static func text(_ times: [Measurement]) -> String {
    "\(Figure.time(microseconds: times[0].median)) / \(Figure.time(microseconds: times[2].median))"
  }

  private func scan(_ row: Row) -> Measurement {
    Measurement(name: "scan", system: row.title, unit: "events/s", runs: row.scans)
  }

  var measurements: [Measurement] {
    rows.flatMap { row -> [Measurement] in
      let bytes = row.bytes.map {
        [Measurement(name: "bytes on disk", system: row.title, unit: "bytes/event", runs: [$0])]
      }
      return [scan(row)]
        + Measurement.of(row.reads, name: "read by position", system: row.title)
        + (row.subjects.isEmpty
          ? [] : Measurement.of(row.subjects, name: "read by subject", system: row.title))
        + (bytes ?? [])
    }
  }
}
