/// Turns a model's score into a measured one: a function given at points.
///
/// Fitted outside, say by isotonic regression of outcomes on scores. Below the first point the
/// first value holds, above the last the last.
package struct CalibrationTable: Equatable, Sendable {
  /// What holds between two points.
  package enum Interpolation: String, Equatable, Sendable, CaseIterable {
    /// The value of the point below.
    case step
    /// The straight line between the points.
    case linear
  }

  /// One point of the function.
  package struct Point: Equatable, Sendable {
    /// The model's score.
    package let score: Double
    /// What it stands for.
    package let value: Double

    /// A point from its parts.
    package init(score: Double, value: Double) {
      self.score = score
      self.value = value
    }
  }

  /// The points, scores ascending, values not descending.
  package let points: [Point]
  /// What holds between two points.
  package let interpolation: Interpolation

  /// A table; the points' scores must ascend and their values must not descend, so that no two
  /// subjects change places.
  /// - Throws: A fault with the point's index: none at all, a number that is not finite, a score
  ///   not above the one before, a value below the one before.
  package init(_ points: [Point], interpolation: Interpolation) throws(CalibrationError) {
    guard !points.isEmpty else {
      throw CalibrationError(index: 0, message: "there is no point", mend: "give at least one")
    }
    for (index, point) in points.enumerated() {
      guard point.score.isFinite && point.value.isFinite else {
        throw CalibrationError(
          index: index, message: "\(point.score) or \(point.value) is not finite",
          mend: "write finite numbers")
      }
      guard index > 0 else { continue }
      guard point.score > points[index - 1].score else {
        throw CalibrationError(
          index: index,
          message: "the score \(point.score) is not above \(points[index - 1].score)",
          mend: "put the points in ascending order, each score once")
      }
      guard point.value >= points[index - 1].value else {
        throw CalibrationError(
          index: index, message: "the value \(point.value) is below \(points[index - 1].value)",
          mend: "fit a function that does not fall, such as isotonic regression's")
      }
    }
    self.points = points
    self.interpolation = interpolation
  }

  /// The value for a score; NaN for NaN. It never falls as the score rises. Cost: logarithmic.
  package func value(for score: Double) -> Double {
    guard !score.isNaN else { return .nan }
    // The number of points at or below the score, by halving.
    var lower = 0
    var upper = points.count
    while lower < upper {
      let middle = (lower + upper) / 2
      if points[middle].score <= score { lower = middle + 1 } else { upper = middle }
    }
    guard lower > 0 else { return points[0].value }
    let below = points[lower - 1]
    guard lower < points.count, interpolation == .linear else { return below.value }
    let above = points[lower]
    let share = (score - below.score) / (above.score - below.score)
    // Rounding must not lift the value above the next point's.
    return min(below.value + share * (above.value - below.value), above.value)
  }
}

/// Why a calibration table was refused.
package struct CalibrationError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The point's index from 0.
  package let index: Int
  /// What is wrong.
  package let message: String
  /// What to write instead.
  package let mend: String

  /// The place, the fault and the mend in a line.
  package var description: String { "calibration[\(index)]: \(message); \(mend)" }
}
