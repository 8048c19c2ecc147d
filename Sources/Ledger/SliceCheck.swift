import CBOR
import Glibc
import Proofs
import Synchronization

/// What the records of a stretch say, after a look at every byte of them.
struct CheckedRecords: Sendable {
  /// The hashes of the records.
  var leaves: [MerkleHash] = []
  var names: [NameEntry] = []
  /// Ledger time of the last record.
  var recordedAt: Int64 = 0

  /// Takes in the next record.
  /// - Throws: Where it is none.
  mutating func add(_ record: RawSpan, at position: UInt64) throws(RecordError) {
    recordedAt = try EventHeader(reading: record).recordedAt
    if let name = try NameEntry.of(record, at: position) { names.append(name) }
    leaves.append(Merkle.leaf(record))
  }

  /// The records of a block of `tail`.
  static func of(
    block: borrowing [UInt8], first: UInt64
  ) throws(LedgerError) -> CheckedRecords {
    let bytes = block.rawSpan
    let count = try RecordStore.located(first) { () throws(RecordError) in
      try TailBlock.count(in: bytes)
    }
    var checked = CheckedRecords()
    for index in 0..<count {
      let position = first + UInt64(index)
      try RecordStore.located(position) { () throws(RecordError) in
        let range = try TailBlock.range(of: index, count: count, in: bytes)
        try checked.add(bytes.extracting(range), at: position)
      }
    }
    return checked
  }

  /// The records of a segment. Cost: about 130 µs.
  static func of(
    _ segment: StoredSegment, _ decoder: inout SegmentDecoder
  ) throws(LedgerError) -> CheckedRecords {
    let first = Segment.positions(segment.index).lowerBound
    let block: RecordBlock
    do throws(RecordError) {
      block = try decoder.decode(SegmentView(segment.bytes.rawSpan, first: first))
    } catch {
      throw .damaged(position: first, error)
    }
    var checked = CheckedRecords()
    checked.leaves.reserveCapacity(block.count)
    for index in 0..<block.count {
      let position = first + UInt64(index)
      do throws(RecordError) {
        try checked.add(block[index], at: position)
      } catch {
        throw .damaged(position: position, error)
      }
    }
    return checked
  }
}

/// Checks segments on all cores; what is found never depends on who looked.
final class SegmentCheck: Sendable {
  private struct State: Sendable {
    var next = 0
    var results: [Result<CheckedRecords, LedgerError>?]
    var helpers = 0
  }

  private let segments: [StoredSegment]
  private let state: Mutex<State>
  private let signal = Signal()

  private init(_ segments: [StoredSegment]) {
    self.segments = segments
    state = Mutex(State(results: Array(repeating: nil, count: segments.count)))
  }

  /// The records of `segments`, in order.
  /// - Throws: ``LedgerError/damaged(position:_:)`` for the first that is not whole.
  static func records(of segments: [StoredSegment]) throws(LedgerError) -> [CheckedRecords] {
    let check = SegmentCheck(segments)
    let cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    for _ in 0..<min(cores - 1, segments.count / 8, 7) {
      check.state.withLock { $0.helpers += 1 }
      do {
        try BackgroundThread { check.help() }.start()
      } catch {
        // Without a helper this thread does it all.
        check.state.withLock { $0.helpers -= 1 }
        break
      }
    }
    check.work()
    check.signal.wait { check.state.withLock { $0.helpers == 0 } }
    var records: [CheckedRecords] = []
    for result in check.state.withLock({ $0.results }) {
      guard let result else { preconditionFailure("a segment was left out") }
      records.append(try result.get())
    }
    return records
  }

  private func help() {
    work()
    state.withLock { $0.helpers -= 1 }
    signal.raise()
  }

  private func work() {
    var decoder = SegmentDecoder()
    while let index = claim() {
      let result: Result<CheckedRecords, LedgerError>
      do throws(LedgerError) {
        result = .success(try CheckedRecords.of(segments[index], &decoder))
      } catch {
        result = .failure(error)
      }
      state.withLock { $0.results[index] = result }
    }
  }

  private func claim() -> Int? {
    state.withLock { state in
      guard state.next < segments.count else { return nil }
      state.next += 1
      return state.next - 1
    }
  }
}
