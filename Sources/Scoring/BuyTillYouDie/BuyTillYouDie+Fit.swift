import Mathematics

extension BuyTillYouDie {
  /// Parameters of the greatest likelihood.
  package struct Fit: Equatable, Sendable {
    /// The model.
    package let model: BuyTillYouDie
    /// The logarithm of the likelihood of all histories.
    package let logLikelihood: Double
    /// How often the likelihood was computed.
    package let evaluations: Int
    /// Whether the search ended by itself; a fit that did not should not be used.
    package let isConverged: Bool
  }

  /// Fits the parameters to histories by maximum likelihood: Nelder and Mead's method over the
  /// parameters' logarithms, within 1e-9 to 1e9.
  ///
  /// The same histories, in any order, give the same bits. Cost: some 600 to 1,500 evaluations,
  /// each of about 150 ns for each distinct history.
  /// - Throws: Where there is no history with a repeated purchase, or no unit makes a period.
  package static func fit(
    _ variant: Variant, to histories: [PurchaseHistory], unitsPerPeriod: Int64
  ) throws(BuyTillYouDieError) -> Fit {
    guard histories.contains(where: { $0.frequency > 0 }) else {
      throw BuyTillYouDieError(
        place: "histories", message: "nobody of \(histories.count) has bought again",
        mend: "give a longer history")
    }
    let unit = try BuyTillYouDie(
      variant, Parameters(r: 1, alpha: 1, a: 1, b: 1), unitsPerPeriod: unitsPerPeriod)
    let sample = Sample(histories, unit)
    let minimum = NelderMead().minimum(from: sample.start, step: 0.5) { logarithms in
      -sample.meanLogLikelihood(variant, logarithms)
    }
    let model = try BuyTillYouDie(
      variant, Self.parameters(minimum.point), unitsPerPeriod: unitsPerPeriod)
    return Fit(
      model: model, logLikelihood: -minimum.value * Double(histories.count),
      evaluations: minimum.evaluations, isConverged: minimum.isConverged)
  }

  private static func parameters(_ logarithms: [Double]) -> Parameters {
    let values = logarithms.map(Deterministic.exp)
    return Parameters(r: values[0], alpha: values[1], a: values[2], b: values[3])
  }

  /// The distinct histories in the order of frequency, recency and age, and how often each occurs.
  private struct Sample {
    private var frequencies: [Double] = []
    /// For each history, the index of its frequency.
    private var classes: [Int] = []
    private var customers: [Customer] = []
    private var counts: [Double] = []
    private let total: Double

    init(_ histories: [PurchaseHistory], _ unit: BuyTillYouDie) {
      let sorted = histories.sorted {
        ($0.frequency, $0.recency, $0.age) < ($1.frequency, $1.recency, $1.age)
      }
      for (index, history) in sorted.enumerated() {
        if index > 0 && sorted[index - 1] == history {
          counts[counts.count - 1] += 1
          continue
        }
        let customer = unit.customer(history)
        if frequencies.last != customer.frequency { frequencies.append(customer.frequency) }
        classes.append(frequencies.count - 1)
        customers.append(customer)
        counts.append(1)
      }
      total = Double(histories.count)
    }

    /// Where the search begins: everybody's rate that of the mean customer, the rest 1.
    var start: [Double] {
      var (purchases, age) = (0.0, 0.0)
      for (customer, count) in zip(customers, counts) {
        purchases += count * customer.frequency
        age += count * customer.age
      }
      return [0, Deterministic.log(max(age, 1e-6 * total) / (purchases + total)), 0, 0]
    }

    /// The mean over the customers; not finite outside of the parameters' range.
    func meanLogLikelihood(_ variant: Variant, _ logarithms: [Double]) -> Double {
      guard logarithms.allSatisfy({ $0.magnitude <= 20.7 }) else { return -.infinity }
      let likelihood = Likelihood(variant, BuyTillYouDie.parameters(logarithms))
      let constants = frequencies.map(likelihood.constant)
      var sum = CompensatedSum()
      for index in customers.indices {
        sum.add(
          counts[index]
            * likelihood.logLikelihood(customers[index], constant: constants[classes[index]]))
      }
      return sum.value / total
    }
  }
}
