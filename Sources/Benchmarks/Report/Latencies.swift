/// How long each of many things took, exactly: every figure is kept.
package struct Latencies: Sendable {
  private var nanoseconds: [UInt64] = []

  package init() {}

  package var count: Int { nanoseconds.count }

  package mutating func add(_ latency: UInt64) { nanoseconds.append(latency) }

  package mutating func add(_ others: Latencies) { nanoseconds += others.nanoseconds }

  /// The percentiles; zeros where nothing was added. Cost: one sort.
  package var percentiles: Percentiles {
    let sorted = nanoseconds.sorted()
    func at(_ share: Double) -> Double {
      guard !sorted.isEmpty else { return 0 }
      let rank = Int((share * Double(sorted.count)).rounded(.up))
      return Double(sorted[min(max(rank, 1), sorted.count) - 1]) / 1_000
    }
    return Percentiles(
      p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), maximum: at(1))
  }
}

/// Shares of latencies in microseconds: the smallest figure that so many do not exceed.
package struct Percentiles: Sendable {
  package var p50: Double
  package var p90: Double
  package var p99: Double
  package var p999: Double
  package var maximum: Double

  package static let names = ["p50", "p90", "p99", "p99.9", "max"]

  /// In the order of ``names``.
  package var figures: [Double] { [p50, p90, p99, p999, maximum] }

  package init(p50: Double, p90: Double, p99: Double, p999: Double, maximum: Double) {
    self.p50 = p50
    self.p90 = p90
    self.p99 = p99
    self.p999 = p999
    self.maximum = maximum
  }
}

extension Measurement {
  /// The percentiles of several rounds: one measurement each, whose figures are the rounds'.
  package static func of(
    _ rounds: [Percentiles], name: String, system: String = "", goals: [String: Goal] = [:]
  ) -> [Measurement] {
    Percentiles.names.enumerated().map { index, rank in
      Measurement(
        name: "\(name), \(rank)", system: system, unit: "µs",
        runs: rounds.map { $0.figures[index] }, goal: goals[rank])
    }
  }
}
