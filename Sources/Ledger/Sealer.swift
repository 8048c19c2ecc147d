import CBOR
import Glibc
import LMDB
import Proofs
import Synchronization

/// A segment that is ready to be committed, with what the tree gains by it.
struct SealedSegment: Sendable {
  let index: UInt64
  let bytes: [UInt8]
  let growths: [TileGrowth]
}

/// Packs the records that have left the hot end of `tail` into segments, on a thread of its own.
///
/// What it makes is handed to whoever commits next, a little at a time; where nobody commits, the
/// thread does so itself. Each segment is inflated again and compared before it may replace the
/// records it holds.
final class Sealer: Sendable {
  /// Segments that may wait for a commit.
  private static let queueLimit = 64

  private struct State: Sendable {
    /// The next segment to make.
    var next: UInt64
    /// The last position that is committed.
    var end: UInt64 = 0
    var ready: [SealedSegment] = []
    /// Commits of others since the thread last looked.
    var commits = 0
    var isStopped = false
    var isDone = false
    var failure: LedgerError?
  }

  private let store: RecordStore
  private let hotRecords: UInt64
  private let idleMilliseconds: Int
  /// Held by whoever commits: the appending thread, or the sealer's.
  private let committing = Mutex(())
  private let state: Mutex<State>
  private let signal = Signal()

  /// Starts the thread.
  /// - Parameters:
  ///   - hotRecords: How many of the newest records stay in `tail`.
  ///   - idleMilliseconds: After so long without a commit the thread commits itself.
  init(
    _ store: RecordStore, hotRecords: UInt64, idleMilliseconds: Int
  ) throws(LedgerError) {
    self.store = store
    self.hotRecords = hotRecords
    self.idleMilliseconds = idleMilliseconds
    let sealed = try store.sealedThrough()
    let edge = try store.treeEdge()
    let last = try store.lastPosition()
    state = Mutex(State(next: sealed / UInt64(Segment.recordCount), end: last))
    do {
      try BackgroundThread { [self] in
        lowerPriority()
        loop(edge)
        state.withLock { $0.isDone = true }
        signal.raise()
      }.start()
    } catch {
      // Without the thread nothing is sealed, and all is read from `tail`.
      state.withLock { $0.isDone = true }
    }
  }

  /// What made sealing stop: damage in `tail`. Reading and appending go on.
  var failure: LedgerError? { state.withLock { $0.failure } }

  /// Takes note of a commit of events.
  func note(end: UInt64) {
    let isWork = state.withLock { state in
      state.end = end
      state.commits += 1
      return canSeal(state)
    }
    if isWork { signal.raise() }
  }

  /// Runs a commit with some of what is ready; commits follow each other.
  ///
  /// - Parameter count: The records that are appended. Twice as many are sealed along with them at
  ///   most, so that a commit stays short and what waits becomes less.
  func commit(
    records count: Int, _ body: (ArraySlice<SealedSegment>) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    try committing.withLock { (_) throws(LedgerError) in
      let limit = max(1, 2 * count / Segment.recordCount)
      let sealed = state.withLock { $0.ready.prefix(limit) }
      try body(sealed)
      if sealed.isEmpty { return }
      state.withLock { $0.ready.removeFirst(sealed.count) }
      signal.raise()
    }
  }

  /// Commits what is ready by itself. A failure is left to the next commit to meet.
  private func commitIdly() {
    try? commit(records: 8 * Segment.recordCount) { (sealed) throws(LedgerError) in
      if sealed.isEmpty { return }
      try store.environment.write { (txn) throws(LedgerError) in
        do throws(LMDBError) {
          try store.seal(sealed, &txn)
        } catch {
          throw .store(error)
        }
      }
    }
  }

  /// Ends the thread and waits for that.
  func stop() {
    state.withLock { $0.isStopped = true }
    signal.raise()
    signal.wait { state.withLock { $0.isDone } }
  }

  private func canSeal(_ state: State) -> Bool {
    state.failure == nil && state.ready.count < Self.queueLimit
      && Segment.positions(state.next).upperBound + hotRecords <= state.end
  }

  private func lowerPriority() {
    // Whoever waits for an answer comes first. In Linux 0 means the calling thread.
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
  }

  private func loop(_ edge: TreeEdge) {
    var maker = SegmentMaker(store, edge: edge)
    while true {
      signal.wait { state.withLock { $0.isStopped || canSeal($0) || !$0.ready.isEmpty } }
      let (isStopped, next, commits) = state.withLock { state in
        (state.isStopped, canSeal(state) ? state.next : nil, state.commits)
      }
      if isStopped { return }
      if let next {
        // Pages that a killed reader holds would make the file grow without end.
        if next % 64 == 0 { _ = try? store.environment.clearDeadReaders() }
        do throws(LedgerError) {
          let segment = try maker.segment(next)
          state.withLock {
            $0.ready.append(segment)
            $0.next += 1
          }
        } catch {
          let failure = error
          state.withLock { $0.failure = failure }
        }
      } else {
        _ = signal.wait(milliseconds: idleMilliseconds) {
          state.withLock { $0.isStopped || canSeal($0) || $0.ready.isEmpty }
        }
        if state.withLock({ $0.commits == commits && !$0.isStopped }) { commitIdly() }
      }
    }
  }
}

/// Makes segments in order, and grows the tree by them.
private struct SegmentMaker: ~Copyable {
  private let store: RecordStore
  private let encoder = SegmentEncoder()
  private var decoder = SegmentDecoder()
  private var edge: TreeEdge

  init(_ store: RecordStore, edge: TreeEdge) {
    self.store = store
    self.edge = edge
  }

  mutating func segment(_ index: UInt64) throws(LedgerError) -> SealedSegment {
    let block = try store.tailRecords(of: index)
    let leaves = (0..<block.count).map { Merkle.leaf(block[$0]) }
    do throws(RecordError) {
      let bytes = try encoder.encode(block)
      let again = try decoder.decode(SegmentView(bytes.rawSpan, first: block.first))
      guard again.bytes == block.bytes, again.ends == block.ends else {
        throw RecordError("a segment does not give back the records that it was made of")
      }
      return SealedSegment(
        index: index, bytes: bytes, growths: edge.grow(block: index, leaves: leaves))
    } catch {
      throw .damaged(position: block.first, error)
    }
  }
}
