import CrashSupport
import Engine
import Glibc
import Host
import Ledger
import Policies
import Simulation

/// A host under load, made to be killed: it appends the events of a simulated shop in batches and
/// says on standard output what was acknowledged.
///
/// ```
/// begin FIRST COUNT         before a batch: numbers of its inputs
/// ack FIRST COUNT P P P …   after it: the position of each
/// closed                    after a stop in order
/// ```
@main
struct CrashProgram {
  /// Arguments: directory, seed of the shop, first input, seed of the batches, batches until the
  /// stop in order, `wall` or `event`.
  static func main() throws {
    let words = CommandLine.arguments
    guard words.count == 7, let shopSeed = UInt64(words[2]), let first = Int(words[3]),
      let seed = UInt64(words[4]), let batches = Int(words[5]),
      let clock = ClockMode(rawValue: words[6])
    else { exit(64) }
    let inputs = ShopInputs.all(seed: shopSeed)
    var random = SplitMix64(seed: seed)
    let host = try open(words[1], clock, flushRows: [1, 40, 2_000][random.below(3)])
    var next = first
    var left = batches
    while left > 0 && next < inputs.count {
      left -= 1
      let count = min(1 + random.below([1, 6, 40][random.below(3)]), inputs.count - next)
      say("begin \(next) \(count)")
      let receipts = try host.append(Array(inputs[next..<next + count]))
      let positions = receipts.map { receipt in
        switch receipt {
        case .appended(let position, _), .duplicate(let position): "\(position)"
        case .conflict(let position, let field): "conflict-\(position)-\(field)"
        }
      }
      say("ack \(next) \(count) \(positions.joined(separator: " "))")
      next += count
    }
    try host.close()
    say("closed")
  }

  private static func open(_ directory: String, _ clock: ClockMode, flushRows: Int) throws -> Host {
    var options = HostOptions(directory: directory)
    options.clock = clock
    options.flushAge = 2_000
    options.store.engine.flushRows = flushRows
    options.store.ledger.growAheadBytes = 256 << 10
    options.store.ledger.hotRecords = 300
    options.store.ledger.sealingPauseMilliseconds = 2
    return try Host(options) { store in
      try OutboxCarrier(
        directory: directory + "/outbox", store: store, syncs: false, onFailure: { _ in })
    }
  }

  /// One write, so that a line is there as a whole or not at all.
  private static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    // Whoever listens may be gone.
    _ = bytes.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }
}
