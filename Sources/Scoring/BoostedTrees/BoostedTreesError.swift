/// Why bytes are no model of boosted trees: where they are wrong, how, and what would mend it.
package struct BoostedTreesError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kinds of fault.
  package enum Code: String, Equatable, Sendable, CaseIterable {
    /// A limit of ``BoostedTreesLimits`` is passed.
    case tooLarge
    /// The bytes are not JSON or not UBJSON.
    case malformed
    /// A field is not there.
    case missingField
    /// A field holds something else than the format says.
    case wrongType
    /// The booster is not `gbtree`.
    case unsupportedBooster
    /// The objective is none of ``BoostedTrees/Objective``.
    case unsupportedObjective
    /// More than one output: classes, targets, or leaves that are vectors.
    case severalOutputs
    /// A number is NaN, infinite or out of range.
    case invalidNumber
    /// The nodes are no tree.
    case invalidTree
    /// Categories that contradict each other or the nodes.
    case invalidCategories
    /// Feature names that are empty, come twice, or are too few or too many.
    case invalidFeatures
  }

  /// The kind of fault.
  package let code: Code
  /// A path such as `learner.gradient_booster.model.trees[3].left_children[7]`, or `byte 120`.
  package let place: String
  /// What was found.
  package let message: String
  /// What to do instead.
  package let mend: String

  /// The place, the fault and the mend in a line.
  package var description: String { "\(place): \(message); \(mend)" }

  init(_ code: Code, _ place: String, _ message: String, mend: String) {
    self.code = code
    self.place = place
    self.message = message
    self.mend = mend
  }
}

/// How large a model may be. Reading takes time in proportion to the bytes, and memory of at most
/// about twenty times as many.
package enum BoostedTreesLimits {
  /// Bytes of a file.
  package static let bytes = 32 << 20
  /// Nesting of arrays and objects in a file.
  package static let depth = 32
  /// Trees of a model.
  package static let trees = 1 << 16
  /// Features of a model.
  package static let features = 1 << 16
  /// Bits of the category sets of a model in all. A set has as many bits as its highest category.
  package static let categoryBits = 1 << 26
}
