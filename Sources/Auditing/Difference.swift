import Ledger

/// One place where the ledger is not what it should be, with both sides.
package struct Difference: Equatable, Sendable {
  /// The position concerned.
  package let position: UInt64
  /// What differs, such as `the id`.
  package let what: String
  /// What is stored, or what the checkpoint says.
  package let stored: String
  /// What follows from the records, or from the format.
  package let expected: String

  /// - Parameters:
  ///   - what: With its article.
  ///   - stored: Behind "is".
  ///   - expected: Behind "but".
  init(_ position: UInt64, _ what: String, is stored: String, but expected: String) {
    self.position = position
    self.what = what
    self.stored = stored
    self.expected = expected
  }
}

extension Difference {
  /// The place where reading stopped.
  init(unreadable cause: RecordError, at position: UInt64) {
    self.init(
      position, "the ledger", is: "unreadable (\(cause))",
      but: "a whole record should be there; what follows was not checked")
  }
}

extension Difference: CustomStringConvertible {
  /// The position and both sides in one line.
  package var description: String {
    "position \(position): \(what) is \(stored), but \(expected)"
  }
}
