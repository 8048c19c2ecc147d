/// What the screening says about an item: one byte of `batch.sliced`'s `verdicts`.
///
/// ```
/// 0  not in the population        3  duplicate
/// 1  passed                       4  could not be decided (an expression or the score failed)
/// 2  below the threshold         16 + k  rejected by the filter with the index k
/// ```
package struct BatchVerdict: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  package static let outside = BatchVerdict(rawValue: 0)
  package static let passed = BatchVerdict(rawValue: 1)
  package static let belowThreshold = BatchVerdict(rawValue: 2)
  package static let duplicate = BatchVerdict(rawValue: 3)
  package static let failed = BatchVerdict(rawValue: 4)

  /// Rejected by the filter with this index, from 0.
  package static func rejected(by filter: Int) -> BatchVerdict {
    BatchVerdict(rawValue: UInt8(16 + filter))
  }

  /// The index of the filter that rejected; nil: none did.
  package var filter: Int? { rawValue >= 16 ? Int(rawValue) - 16 : nil }

  /// The word for it; `rejected` for every filter.
  package var word: String {
    switch self {
    case .outside: "outside"
    case .passed: "passed"
    case .belowThreshold: "below-threshold"
    case .duplicate: "duplicate"
    case .failed: "failed"
    default: filter == nil ? "unknown" : "rejected"
    }
  }
}
