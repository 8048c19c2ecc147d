import Ledger
import Proofs

/// What a block of up to 256 records showed by itself, and what its neighbours have to be asked.
struct BlockFindings: Sendable {
  /// The block's first position.
  let first: UInt64
  /// The headers, in order.
  var headers: [EventHeader] = []
  /// Whether each record has a source, from which its id follows.
  var haveSource: [Bool] = []
  /// The names that the block's control events give.
  var names: [GivenName] = []
  /// The hash of each record.
  var leaves: [MerkleHash] = []
  /// What is wrong, without looking elsewhere.
  var differences: [Difference] = []
  /// Why the block could not be read to its end.
  var failure: LedgerError?
  /// The root of a whole block.
  var root: MerkleHash?

  init(first: UInt64) {
    self.first = first
  }
}

/// A number that a `name.interned` event gives.
struct GivenName: Sendable {
  let position: UInt64
  /// nil: the event names no space.
  let space: Names.Space?
  let number: UInt64
  let name: String
}
