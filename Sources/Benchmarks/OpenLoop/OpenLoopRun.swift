import Engine
import Ledger
import Synchronization

/// Events that arrive at a fixed rate, whatever the ledger does.
///
/// A latency counts from the moment at which the event was due to arrive, so that a stall counts
/// for every event that it held up (no coordinated omission).
struct OpenLoopRun {
  /// Events a second, of those that arrived.
  let rate: Double
  let percentiles: Percentiles
  /// The mean of events a commit.
  let perCommit: Double

  /// - Parameters:
  ///   - rate: Arrivals a second.
  ///   - seconds: How long they arrive; the ledger may take longer.
  init(rate: Int, seconds: Double, seed: UInt64, directory: String) throws {
    var writer = try GroupCommit(directory: directory, seed: seed)
    defer { writer.close() }
    // The ledger's first commits make its tables' first pages: not what is measured.
    for _ in 0..<50 { _ = try writer.commit(1) }
    let warmUps = writer.commits
    let total = max(1, Int(Double(rate) * seconds))
    let interval = 1_000_000_000 / Double(rate)
    let begun = Clock.nanoseconds() + 1_000_000
    let arrivals = Arrivals(total: total)
    let pacer = try EngineThread<Arrivals>(make: { arrivals }, end: { _ in })
    pacer.submit { $0.pace(begun: begun, interval: interval) }
    var latencies = Latencies()
    var taken = 0
    while taken < total {
      let arrived = arrivals.wait(past: taken)
      let count = try writer.commit(arrived - taken)
      let now = Clock.nanoseconds()
      for index in taken..<(taken + count) {
        latencies.add(now - (begun + UInt64(Double(index) * interval)))
      }
      taken += count
    }
    let ended = Clock.nanoseconds()
    pacer.close()
    self.rate = Double(total) / (Double(ended - begun) / 1e9)
    percentiles = latencies.percentiles
    perCommit = Double(total) / Double(writer.commits - warmUps)
  }
}

/// How many events have arrived so far.
private final class Arrivals: Sendable {
  private let total: Int
  private let arrived = Atomic<Int>(0)
  private let signal = Signal()

  init(total: Int) {
    self.total = total
  }

  /// Lets the events arrive, each when it is due: sleeps between, spins never.
  func pace(begun: UInt64, interval: Double) {
    var count = 0
    while count < total {
      let due = begun + UInt64(Double(count) * interval)
      if Clock.nanoseconds() < due { Clock.sleep(until: due) }
      let past = Double(Clock.nanoseconds() - begun) / interval
      count = min(total, max(count + 1, Int(past) + 1))
      arrived.store(count, ordering: .releasing)
      signal.raise()
    }
  }

  /// Waits until more than `count` have arrived and returns how many have.
  func wait(past count: Int) -> Int {
    signal.wait { arrived.load(ordering: .acquiring) > count }
    return arrived.load(ordering: .acquiring)
  }
}
