/// Finds the name that was probably meant.
enum NearestName {
  /// `did you mean "x"?` for the nearest candidate, or the list of candidates if none is near; nil
  /// without candidates. Ties go to the candidate that comes first.
  static func mend(for name: String, among candidates: [String]) -> String? {
    if let nearest = nearest(to: name, among: candidates) { return "did you mean \"\(nearest)\"?" }
    guard !candidates.isEmpty else { return nil }
    let shown = candidates.prefix(20).joined(separator: ", ")
    return "known: \(shown)\(candidates.count > 20 ? ", …" : "")"
  }

  /// The nearest candidate within a third of the name's length, at least one step.
  static func nearest(to name: String, among candidates: [String]) -> String? {
    let wanted = Array(name.utf8.prefix(64))
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
      let distance = distance(wanted, Array(candidate.utf8.prefix(64)))
      if distance < best?.distance ?? Int.max { best = (distance, candidate) }
    }
    guard let best, best.distance <= max(1, wanted.count / 3) else { return nil }
    return best.candidate
  }

  /// How many bytes must be put in, left out, replaced or swapped with their neighbour, where upper
  /// and lower case, `-` and `_` are the same (optimal string alignment).
  private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    let first = first.map(folded)
    let second = second.map(folded)
    var beforeLast: [Int] = []
    var last = Array(0...second.count)
    for row in first.indices {
      var current = [row + 1]
      for column in second.indices {
        let replaced = last[column] + (first[row] == second[column] ? 0 : 1)
        var least = min(replaced, last[column + 1] + 1, current[column] + 1)
        let isSwap =
          row > 0 && column > 0 && first[row] == second[column - 1]
          && first[row - 1] == second[column]
        if isSwap { least = min(least, beforeLast[column - 1] + 1) }
        current.append(least)
      }
      beforeLast = last
      last = current
    }
    return last[second.count]
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    byte == 0x5F ? 0x2D : byte &- 0x41 < 26 ? byte + 0x20 : byte
  }
}
