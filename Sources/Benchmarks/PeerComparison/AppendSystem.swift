/// What appends are measured of.
enum AppendSystem: Sendable {
  case recount
  case engine
  case plainC
  case peer(Peer, ChosenClients)

  var title: String {
    switch self {
    case .recount: "**Recount**, ledger"
    case .engine: "Recount, engine with the shipped programs"
    case .plainC: "plain C loop over LMDB, file grown ahead"
    case .peer(let peer, _): peer.title
    }
  }
}

/// A load: so many events a commit, so many callers at once.
struct AppendLoad: Hashable {
  let perCommit: Int
  let clients: Int

  var name: String {
    clients == 1 ? "\(perCommit) a commit" : "single events, \(clients) clients"
  }
}

/// The clients of a peer that were the fastest.
struct ChosenClients: Sendable {
  fileprivate(set) var single = ""
  fileprivate(set) var together = ""
  fileprivate(set) var batch = ""

  func variant(for load: AppendLoad) -> String {
    load.perCommit > 1 ? batch : load.clients > 1 ? together : single
  }
}

/// The fastest of each peer's clients: for single events, for single events of many callers, and
/// for batches.
struct ClientChoice {
  private static let single = AppendLoad(perCommit: 1, clients: 1)
  private static let together = AppendLoad(perCommit: 1, clients: 16)
  private static let batch = AppendLoad(perCommit: 256, clients: 1)

  private(set) var measurements: [Measurement] = []
  private(set) var table = Table(
    caption: "Clients tried; the fastest is used (events a second)",
    header: ["System", single.name, together.name, batch.name], isText: true)
  private var chosen: [String: ChosenClients] = [:]

  init(_ process: PeersProcess, _ settings: BenchmarkSettings) throws {
    for peer in process.peers {
      settings.progress("choosing a client of \(peer.name)")
      let alone = try ranked(peer, peer.singleVariants, Self.single, process, settings)
      // Clients in Python have one connection only.
      let shared = try ranked(peer, peer.sharedVariants, Self.together, process, settings)
      let many = try ranked(peer, peer.batchVariants, Self.batch, process, settings)
      chosen[peer.id] = ChosenClients(
        single: alone.first, together: shared.first, batch: many.first)
      table.rows.append([peer.name, alone.text, shared.text, many.text])
    }
  }

  func clients(of peer: Peer) -> ChosenClients { chosen[peer.id] ?? ChosenClients() }

  private mutating func ranked(
    _ peer: Peer, _ variants: [String], _ load: AppendLoad, _ process: PeersProcess,
    _ settings: BenchmarkSettings
  ) throws -> (first: String, text: String) {
    var rates: [(variant: String, rate: Double)] = []
    for variant in variants {
      // The better of two: one run may have met a stall.
      let runs = try (0..<2).map { round in
        try process.append(
          peer, variant: variant, perCommit: load.perCommit, clients: load.clients,
          seconds: settings.seconds, seed: UInt64(900 + round)
        ).rate
      }
      rates.append((variant, runs.max() ?? 0))
      measurements.append(
        Measurement(
          name: "client \(variant), \(load.name)", system: peer.title, unit: "events/s",
          runs: runs))
    }
    rates.sort { $0.rate > $1.rate }
    guard let first = rates.first else { throw BenchmarkError("\(peer.name) has no client") }
    return (
      first.variant,
      rates.map { "\($0.variant) \(Figure.short($0.rate))" }.joined(separator: ", ")
    )
  }
}
