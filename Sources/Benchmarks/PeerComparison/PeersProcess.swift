package import CBOR
import JSON

/// A system beside Recount, as `peers.py` describes it.
package struct Peer: Sendable {
  package let id: String
  let name: String
  let version: String
  /// What it promises of an acknowledged event.
  let durability: String
  let isDurable: Bool
  /// Whether many events are written together or not at all.
  let isAtomic: Bool
  /// The ways to write one event, one event of many callers, and many events.
  let singleVariants: [String]
  let sharedVariants: [String]
  let batchVariants: [String]

  /// The name with the version.
  var title: String { "\(name) \(version)" }

  init(_ value: CBORValue) throws {
    func text(_ key: String) throws -> String {
      guard let text = value[key]?.string else { throw BenchmarkError("a peer has no \(key)") }
      return text
    }
    id = try text("id")
    name = try text("name")
    version = try text("version")
    durability = try text("durability")
    isDurable = value["durable"]?.bool ?? false
    isAtomic = value["atomic"]?.bool ?? false
    singleVariants = value["singleVariants"]?.elements?.compactMap(\.string) ?? []
    sharedVariants = value["sharedVariants"]?.elements?.compactMap(\.string) ?? []
    batchVariants = value["batchVariants"]?.elements?.compactMap(\.string) ?? []
  }
}

/// What a peer's client measured.
struct PeerResult {
  let events: Double
  let seconds: Double
  let percentiles: Percentiles

  var rate: Double { seconds > 0 ? events / seconds : 0 }

  init(_ value: CBORValue) {
    events = value["events"]?.number ?? 0
    seconds = value["seconds"]?.number ?? 0
    let times = value["microseconds"]
    func at(_ rank: String) -> Double { times?[rank]?.number ?? 0 }
    percentiles = Percentiles(
      p50: at("p50"), p90: at("p90"), p99: at("p99"), p999: at("p99.9"), maximum: at("max"))
  }
}

extension CBORValue {
  /// An integer or a float.
  fileprivate var number: Double? { double ?? int64.map(Double.init) }
}

/// The script that fetches, starts and measures the peers; see `Peers/peers.py`.
package final class PeersProcess {
  private let child: ChildProcess
  private let transcoder = JSONTranscoder()
  /// Those that are there.
  package let peers: [Peer]
  /// Those that could not be had, with the reason.
  package let absent: [(id: String, reason: String)]

  /// Starts the script and waits until the peers run. Minutes, where much has to be fetched.
  package init(_ settings: BenchmarkSettings) throws {
    child = try ChildProcess(
      "python3",
      ["-B", "\(settings.peersFolder)/peers.py", try settings.scratch.folder("peers")]
        + settings.peers)
    try child.send("describe")
    guard let line = child.readLine() else {
      throw BenchmarkError(
        "\(settings.peersFolder)/peers.py did not start: name its folder with --peers-folder")
    }
    let description = try Self.value(line, transcoder)
    peers = try description["peers"]?.elements?.map(Peer.init) ?? []
    absent = (description["absent"]?.elements ?? []).map {
      ($0["id"]?.string ?? "?", $0["reason"]?.string ?? "?")
    }
  }

  /// Asks for a measurement and waits for it.
  /// - Throws: ``BenchmarkError`` with the script's own words.
  package func ask(_ request: String) throws -> CBORValue {
    try child.send(request)
    guard let line = child.readLine() else { throw BenchmarkError("peers.py ended early") }
    let value = try Self.value(line, transcoder)
    if let error = value["error"]?.string { throw BenchmarkError("\(request): \(error)") }
    return value
  }

  /// Durable appends to an empty store.
  func append(
    _ peer: Peer, variant: String, perCommit: Int, clients: Int, seconds: Double, seed: UInt64
  ) throws -> PeerResult {
    PeerResult(
      try ask(
        "append peer=\(peer.id) variant=\(variant) per-commit=\(perCommit) clients=\(clients) "
          + "seconds=\(seconds) seed=\(seed)"))
  }

  /// Stops all servers and removes their files.
  package func close() {
    child.closeInput()
    child.wait()
  }

  private static func value(_ line: String, _ transcoder: JSONTranscoder) throws -> CBORValue {
    var bytes: [UInt8] = []
    try transcoder.transcode(Array(line.utf8), into: &bytes)
    return try CBORValue(decoding: bytes)
  }
}
