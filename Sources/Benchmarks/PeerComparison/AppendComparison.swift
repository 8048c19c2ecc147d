/// Durable appends of Recount and the peers, in rounds that take turns.
struct AppendComparison {
  static let sizes = [1, 16, 64, 256, 1_024]
  static let clients = [16, 64]
  private static let maximumEvents = 300_000

  private static let loads =
    sizes.map { AppendLoad(perCommit: $0, clients: 1) }
    + clients.map { AppendLoad(perCommit: 1, clients: $0) }

  private let systems: [AppendSystem]
  private var rates: [AppendLoad: [[Double]]] = [:]
  private var percentiles: [AppendLoad: [[Percentiles]]] = [:]

  init(
    _ systems: [AppendSystem], _ process: PeersProcess, _ settings: BenchmarkSettings
  ) throws {
    self.systems = systems
    var seed: UInt64 = 0
    for load in Self.loads {
      var rates = [[Double]](repeating: [], count: systems.count)
      var percentiles = [[Percentiles]](repeating: [], count: systems.count)
      for round in 0..<settings.rounds {
        settings.progress("append, \(load.name), round \(round + 1)")
        for (index, system) in systems.enumerated() {
          seed += 1
          guard let result = try Self.measure(system, load, seed, process, settings) else {
            continue
          }
          rates[index].append(result.rate)
          percentiles[index].append(result.percentiles)
        }
      }
      self.rates[load] = rates
      self.percentiles[load] = percentiles
    }
  }

  /// - Returns: nil where the system does not have such a load.
  private static func measure(
    _ system: AppendSystem, _ load: AppendLoad, _ seed: UInt64, _ process: PeersProcess,
    _ settings: BenchmarkSettings
  ) throws -> (rate: Double, percentiles: Percentiles)? {
    let length = RunLength(seconds: settings.seconds, events: maximumEvents)
    let size = load.perCommit
    if case .peer(let peer, let clients) = system {
      let result = try process.append(
        peer, variant: clients.variant(for: load), perCommit: size, clients: load.clients,
        seconds: settings.seconds, seed: seed)
      return (result.rate, result.percentiles)
    }
    let directory = try settings.scratch.folder("append")
    defer { settings.scratch.clear(directory) }
    let run: AppendRun
    switch system {
    case .recount:
      run =
        load.clients == 1
        ? try .recount(perCommit: size, length: length, seed: seed, directory: directory)
        : try ClosedLoopRun.run(
          clients: load.clients, seconds: settings.seconds, seed: seed, directory: directory)
    case .engine:
      guard load.clients == 1 else { return nil }
      run = try .engine(perCommit: size, length: length, seed: seed, directory: directory)
    case .plainC:
      guard load.clients == 1 else { return nil }
      run = try .plainC(
        perCommit: size, length: length, seed: seed, growsAhead: true, directory: directory)
    case .peer:
      return nil
    }
    return (run.rate, run.latencies.percentiles)
  }

  // MARK: - Results

  private func rate(_ index: Int, _ load: AppendLoad) -> Measurement {
    Measurement(
      name: "append, \(load.name)", system: systems[index].title, unit: "events/s",
      runs: rates[load]?[index] ?? [])
  }

  private func times(_ index: Int, _ load: AppendLoad) -> [Measurement] {
    Measurement.of(
      percentiles[load]?[index] ?? [], name: "commit, \(load.name)", system: systems[index].title)
  }

  var measurements: [Measurement] {
    Self.loads.flatMap { load in
      systems.indices.flatMap { index in
        rates[load]?[index].isEmpty == false ? [rate(index, load)] + times(index, load) : []
      }
    }
  }

  /// A peer's median as a multiple of Recount's.
  func ratio(of peer: Peer, perCommit: Int, clients: Int = 1) -> Double? {
    let load = AppendLoad(perCommit: perCommit, clients: clients)
    let index = systems.firstIndex {
      if case .peer(let other, _) = $0 { other.id == peer.id } else { false }
    }
    guard let index else { return nil }
    let base = rate(0, load).median
    return base > 0 ? rate(index, load).median / base : nil
  }

  var tables: [Table] {
    [
      rateTable("Durable append by events a commit, one client (events a second)", Self.sizes) {
        AppendLoad(perCommit: $0, clients: 1)
      },
      rateTable("Single durable events by clients at once (events a second)", [1] + Self.clients) {
        AppendLoad(perCommit: 1, clients: $0)
      },
      latencyTable,
    ]
  }

  private func rateTable(
    _ caption: String, _ columns: [Int], _ load: (Int) -> AppendLoad
  ) -> Table {
    var table = Table(
      caption: caption, header: ["System"] + columns.map { Figure.text(Double($0)) })
    for index in systems.indices {
      let cells = columns.map { column -> String in
        let one = rate(index, load(column))
        guard !one.runs.isEmpty else { return "" }
        let base = rate(0, load(column)).median
        let ratio = index == 0 ? "" : " (\(Figure.ratio(one.median, to: base)))"
        return Figure.short(one.median) + ratio
      }
      table.rows.append([systems[index].title] + cells)
    }
    return table
  }

  private var latencyTable: Table {
    let sizes = [1, 64, 256]
    var table = Table(
      caption: "Latency of a commit, one client: p50 / p99",
      header: ["System"] + sizes.map { "\($0)" })
    for index in systems.indices {
      let cells = sizes.map { size in
        let times = times(index, AppendLoad(perCommit: size, clients: 1))
        return "\(Figure.time(microseconds: times[0].median)) / "
          + Figure.time(microseconds: times[2].median)
      }
      table.rows.append([systems[index].title] + cells)
    }
    return table
  }
}
