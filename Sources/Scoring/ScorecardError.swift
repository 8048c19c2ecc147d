/// Why a definition is no scorecard: where it is wrong, what is wrong, and what would mend it.
package struct ScorecardError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kinds of fault.
  package enum Code: String, Equatable, Sendable, CaseIterable {
    /// The link is none of those known.
    case unknownLink
    /// A number is NaN or infinite.
    case notFinite
    /// The largest possible sum of points, or the margin made of it, is infinite.
    case sumOverflow
    /// The number of reasons is negative.
    case negativeReasons
    /// The scale's doubling points or odds are not above 0, or the link is not logistic.
    case invalidScale
    /// A feature has no name.
    case emptyName
    /// Two features have one name.
    case duplicateFeature
    /// A bin has both an interval and a category, or a feature both kinds of bin.
    case mixedBins
    /// An interval ends where it begins or before.
    case emptyBin
    /// An interval begins before the last one ended.
    case overlappingBins
    /// An interval comes after one that lies above it.
    case unorderedBins
    /// Two bins of a feature have one category.
    case duplicateCategory
    /// Some values match no bin and there is no `otherwise`.
    case gapWithoutOtherwise
  }

  /// The kind of fault.
  package let code: Code
  /// The definition's id.
  package let scorecard: String
  /// The feature's name, where the fault lies in one.
  package let feature: String?
  /// The bin's index from 0, where the fault lies in one.
  package let bin: Int?
  /// What was found.
  package let message: String
  /// What to write instead.
  package let mend: String

  /// The place, the fault and the mend in a line.
  package var description: String {
    var place = "scorecard \(scorecard)"
    if let feature { place += ", feature \(feature)" }
    if let bin { place += ", bins[\(bin)]" }
    return "\(place): \(message); \(mend)"
  }
}
