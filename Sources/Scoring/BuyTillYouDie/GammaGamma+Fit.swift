import Mathematics

extension GammaGamma {
  /// Parameters of the greatest likelihood; see ``BuyTillYouDie/Fit``.
  package struct Fit: Equatable, Sendable {
    /// The model.
    package let model: GammaGamma
    /// The logarithm of the likelihood of all spends.
    package let logLikelihood: Double
    /// How often the likelihood was computed.
    package let evaluations: Int
    /// Whether the search ended by itself.
    package let isConverged: Bool
  }

  /// Fits the parameters to spends by maximum likelihood, as
  /// ``BuyTillYouDie/fit(_:to:unitsPerPeriod:)`` does.
  ///
  /// The same spends, in any order, give the same bits.
  /// - Throws: Where there are fewer than two spends, or no minor unit makes a unit.
  package static func fit(
    to spends: [Spend], minorPerUnit: Int64
  ) throws(BuyTillYouDieError) -> Fit {
    guard spends.count > 1 else {
      throw BuyTillYouDieError(
        place: "spends", message: "there are \(spends.count)", mend: "give at least two customers")
    }
    _ = try GammaGamma(p: 1, q: 1, gamma: 1, minorPerUnit: minorPerUnit)
    let sorted = spends.sorted { ($0.purchases, $0.totalMinor) < ($1.purchases, $1.totalMinor) }
    let average =
      sorted.reduce(0) { $0 + Double($1.totalMinor) / Double($1.purchases) }
      / Double(sorted.count) / Double(minorPerUnit)
    let minimum = NelderMead().minimum(
      from: [0, Deterministic.log(2), Deterministic.log(average)], step: 0.5
    ) { logarithms in
      guard let model = try? model(logarithms, minorPerUnit) else { return .infinity }
      return -model.meanLogLikelihood(ofSorted: sorted)
    }
    return Fit(
      model: try model(minimum.point, minorPerUnit),
      logLikelihood: -minimum.value * Double(spends.count), evaluations: minimum.evaluations,
      isConverged: minimum.isConverged)
  }

  /// The mean over spends that are sorted by the number of purchases first.
  private func meanLogLikelihood(ofSorted spends: [Spend]) -> Double {
    var sum = CompensatedSum()
    var purchases: Int64 = 0
    var constant = 0.0
    for spend in spends {
      if spend.purchases != purchases {
        purchases = spend.purchases
        constant = self.constant(purchases: Double(purchases))
      }
      sum.add(logLikelihood(of: spend, constant: constant))
    }
    return sum.value / Double(spends.count)
  }

  private static func model(
    _ logarithms: [Double], _ minorPerUnit: Int64
  ) throws(BuyTillYouDieError) -> GammaGamma {
    let values = logarithms.map(Deterministic.exp)
    return try GammaGamma(
      p: values[0], q: values[1], gamma: values[2], minorPerUnit: minorPerUnit)
  }
}
