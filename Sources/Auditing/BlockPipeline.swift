import Glibc
import Ledger
import Synchronization

/// Inspects blocks on all cores and gives the findings in order.
///
/// The thread that takes them helps: where the block that it wants next is in nobody's hands, it
/// inspects that itself.
final class BlockPipeline: Sendable {
  /// Blocks that may lie inspected before they are asked for.
  private static let window: UInt64 = 32

  private struct State: Sendable {
    /// The block that is wanted next.
    var wanted: UInt64 = 0
    /// The first one that nobody has taken up.
    var unclaimed: UInt64 = 0
    var ready: [UInt64: BlockFindings] = [:]
    var workers = 0
    var isCancelled = false
  }

  private let count: UInt64
  private let state = Mutex(State())
  private let signal = Signal()

  /// Begins to inspect the first `count` blocks.
  /// - Parameter makeInspector: Makes one for each thread.
  init(count: UInt64, makeInspector: @escaping @Sendable () -> BlockInspector) {
    self.count = count
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    for _ in 0..<max(0, min(cores - 1, 7)) where count > 1 {
      state.withLock { $0.workers += 1 }
      do {
        try BackgroundThread { [self] in
          var inspector = makeInspector()
          work(&inspector)
        }.start()
      } catch {
        // Without a helper all is inspected by whoever asks.
        state.withLock { $0.workers -= 1 }
        break
      }
    }
  }

  /// Takes up the next block, if it is not too far ahead.
  private func claim() -> UInt64? {
    state.withLock { state in
      guard !state.isCancelled, state.unclaimed < count,
        state.unclaimed < state.wanted + Self.window
      else { return nil }
      state.unclaimed += 1
      return state.unclaimed - 1
    }
  }

  private func work(_ inspector: inout BlockInspector) {
    while true {
      if let index = claim() {
        let findings = inspector.inspect(index)
        let isWanted = state.withLock { state in
          state.ready[index] = findings
          return state.wanted == index
        }
        if isWanted { signal.raise() }
        continue
      }
      signal.wait {
        state.withLock {
          $0.isCancelled || $0.unclaimed >= count || $0.unclaimed < $0.wanted + Self.window
        }
      }
      if state.withLock({ $0.isCancelled || $0.unclaimed >= count }) { break }
    }
    state.withLock { $0.workers -= 1 }
    signal.raise()
  }

  /// The next block's findings; nil after the last. Called by one thread.
  func next(_ inspector: inout BlockInspector) -> BlockFindings? {
    let wanted = state.withLock { $0.wanted }
    guard wanted < count else { return nil }
    while true {
      let (found, isLow) = state.withLock { state in
        let found = state.ready.removeValue(forKey: wanted)
        if found != nil { state.wanted = wanted + 1 }
        return (found, state.ready.count < Int(Self.window) / 2)
      }
      if let found {
        if isLow { signal.raise() }
        return found
      }
      if let index = claim() {
        let findings = inspector.inspect(index)
        state.withLock { $0.ready[index] = findings }
      } else {
        signal.wait { state.withLock { $0.ready[wanted] != nil } }
      }
    }
  }

  /// Ends the work and waits until no thread is at it.
  func cancel() {
    state.withLock { $0.isCancelled = true }
    signal.raise()
    signal.wait { state.withLock { $0.workers == 0 } }
  }
}
