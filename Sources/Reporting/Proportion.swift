import Mathematics

/// So many of so many.
package struct Proportion: Equatable, Sendable {
  package var successes: UInt64
  package var trials: UInt64

  package init(_ successes: UInt64, of trials: UInt64) {
    self.successes = successes
    self.trials = trials
  }

  /// The share; nil: of none.
  package var share: Double? {
    trials == 0 ? nil : Double(successes) / Double(trials)
  }

  /// The standard normal quantile of 97.5 %: intervals are of 95 %.
  private static let quantile = 1.959963984540054

  /// Wilson's score interval of 95 % (Wilson 1927); nil: of none.
  package var interval: ClosedRange<Double>? {
    guard trials > 0 else { return nil }
    let n = Double(trials)
    let p = Double(successes) / n
    let z = Self.quantile
    let middle = p + z * z / (2 * n)
    let spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    let low = successes == 0 ? 0 : max(0, (middle - spread) / scale)
    let high = successes == trials ? 1 : min(1, (middle + spread) / scale)
    return low...high
  }

  /// How much larger this share is than another, with an interval of 95 % (Newcombe 1998, method 10:
  /// of both Wilson intervals); nil where either is of none.
  package func difference(
    from other: Proportion
  ) -> (value: Double, interval: ClosedRange<Double>)? {
    guard let p = share, let q = other.share, let own = interval, let others = other.interval
    else { return nil }
    func root(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
    let low = p - q - root(p - own.lowerBound, others.upperBound - q)
    let high = p - q + root(own.upperBound - p, q - others.lowerBound)
    return (p - q, min(low, high)...max(low, high))
  }
}

/// Whether counts fit the shares that they were drawn with: a chi-squared test. A sample whose ratio
/// does not fit tells of a fault in the assignment or in the counting, and its lift of nothing.
package struct RatioCheck: Equatable, Sendable {
  /// Below it a sample is called out: the usual threshold for this check, as it is asked often.
  package static let threshold = 0.001

  package let chiSquared: Double
  /// How likely a deviation as large or larger is if nothing is wrong.
  package let probability: Double

  /// nil where fewer than two counts are expected at all.
  package init?(counts: [UInt64], expected: [Double]) {
    let pairs = zip(counts, expected).filter { $0.1 > 0 }
    guard pairs.count >= 2 else { return nil }
    let total = pairs.reduce(0) { $0 + Double($1.0) }
    let sum = pairs.reduce(0) { $0 + $1.1 }
    guard total > 0, sum > 0 else { return nil }
    var statistic = 0.0
    for (count, share) in pairs {
      let wanted = share / sum * total
      let gap = Double(count) - wanted
      statistic += gap * gap / wanted
    }
    chiSquared = statistic
    probability = Deterministic.upperGamma(Double(pairs.count - 1) / 2, statistic / 2)
  }

  package var fits: Bool { probability >= Self.threshold }
}
