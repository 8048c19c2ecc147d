/// Nelder and Mead's simplex method (Computer Journal 7, 1965) for the least value of a function,
/// with their coefficients 1, 2, 1/2 and 1/2 and no random choice: the same function and start give
/// the same steps.
struct NelderMead {
  /// The best point found.
  struct Minimum: Equatable {
    var point: [Double]
    var value: Double
    var evaluations: Int
    /// Whether the simplex became as small as asked for before the evaluations were used up.
    var isConverged: Bool
  }

  /// The simplex is done when no corner is farther than this from the best, in any coordinate.
  var tolerance = 1e-9
  /// How often the function may be asked in all.
  var evaluationLimit = 20_000

  /// The least value near `start`, whose first simplex reaches `step` into each coordinate.
  ///
  /// Where the simplex has become small, the search starts anew there with a smaller one until
  /// that gains nothing: a simplex may collapse on the way. Values that are not finite count as
  /// infinitely large.
  func minimum(
    from start: [Double], step: Double, of function: ([Double]) -> Double
  ) -> Minimum {
    var best = search(from: start, step: step, evaluations: 0, function)
    while best.isConverged {
      let again = search(
        from: best.point, step: step / 4, evaluations: best.evaluations, function)
      let gain = best.value - again.value
      best = again
      if gain <= 1e-12 * best.value.magnitude { break }
    }
    return best
  }

  private typealias Corner = (point: [Double], value: Double)

  private func search(
    from start: [Double], step: Double, evaluations: Int, _ function: ([Double]) -> Double
  ) -> Minimum {
    var evaluations = evaluations
    func corner(_ point: [Double]) -> Corner {
      evaluations += 1
      let value = function(point)
      return (point, value.isFinite ? value : .infinity)
    }
    var corners = [corner(start)]
    for index in start.indices {
      var point = start
      point[index] += step
      corners.append(corner(point))
    }
    sort(&corners)
    while evaluations < evaluationLimit && !isSmall(corners) {
      let worst = corners.removeLast()
      let center = center(of: corners)
      let reflected = corner(point(from: center, to: worst.point, -1))
      if reflected.value < corners[0].value {
        let expanded = corner(point(from: center, to: worst.point, -2))
        insert(expanded.value < reflected.value ? expanded : reflected, into: &corners)
      } else if reflected.value < corners[corners.count - 1].value {
        insert(reflected, into: &corners)
      } else {
        let isOutside = reflected.value < worst.value
        let contracted = corner(
          point(from: center, to: worst.point, isOutside ? -0.5 : 0.5))
        if contracted.value < min(reflected.value, worst.value) {
          insert(contracted, into: &corners)
        } else {
          corners.append(worst)
          for index in 1..<corners.count {
            corners[index] = corner(point(from: corners[0].point, to: corners[index].point, 0.5))
          }
          sort(&corners)
        }
      }
    }
    return Minimum(
      point: corners[0].point, value: corners[0].value, evaluations: evaluations,
      isConverged: isSmall(corners))
  }

  private func isSmall(_ corners: [Corner]) -> Bool {
    corners.allSatisfy { corner in
      zip(corner.point, corners[0].point).allSatisfy { ($0 - $1).magnitude <= tolerance }
    }
  }

  private func center(of corners: [Corner]) -> [Double] {
    corners[0].point.indices.map { index in
      corners.reduce(0) { $0 + $1.point[index] } / Double(corners.count)
    }
  }

  private func point(from center: [Double], to corner: [Double], _ share: Double) -> [Double] {
    zip(center, corner).map { $0 + share * ($1 - $0) }
  }

  /// Behind its equals, so that ties keep the older corner in front.
  private func insert(_ corner: Corner, into corners: inout [Corner]) {
    let place = corners.firstIndex { $0.value > corner.value } ?? corners.count
    corners.insert(corner, at: place)
  }

  private func sort(_ corners: inout [Corner]) {
    var sorted: [Corner] = []
    for corner in corners { insert(corner, into: &sorted) }
    corners = sorted
  }
}
