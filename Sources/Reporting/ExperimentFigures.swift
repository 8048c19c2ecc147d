import Metrics

/// The runs of each variant of one experiment; the holdout is one, with the variants `treated` and
/// `holdout`.
package struct ExperimentFigures: Sendable {
  /// The runs of one variant.
  package struct Arm: Sendable {
    package var variant: String
    package var started: UInt64 = 0
    package var converted: UInt64 = 0
    /// Minor units.
    package var revenue: Int64 = 0
    /// What became of the messages to it; empty for those of the holdout.
    package var channels: [ProgramFigures.Channel] = []

    package var conversion: Proportion { Proportion(converted, of: started) }
  }

  /// How much better a variant did than what it is compared with.
  package struct Lift: Sendable {
    package var variant: String
    package var control: String
    /// Of the shares of runs that converted, 0.01 being one percent point, with an interval of 95 %.
    package var difference: Double
    package var interval: ClosedRange<Double>
    /// Of the control's share; nil: it is 0.
    package var relative: Double?
  }

  package let name: String
  /// In the order in which they first counted.
  package private(set) var arms: [Arm] = []
  /// Decisions whose variant was drawn, and the sum of the shares of the holdout, in basis points.
  private var drawn: UInt64 = 0
  private var drawnBasisPoints: Int64 = 0
  /// The shares that the program draws the variants with; the holdout's come from the decisions.
  package var shares: [String: Double] = [:]

  package init(name: String) {
    self.name = name
  }

  mutating func expect(_ count: UInt64, basisPoints: Int64) {
    drawn += count
    drawnBasisPoints &+= basisPoints
  }

  private mutating func index(of variant: String) -> Int {
    if let index = arms.firstIndex(where: { $0.variant == variant }) { return index }
    arms.append(Arm(variant: variant))
    return arms.count - 1
  }

  mutating func add(
    _ variant: String, step: String, _ channel: String, _ words: ArraySlice<String>,
    _ row: CounterRow
  ) {
    arms[index(of: variant)].channels.change(step, channel) { $0.add(words, row) }
  }

  mutating func add(_ variant: String, _ word: String, _ row: CounterRow) {
    let index = index(of: variant)
    switch word {
    case "started": arms[index].started += row.count
    case "converted":
      arms[index].converted += row.count
      arms[index].revenue &+= row.amount
    default: break
    }
  }

  /// What the others are compared with: the holdout, `control`, or the variant by name first.
  package var control: Arm? {
    let names = name == "holdout" ? ["holdout"] : ["control"]
    return arms.first { names.contains($0.variant) }
      ?? (name == "holdout"
        ? nil : arms.min { $0.variant.utf8.lexicographicallyPrecedes($1.variant.utf8) })
  }

  /// Each variant against the control.
  package var lifts: [Lift] {
    guard let control else { return [] }
    return arms.filter { $0.variant != control.variant }.compactMap { arm in
      guard let difference = arm.conversion.difference(from: control.conversion) else {
        return nil
      }
      let base = control.conversion.share ?? 0
      return Lift(
        variant: arm.variant, control: control.variant, difference: difference.value,
        interval: difference.interval, relative: base > 0 ? difference.value / base : nil)
    }
  }

  /// Whether as many runs have each variant as its share makes expect; nil: shares are not known.
  package var ratioCheck: RatioCheck? {
    guard name == "holdout" else {
      let expected = arms.map { shares[$0.variant] ?? 0 }
      guard expected.allSatisfy({ $0 > 0 }) else { return nil }
      return RatioCheck(counts: arms.map(\.started), expected: expected)
    }
    guard drawn > 0 else { return nil }
    let heldOut = Double(drawnBasisPoints) / 10_000
    func count(_ variant: String) -> UInt64 {
      arms.first { $0.variant == variant }?.started ?? 0
    }
    // Before there was a holdout, runs were treated without a draw.
    let treated = drawn - min(drawn, count("holdout"))
    return RatioCheck(
      counts: [count("holdout"), treated], expected: [heldOut, Double(drawn) - heldOut])
  }
}
