package import Ledger
package import Proofs

/// What walking a ledger found.
package struct AuditReport: Sendable {
  /// How many differences are kept with both sides; the others are counted.
  package static let keptDifferences = 20

  /// How many records were checked.
  package internal(set) var events: UInt64 = 0
  /// Where the ledger ended when the walk began: how many leaves its tree had.
  package let size: UInt64
  /// How many differences there are.
  package private(set) var differenceCount = 0
  /// The first of them, in the order of the walk.
  package private(set) var differences: [Difference] = []
  /// The tree's root at `size`, from the records; nil where the walk had to stop before.
  package internal(set) var root: MerkleHash?

  init(size: UInt64) {
    self.size = size
  }

  /// The report of a ledger that could not be opened because its end is damaged; nil for any other
  /// error.
  package init?(unreadable error: LedgerError) {
    guard case .damaged(let position, let cause) = error else { return nil }
    self.init(size: 0)
    add(Difference(unreadable: cause, at: position))
  }

  mutating func add(_ difference: Difference) {
    differenceCount += 1
    if differences.count < Self.keptDifferences { differences.append(difference) }
  }
}
