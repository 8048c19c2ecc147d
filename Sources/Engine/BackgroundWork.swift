import Glibc
import Ledger
import Synchronization

/// A thread for work that may wait. It is started with the first piece.
///
/// Pieces take turns, a short step each, so that a small one is not held up by a large one.
package final class BackgroundWork: Sendable {
  /// Does a step of some milliseconds.
  /// - Returns: Whether there is more to do: it is called again then, after the others.
  package typealias Piece = @Sendable () -> Bool

  private struct State: Sendable {
    var pieces: [Piece] = []
    var isStarted = false
    var isBusy = false
    var isStopped = false
    /// Counts how often pieces were dropped: the one at work then is not called again.
    var drops = 0
  }

  /// What the thread shares with the owner, and outlives it.
  private final class Queue: Sendable {
    let state = Mutex(State())
    let signal = Signal()

    func loop() {
      // Whoever waits for an answer comes first. In Linux 0 means the calling thread.
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
      while true {
        signal.wait { state.withLock { !$0.pieces.isEmpty || $0.isStopped } }
        let (piece, drops, isOver) = state.withLock { state -> (Piece?, Int, Bool) in
          guard !state.pieces.isEmpty else { return (nil, 0, state.isStopped) }
          state.isBusy = true
          return (state.pieces.removeFirst(), state.drops, false)
        }
        if isOver { return }
        // What waited may have been dropped meanwhile.
        guard let piece else { continue }
        let hasMore = piece()
        state.withLock { state in
          if hasMore && state.drops == drops { state.pieces.append(piece) }
          state.isBusy = false
        }
        signal.raise()
      }
    }
  }

  private let queue = Queue()

  package init() {}

  deinit {
    queue.state.withLock {
      $0.isStopped = true
      $0.drops += 1
      $0.pieces.removeAll()
    }
    queue.signal.raise()
  }

  /// Puts a piece of work at the end; nothing happens after ``stop()``. Where the system gives no
  /// thread, the work is done at once.
  package func submit(_ piece: @escaping Piece) {
    let starts = queue.state.withLock { state -> Bool in
      guard !state.isStopped else { return false }
      state.pieces.append(piece)
      defer { state.isStarted = true }
      return !state.isStarted
    }
    if starts {
      let queue = queue
      do {
        try BackgroundThread { queue.loop() }.start()
      } catch {
        queue.state.withLock {
          $0.isStarted = false
          $0.pieces.removeAll()
        }
        while piece() {}
        return
      }
    }
    queue.signal.raise()
  }

  /// Drops all pieces, and waits for the end of the present step.
  package func drain() {
    queue.state.withLock {
      $0.drops += 1
      $0.pieces.removeAll()
    }
    queue.signal.wait { queue.state.withLock { !$0.isBusy } }
  }

  /// Waits until all pieces so far are done.
  package func finish() {
    queue.signal.wait { queue.state.withLock { !$0.isBusy && $0.pieces.isEmpty } }
  }

  /// As ``drain()``, and takes no more work: the thread ends.
  package func stop() {
    queue.state.withLock { $0.isStopped = true }
    drain()
    queue.signal.raise()
  }
}
