/// An index over the ledger's events that spares reading all of them for one subject.
package protocol EventIndex {
  /// Positions of the events about a subject, or of the outcomes of an effect, in order. Others may be
  /// among them: the reader compares.
  /// - Parameters:
  ///   - name: The subject, or the id of the delivery or action.
  ///   - first: None before this one.
  /// - Returns: Through which position there are all; 0: none.
  func positions(
    of name: [UInt8], from first: UInt64
  ) throws -> (positions: [UInt64], through: UInt64)
  /// The keys of entities of a kind, by their places in the order in which they first came; those that
  /// it does not know are left out.
  func entityKeys(ofKind kind: UInt32, at places: Set<UInt64>) throws -> [UInt64: String]
}
