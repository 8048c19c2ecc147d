/// One feature of a checked scorecard, laid out for looking up.
struct CompiledFeature: Equatable, Sendable {
  /// The bins, all of one kind.
  enum Bins: Equatable, Sendable {
    /// Half-open intervals, ascending, without overlap.
    case intervals([Interval])
    /// Categories without duplicates.
    case categories([Category])
  }

  /// Points for `from` <= value < `to`; an upper end of infinity belongs to the interval.
  struct Interval: Equatable, Sendable {
    let from: Double
    let to: Double
    let points: Double
  }

  /// Points for one text.
  struct Category: Equatable, Sendable {
    let text: String
    let points: Double
  }

  let name: String
  let neutral: Double
  let bins: Bins
  /// The points of a missing value.
  let missing: Double
  /// The points of a value that no bin holds; the missing points where none were declared.
  let otherwise: Double

  /// The points for a value. Cost: logarithmic in intervals, linear in categories.
  func points(for value: FeatureValue) -> Double {
    switch (value, bins) {
    case (.missing, _): missing
    case (.number(let number), _) where number.isNaN: missing
    case (.number(let number), .intervals(let intervals)):
      points(of: number, in: intervals)
    case (.flag(let flag), .intervals(let intervals)):
      points(of: flag ? 1 : 0, in: intervals)
    case (.text(let text), .categories(let categories)):
      points(of: text, in: categories)
    case (.flag(let flag), .categories(let categories)):
      points(of: flag ? "true" : "false", in: categories)
    case (.number, .categories), (.text, .intervals): otherwise
    }
  }

  /// The least points that a value can give.
  var minimumPoints: Double { reachablePoints.reduce(missing, min) }

  /// The most points that a value can give.
  var maximumPoints: Double { reachablePoints.reduce(missing, max) }

  private var reachablePoints: [Double] {
    switch bins {
    case .intervals(let intervals): intervals.map(\.points) + [otherwise]
    case .categories(let categories): categories.map(\.points) + [otherwise]
    }
  }

  private func points(of number: Double, in intervals: [Interval]) -> Double {
    // The number of intervals that begin at or below the number, by halving.
    var lower = 0
    var upper = intervals.count
    while lower < upper {
      let middle = (lower + upper) / 2
      if intervals[middle].from <= number { lower = middle + 1 } else { upper = middle }
    }
    guard lower > 0 else { return otherwise }
    let interval = intervals[lower - 1]
    return number < interval.to || interval.to == .infinity ? interval.points : otherwise
  }

  private func points(of text: String, in categories: [Category]) -> Double {
    for category in categories where category.text.hasSameBytes(as: text) {
      return category.points
    }
    return otherwise
  }
}
