import ArgumentParser
import CivilTime
import Explaining
import Host
import Importing
import Intake
import JSON
import Programs

import class Foundation.FileManager

/// `recount import`.
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Append the rows of another system's CSV or NDJSON export as events.",
    discussion: """
      The mapping, a YAML file, declares the columns with their types and the events that a row \
      becomes, each value a CEL expression over row:

        format: csv
        source: //legacy/orders
        fields:
          id:       {column: Order ID, required: true}
          customer: {column: Customer, required: true}
          placed:   {column: Placed at, type: time, format: dd.MM.yyyy HH:mm, zone: Europe/Berlin}
          total:    {column: Total, type: money}
          state:    text
        events:
          - type: order.placed
            when: row.state == "paid"
            id: row.id
            subject: row.customer
            time: row.placed
            data: {orderId: row.id, total: row.total, currency: '"EUR"'}

      A row that is not as declared is refused whole, with its line, column and the mend. The same \
      row again is a duplicate, as an event's source and id tell it. Under --clock event the rows \
      should be in order of time: one that is late is taken, but decided about as of the ledger's \
      time. --check reads the whole file and appends nothing.

      Exit codes: 0 all rows went in, 3 some were refused, 1 failure. JSON: read (rows), skipped \
      (rows that became no event), appended (events), duplicates, rejected, decisions, position, \
      seconds, eventsPerSecond; with --geoip also places {resolved, unknown, withoutRoom, damaged}.
      """)

  @Argument(help: "The file, or - for standard input.")
  var file: String
  @Option(help: "The mapping: how rows become events.")
  var map: String
  @OptionGroup var data: DataOptions
  @OptionGroup var programs: ProgramOptions
  @Option(help: "Where ledger time comes from: event (the rows' times) or wall (this machine's).")
  var clock: ClockMode = .event
  @Option(
    help: "Where refused rows go, one JSON object each; by default the first 20 on standard error."
  )
  var rejects: String?
  @OptionGroup var places: PlaceOptions
  @Flag(help: "Only read and check the rows.")
  var check = false

  func run() throws {
    guard let bytes = FileManager.default.contents(atPath: map) else {
      throw CommandFailure("\(map): the mapping cannot be read; check the path")
    }
    let mapping = try ImportMapping(name: map, bytes: Array(bytes))
    let source = try ImportFile(
      path: file, mapping: mapping, requiresTime: clock == .event,
      zones: SystemTimeZones.table)
    if check { return try finish(try checked(source), nil) }
    let overrides = try programs.overrides()
    let placed = try places.events(of: source)
    let first = try placed.source.nextBatch(limit: EventFeed.batchLines)
    var options = HostOptions(directory: data.data)
    options.clock = clock
    options.programsFolder = programs.programs
    options.overrides = overrides
    options.loadings = placed.loadings
    let feed = EventFeed(source: placed.source, unit: "rows", rejects: rejects)
    let result = try feed.run(first, into: options)
    placed.note()
    try finish((result.tally, result), placed)
  }

  /// Reads all rows, and tells those that are refused.
  private func checked(
    _ source: ImportFile
  ) throws -> (tally: IngestTally, result: EventFeed.Result?) {
    let report = RejectReport(file: try rejects.map { try RejectFile(path: $0) })
    var tally = IngestTally()
    while let batch = try source.nextBatch(limit: EventFeed.batchLines) {
      try report.add(batch.rejects)
      tally.read += batch.lineCount
      tally.skipped += batch.skipped
      tally.appended += batch.inputs.count
      tally.rejected += batch.rejects.count
    }
    try report.close()
    return (tally, nil)
  }

  private func finish(
    _ outcome: (tally: IngestTally, result: EventFeed.Result?), _ placed: PlaceOptions.Placed?
  ) throws {
    let (tally, result) = outcome
    if data.json {
      Output.json { object in
        object.field("read", tally.read)
        object.field("skipped", tally.skipped)
        object.field(result == nil ? "events" : "appended", tally.appended)
        object.field("rejected", tally.rejected)
        guard let result else { return }
        object.field("duplicates", tally.duplicates)
        object.field("decisions", tally.decisions)
        object.field("position", result.position)
        object.field("seconds", result.seconds)
        object.field(
          "eventsPerSecond", result.seconds > 0 ? Double(tally.appended) / result.seconds : 0)
        placed?.write(to: &object)
      }
    } else {
      let skipped = tally.skipped == 0 ? "" : ", \(tally.skipped) rows became none"
      guard let result else {
        Output.line(
          "read \(tally.read) rows: \(tally.appended) events, \(tally.rejected) rows "
            + "refused\(skipped); nothing was appended")
        if tally.rejected > 0 { throw ExitCode(3) }
        return
      }
      Output.line(
        "read \(tally.read) rows: \(tally.appended) events appended, \(tally.duplicates) "
          + "duplicates, \(tally.rejected) rows refused\(skipped); \(tally.decisions) decisions")
      Output.line("the ledger ends at position \(result.position)")
    }
    if tally.rejected > 0 { throw ExitCode(3) }
  }
}
