import CAppendLoop
import Glibc
import Ledger

/// Reads of single events by position.
enum ReadSuite {
  private static let reads: UInt64 = 2_000
  private static let subjectReads = 500
  /// The shop of reads by subject is no larger, as it is taken in with all programs.
  private static let subjectEvents = 1_000_000
  private static let warmSegments: UInt64 = 8
  private static let segmentRecords: UInt64 = 256

  private enum Place: String, CaseIterable {
    case tail = "tail"
    case warm = "segment that is kept inflated"
    case cold = "any segment, file in the page cache"
    case disk = "any segment, file not in the page cache"

    var goal: Goal? {
      switch self {
      case .tail, .disk: nil
      case .warm: .atMost(20)
      case .cold: .atMost(100)
      }
    }
  }

  static func run(_ settings: BenchmarkSettings) throws -> Section {
    var section = Section(
      suite: Suite.reads.rawValue, title: "Read by position, by subject",
      introduction: """
        \(reads) random positions a round in a ledger of \(Figure.text(Double(settings.events))) \
        events of a simulated shop. A read of a segment that is not kept inflates all 256 events \
        of it. Reads by subject fetch all events about one of \(subjectReads) customers through \
        the index in the views, in a ledger of \
        \(Figure.text(Double(min(settings.events, subjectEvents)))) such events with all that the \
        shipped programs made of them.
        """)
    settings.progress("filling a ledger for reads")
    let directory = try settings.scratch.folder("reads")
    let filled = try FilledLedger(
      ShopEvents(count: settings.events), seals: true, directory: directory)
    let sealed = try filled.ledger.sealedThrough
    guard sealed >= warmSegments * segmentRecords else {
      filled.ledger.close()
      section.notes = ["Too few events for segments: raise --events above 70,000."]
      return section
    }
    var rounds: [Place: [Percentiles]] = [:]
    for round in 0..<settings.rounds {
      for place in [Place.tail, .warm, .cold] {
        rounds[place, default: []].append(
          try read(place, filled.ledger, sealed, filled.count, seed: UInt64(round)))
      }
    }
    filled.ledger.close()
    for round in 0..<settings.rounds {
      try dropFromPageCache("\(directory)/data.mdb")
      var options = LedgerOptions()
      options.readOnly = true
      let ledger = try Ledger(directory: directory, options: options)
      rounds[.disk, default: []].append(
        try read(.disk, ledger, sealed, filled.count, seed: UInt64(round)))
      ledger.close()
    }
    settings.scratch.clear(directory)
    var table = Table(header: ["Where"] + Percentiles.names)
    for place in Place.allCases {
      let times = Measurement.of(
        rounds[place] ?? [], name: "read by position, \(place.rawValue)",
        goals: place.goal.map { ["p50": $0] } ?? [:])
      section.measurements += times
      table.rows.append([place.rawValue] + times.map { Figure.time(microseconds: $0.median) })
    }
    let (bySubject, events) = try subjects(settings)
    section.measurements += bySubject
    table.rows.append(
      ["by subject: all \(Figure.text(events)) events, on average"]
        + bySubject.map { Figure.time(microseconds: $0.median) })
    section.tables = [table, Table(of: section.measurements.filter { $0.goal != nil })]
    return section
  }

  /// Latencies of reading all events of a subject, and how many these are on average.
  private static func subjects(
    _ settings: BenchmarkSettings
  ) throws -> (times: [Measurement], events: Double) {
    settings.progress("ingesting the shop's events for reads by subject")
    let directory = "\(settings.scratch.path)/subjects"
    let reads = try SubjectReads(
      ShopEvents(count: min(settings.events, subjectEvents)), subjectCount: subjectReads,
      directory: directory)
    var rounds: [Percentiles] = []
    var events = 0
    for _ in 0..<settings.rounds {
      let round = try reads.run()
      rounds.append(round.latencies)
      events = round.events
    }
    try reads.close()
    settings.scratch.clear(directory)
    return (
      Measurement.of(rounds, name: "read by subject", goals: [:]),
      Double(events) / Double(subjectReads)
    )
  }

  private static func read(
    _ place: Place, _ ledger: Ledger, _ sealed: UInt64, _ count: UInt64, seed: UInt64
  ) throws -> Percentiles {
    let range: ClosedRange<UInt64> =
      switch place {
      case .tail: (sealed + 1)...count
      case .warm: 1...(warmSegments * segmentRecords)
      case .cold, .disk: 1...sealed
      }
    if place == .warm {
      for segment in 0..<warmSegments { _ = try ledger.event(at: segment * segmentRecords + 1) }
    }
    var latencies = Latencies()
    // From the disk each read waits for it: fewer do.
    for read in 0..<(place == .disk ? reads / 10 : reads) {
      let position = range.lowerBound + sampleMix(seed << 32 | read) % UInt64(range.count)
      let started = Clock.nanoseconds()
      let event = try ledger.event(at: position)
      latencies.add(Clock.nanoseconds() - started)
      guard event?.position == position else {
        throw BenchmarkError("the event at \(position) is not there")
      }
    }
    return latencies.percentiles
  }

  /// Takes the file, which nobody has mapped, out of the page cache.
  private static func dropFromPageCache(_ path: String) throws {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BenchmarkError("\(path) cannot be opened") }
    defer { close(descriptor) }
    fdatasync(descriptor)
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
  }
}
