import Glibc
import Synchronization

/// Inflates the segments of a scan ahead of it, on the other cores, and gives them in order.
///
/// The scanning thread helps: where the segment that it wants next is in nobody's hands, it
/// inflates that itself. What is read never depends on who read it.
final class ReadAhead: Sendable {
  /// A scan over fewer segments is not worth a thread.
  static let leastSegments = 4
  /// Segments that may lie inflated before they are asked for.
  private static let window: UInt64 = 12

  private struct State: Sendable {
    /// The segment that the scan wants next.
    var wanted: UInt64
    /// The first one that nobody has taken up.
    var unclaimed: UInt64
    var ready: [UInt64: Result<RecordBlock, LedgerError>] = [:]
    var workers = 0
    var isCancelled = false
  }

  private let store: RecordStore
  private let end: UInt64
  private let state: Mutex<State>
  private let signal = Signal()

  /// Begins to read.
  init(_ store: RecordStore, segments: ClosedRange<UInt64>) throws {
    self.store = store
    end = segments.upperBound
    state = Mutex(State(wanted: segments.lowerBound, unclaimed: segments.lowerBound))
    let cores = max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    for _ in 0..<min(cores - 1, 3) {
      state.withLock { $0.workers += 1 }
      do {
        try BackgroundThread { [self] in work() }.start()
      } catch {
        // Without a helper the scan reads all itself.
        state.withLock { $0.workers -= 1 }
        break
      }
    }
  }

  /// Takes up the next segment, if it is not too far ahead.
  private func claim() -> UInt64? {
    state.withLock { state in
      guard !state.isCancelled, state.unclaimed <= end,
        state.unclaimed < state.wanted + Self.window
      else { return nil }
      state.unclaimed += 1
      return state.unclaimed - 1
    }
  }

  private func work() {
    var decoder = SegmentDecoder()
    while true {
      guard let index = claim() else {
        signal.wait {
          state.withLock {
            $0.isCancelled || $0.unclaimed > end || $0.unclaimed < $0.wanted + Self.window
          }
        }
        if state.withLock({ $0.isCancelled || $0.unclaimed > end }) { break }
        continue
      }
      let result = read(index, &decoder)
      state.withLock { $0.ready[index] = result }
      signal.raise()
    }
    state.withLock { $0.workers -= 1 }
    signal.raise()
  }

  private func read(
    _ index: UInt64, _ decoder: inout SegmentDecoder
  ) -> Result<RecordBlock, LedgerError> {
    do throws(LedgerError) {
      return .success(try store.readSegment(index, &decoder))
    } catch {
      return .failure(error)
    }
  }

  /// The next segment's records. Called by one thread, once for each segment.
  func next(_ decoder: inout SegmentDecoder) throws(LedgerError) -> RecordBlock {
    let wanted = state.withLock { $0.wanted }
    while true {
      let found = state.withLock { $0.ready.removeValue(forKey: wanted) }
      if let found {
        state.withLock { $0.wanted = wanted + 1 }
        signal.raise()
        return try found.get()
      }
      if let index = claim() {
        let result = read(index, &decoder)
        state.withLock { $0.ready[index] = result }
      } else {
        signal.wait { state.withLock { $0.ready[wanted] != nil } }
      }
    }
  }

  /// Ends the reading and waits until no thread is at it.
  func cancel() {
    state.withLock { $0.isCancelled = true }
    signal.raise()
    signal.wait { state.withLock { $0.workers == 0 } }
  }
}
