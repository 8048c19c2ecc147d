import Synchronization

/// The segments that were read last, inflated.
final class SegmentCache: Sendable {
  /// Bytes of records that are kept, beyond the one that was read last.
  private static let byteLimit = 8 << 20

  private struct Entry {
    let index: UInt64
    let block: RecordBlock
    var lastUse: UInt64
  }

  private struct State: ~Copyable {
    var decoder = SegmentDecoder()
    var entries: [Entry] = []
    var byteCount = 0
    var uses: UInt64 = 0
  }

  private let state = Mutex(State())

  init() {}

  /// The records of a segment. Cost: nothing to speak of where it is kept, else one inflation.
  func block(_ index: UInt64, of store: RecordStore) throws(LedgerError) -> RecordBlock {
    try state.withLock { (state) throws(LedgerError) -> RecordBlock in
      state.uses += 1
      if let place = state.entries.firstIndex(where: { $0.index == index }) {
        state.entries[place].lastUse = state.uses
        return state.entries[place].block
      }
      let block = try store.readSegment(index, &state.decoder)
      while !state.entries.isEmpty, state.byteCount + block.bytes.count > Self.byteLimit {
        var oldest = 0
        for place in state.entries.indices
        where state.entries[place].lastUse < state.entries[oldest].lastUse { oldest = place }
        state.byteCount -= state.entries.remove(at: oldest).block.bytes.count
      }
      state.entries.append(Entry(index: index, block: block, lastUse: state.uses))
      state.byteCount += block.bytes.count
      return block
    }
  }
}
