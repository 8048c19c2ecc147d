/// Finds the name that was probably meant.
enum Suggestion {
  /// "did you mean 'x'?" for the nearest candidate; nil if none is near. Ties go to the candidate
  /// that comes first in the order of code points.
  static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.unicodeScalars.prefix(64))
    var best: (distance: Int, candidate: String)?
    for candidate in candidates.sorted(by: { textOrder($0, $1) < 0 }) {
      let distance = distance(wanted, Array(candidate.unicodeScalars.prefix(64)))
      if best.map({ distance < $0.distance }) ?? true { best = (distance, candidate) }
    }
    guard let best, best.distance <= max(1, wanted.count / 3), best.distance > 0 else { return nil }
    return "did you mean '\(best.candidate)'?"
  }

  /// How many scalars must be put in, left out, replaced or swapped with their neighbour, where
  /// changing the case of an ASCII letter counts as nothing but one step in all.
  private static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
    if first != second, folded(first) == folded(second) { return 1 }
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for row in first.indices {
      var current = [row + 1]
      for column in second.indices {
        let replace = last[column] + (first[row] == second[column] ? 0 : 1)
        var least = min(replace, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
          least = min(least, beforeLast[column - 1] + 1)
        }
        current.append(least)
      }
      beforeLast = last
      last = current
    }
    return last[second.count]
  }

  private static func folded(_ scalars: [Unicode.Scalar]) -> [UInt32] {
    scalars.filter { $0 != "_" }.map { $0.value &- 0x41 < 26 ? $0.value + 0x20 : $0.value }
  }
}
