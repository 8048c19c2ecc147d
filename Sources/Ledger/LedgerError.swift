package import LMDB

/// Why the ledger could not do something.
package enum LedgerError: Error, CustomStringConvertible {
  /// The store refused: disk full, map full, no permission, a damaged file.
  case store(LMDBError)
  /// A stored record or block is damaged.
  case damaged(position: UInt64, RecordError)
  /// The directory holds a ledger of another format version.
  case version(found: UInt64)
  /// The directory holds no ledger.
  case absent(directory: String)

  package var description: String {
    switch self {
    case .store(let error): error.isDamage ? "\(error). \(Self.mend)" : "\(error)"
    case .damaged(let position, let error):
      "the ledger is damaged at position \(position): \(error). \(Self.mend)"
    case .version(let found):
      "the ledger has format version \(found); this binary reads version 2: use one that fits"
    case .absent(let directory):
      "there is no ledger in \(directory): name another --data directory, or ingest events first"
    }
  }
}

extension LedgerError {
  /// What an operator does about damage.
  private static let mend =
    "recount verify tells how far it is whole, recount restore makes a data directory of a backup"
}

extension LedgerError: LMDBErrorConvertible {
  package init(_ error: LMDBError) { self = .store(error) }

  /// The error of a reading whose body throws nothing of its own.
  init(reading error: any Error) {
    switch error {
    case let error as LedgerError: self = error
    case let error as LMDBError: self = .store(error)
    default: preconditionFailure("reading threw \(error)")
    }
  }
}
