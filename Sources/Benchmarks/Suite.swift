/// What can be measured, in the order of the page.
package enum Suite: String, CaseIterable, Sendable {
  case append
  case openLoop = "open-loop"
  case scan
  case reads
  case bytes
  case recovery
  case expressions
  case decisions
  case ingest
  case batch
  case peers

  /// What it measures, in a line.
  package var summary: String {
    switch self {
    case .append: "durable append by size of commit, with percentiles, against a plain C loop"
    case .openLoop: "latency from arrival to disk at fixed rates of arrival"
    case .scan: "scan of records and headers, from the tail and from segments"
    case .reads: "reads by position: tail, warm and cold segments"
    case .bytes: "bytes an event on disk, by part"
    case .recovery: "time until ready after SIGKILL under load and after a clean stop"
    case .expressions: "each filter and score of the shipped programs, one evaluation"
    case .decisions: "engine time of a login decision, and of an event that triggers nothing"
    case .ingest: "ingest with all decisions, and the rebuild of what it left"
    case .batch: "a run over a large population, and reactive decisions during it"
    case .peers: "PostgreSQL, Redis, NATS, SQLite, eventsourcing: fetched, started, measured beside"
    }
  }

  /// Whether it runs where no suite is named: what needs nothing but this binary does.
  package var isDefault: Bool { self != .peers }

  /// Measures.
  package func run(_ settings: BenchmarkSettings) throws -> Section {
    switch self {
    case .append: try AppendSuite.run(settings)
    case .openLoop: try OpenLoopSuite.run(settings)
    case .scan: try ScanSuite.run(settings)
    case .reads: try ReadSuite.run(settings)
    case .bytes: try BytesSuite.run(settings)
    case .recovery: try RecoverySuite.run(settings)
    case .expressions: try ExpressionsSuite.run(settings)
    case .decisions: try DecisionSuite.run(settings)
    case .ingest: try IngestSuite.run(settings)
    case .batch: try BatchSuite.run(settings)
    case .peers: try PeersSuite.run(settings)
    }
  }
}

/// How much to measure, and where.
package struct BenchmarkSettings: Sendable {
  /// Repetitions of each measurement; of several systems in turn.
  package var rounds = 3
  /// How long one run of an append or of an arrival rate lasts.
  package var seconds = 0.4
  /// The shop's events that scan, reads, bytes and recovery work on.
  package var events = 500_000
  /// The shop's events that the peers load and read.
  package var peerEvents = 100_000
  /// Customers of the shop that is ingested.
  package var customers = 5_000
  /// Virtual days of that shop.
  package var days = 30
  /// Customers of the population that a batch goes through.
  package var population = 1_000_000
  /// Where to work.
  package let scratch: ScratchDirectory
  /// This binary, for measurements that need a process of their own.
  package let executable: String
  /// The folder with `peers.py`.
  package var peersFolder = "Sources/Benchmarks/Peers"
  /// Which peers to measure; empty: all.
  package var peers: [String] = []
  /// Told what is being done.
  package var progress: @Sendable (String) -> Void = { _ in }

  package init(scratch: ScratchDirectory, executable: String) {
    self.scratch = scratch
    self.executable = executable
  }
}
