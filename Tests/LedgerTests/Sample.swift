import CBOR
import Ledger
import TestSupport

/// An event of no consequence at a position.
func event(
  _ position: UInt64, at time: Int64? = nil, subject: String = "alice", payloadBytes: Int = 8,
  type: UInt32 = 7
) -> Event {
  let data: CBORValue = ["n": .unsigned(position), "pad": .bytes(bytes(payloadBytes, position))]
  let externalID = Array("e\(position)".utf8)
  let source = Array("//test".utf8)
  return Event(
    position: position,
    header: EventHeader(
      kind: .input, type: type, recordedAt: time ?? Int64(position), occurredAt: Int64(position),
      cause: 0, root: position, id: EventID(source: source, externalID: externalID), program: 0),
    subject: Array(subject.utf8), source: source, externalID: externalID,
    payload: data.encoded())
}

func bytes(_ count: Int, _ seed: UInt64) -> [UInt8] {
  var random = SplitMix64(seed: seed)
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
}

/// A new ledger that does not grow its file ahead.
func ledger(
  _ directory: TemporaryDirectory, _ change: (inout LedgerOptions) -> Void = { _ in }
) throws -> Ledger {
  var options = LedgerOptions()
  options.growAheadBytes = 0
  options.sealingPauseMilliseconds = 1
  change(&options)
  return try Ledger(directory: directory.path, options: options)
}

extension Ledger {
  /// The positions of a range, as reading gives them.
  func positions(from first: UInt64, through last: UInt64? = nil) throws -> [UInt64] {
    var positions: [UInt64] = []
    try forEachEvent(from: first, through: last) { (event) -> Bool in
      positions.append(event.position)
      return true
    }
    return positions
  }
}
