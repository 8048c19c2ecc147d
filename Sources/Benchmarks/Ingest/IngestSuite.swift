import Engine
import Host
import Intake
import JSON
import Ledger
import Policies
import Simulation

/// Ingest of a simulated shop's NDJSON with all shipped programs active, durable, then a rebuild of
/// every projection from the ledger.
enum IngestSuite {
  static func run(_ settings: BenchmarkSettings) throws -> Section {
    let scratch = settings.scratch
    let file = "\(scratch.path)/shop.ndjson"
    let shop = Shop(
      ShopConfiguration(seed: 1, customers: settings.customers, days: settings.days))
    let lines = try write(shop, file)
    var ingest: [Double] = []
    var recorded: [Double] = []
    var rebuild: [Double] = []
    for _ in 0..<settings.rounds {
      let directory = "\(scratch.path)/ingest"
      let started = Clock.nanoseconds()
      let position = try Self.ingest(file, into: directory)
      let seconds = Double(Clock.nanoseconds() - started) / 1e9
      ingest.append(Double(lines) / seconds)
      recorded.append(Double(position) / seconds)
      rebuild.append(try Self.rebuild(directory))
      scratch.clear(directory)
    }
    var section = Section(
      suite: Suite.ingest.rawValue, title: "Ingest with decisions, and rebuild",
      introduction: """
        NDJSON of a simulated shop (\(lines) lines, \(settings.customers) customers, \
        \(settings.days) days) with all shipped programs active, durable; then every projection \
        is rebuilt from the ledger.
        """)
    section.measurements = [
      Measurement(
        name: "ingest of NDJSON with decisions", unit: "lines/s", runs: ingest,
        goal: .atLeast(100_000)),
      Measurement(
        name: "the same, with what the lines led to", unit: "events/s", runs: recorded),
      Measurement(
        name: "full rebuild", unit: "events/s", runs: rebuild, goal: .atLeast(300_000)),
    ]
    section.tables = [Table(of: section.measurements)]
    return section
  }

  private static func write(_ shop: Shop, _ path: String) throws -> Int {
    var shop = shop
    var writer = JSONWriter()
    let file = try OutputFile(path: path)
    var lines = 0
    while let event = shop.next() {
      CloudEventWriter.write(
        Input(
          type: event.type, subject: Array(event.subject.utf8),
          source: Array(event.source.utf8), externalID: Array(event.id.utf8),
          occurredAt: event.time, payload: event.payload), to: &writer)
      writer.newline()
      lines += 1
      if writer.bytes.count > 1 << 20 {
        try file.write(writer.bytes)
        writer.removeAll()
      }
    }
    try file.write(writer.bytes)
    file.close()
    return lines
  }

  private static func ingest(_ path: String, into directory: String) throws -> UInt64 {
    let source = try EventFile(path: path, requiresTime: true)
    var options = HostOptions(directory: directory)
    options.clock = .event
    let settings = options
    let thread = try EngineThread<Host>(
      limit: 8, make: { try Host(settings) { _ in nil } }, end: { _ in })
    while let batch = try source.nextBatch(limit: 2_048) {
      let inputs = batch.inputs
      thread.submit { host in
        do {
          _ = try host.append(inputs)
        } catch {
          preconditionFailure("a benchmark's turn failed: \(error)")
        }
      }
    }
    let position = try thread.perform { host in
      try host.close()
      return host.store.ledger.end.position
    }
    thread.close()
    return position
  }

  private static func rebuild(_ directory: String) throws -> Double {
    let host = try Host(reading: directory)
    let started = Clock.nanoseconds()
    let events = try host.store.engine.rebuild()
    let seconds = Double(Clock.nanoseconds() - started) / 1e9
    try host.close()
    return Double(events) / seconds
  }
}
