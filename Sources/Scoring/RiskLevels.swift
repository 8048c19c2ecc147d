/// Names for ranges of a score, such as critical, high, medium and low.
package struct RiskLevels: Equatable, Sendable {
  /// A name and the least score that earns it.
  package struct Level: Equatable, Sendable {
    /// The level's name.
    package let name: String
    /// The least score of the level; it belongs to the level.
    package let atLeast: Double

    /// A level from its parts.
    package init(name: String, atLeast: Double) {
      self.name = name
      self.atLeast = atLeast
    }
  }

  /// The levels, the highest first.
  package let levels: [Level]
  /// The name of every score below the last level, and of NaN.
  package let lowest: String

  /// Levels, the highest first.
  /// - Throws: A fault with the level's index: a threshold that is not finite or not below the
  ///   one before, an empty name, a name that comes twice.
  package init(_ levels: [Level], lowest: String) throws(RiskLevelsError) {
    var seen: [String] = [lowest]
    guard !lowest.isEmpty else {
      throw RiskLevelsError(index: levels.count, message: "the lowest level has no name; name it")
    }
    for (index, level) in levels.enumerated() {
      guard !level.name.isEmpty else {
        throw RiskLevelsError(index: index, message: "the level has no name; name it")
      }
      guard !seen.contains(where: { $0.hasSameBytes(as: level.name) }) else {
        throw RiskLevelsError(
          index: index, message: "the name \(level.name) comes twice; rename one")
      }
      guard level.atLeast.isFinite else {
        throw RiskLevelsError(
          index: index, message: "the threshold is \(level.atLeast); write a finite number")
      }
      guard index == 0 || level.atLeast < levels[index - 1].atLeast else {
        throw RiskLevelsError(
          index: index,
          message: "the threshold \(level.atLeast) is not below \(levels[index - 1].atLeast); "
            + "put the highest level first")
      }
      seen.append(level.name)
    }
    self.levels = levels
    self.lowest = lowest
  }

  /// The name for a score: the first level, from the highest down, whose threshold it reaches.
  package func name(for score: Double) -> String {
    for level in levels where score >= level.atLeast { return level.name }
    return lowest
  }
}

/// Why levels were refused.
package struct RiskLevelsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The level's index from 0; the number of levels for the lowest.
  package let index: Int
  /// What is wrong and what would mend it.
  package let message: String

  /// The place and the fault in a line.
  package var description: String { "levels[\(index)]: \(message)" }
}
