import Glibc
import Ledger
import Synchronization

/// A thread for work that may wait, one piece after the other. It is started with the first piece.
///
/// Each piece asks now and then whether it is to end early.
package final class BackgroundWork: Sendable {
  /// Whether the piece that runs is to end early.
  package typealias Cancellation = @Sendable () -> Bool

  /// A piece of work.
  package typealias Piece = @Sendable (Cancellation) -> Void

  private struct State: Sendable {
    var pieces: [Piece] = []
    var isStarted = false
    var isBusy = false
    var isStopped = false
  }

  /// What the thread shares with the owner, and outlives it.
  private final class Queue: Sendable {
    let state = Mutex(State())
    let isCancelled = Atomic(false)
    let signal = Signal()

    func loop() {
      // Whoever waits for an answer comes first. In Linux 0 means the calling thread.
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
      while true {
        signal.wait { state.withLock { !$0.pieces.isEmpty || $0.isStopped } }
        let (piece, isOver) = state.withLock { state -> (Piece?, Bool) in
          guard !state.pieces.isEmpty else { return (nil, state.isStopped) }
          state.isBusy = true
          return (state.pieces.removeFirst(), false)
        }
        if isOver { return }
        // What waited may have been dropped meanwhile.
        guard let piece else { continue }
        piece { [self] in isCancelled.load(ordering: .relaxed) }
        state.withLock { $0.isBusy = false }
        signal.raise()
      }
    }
  }

  private let queue = Queue()

  package init() {}

  deinit {
    queue.state.withLock {
      $0.isStopped = true
      $0.pieces.removeAll()
    }
    queue.isCancelled.store(true, ordering: .relaxed)
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
        return piece { false }
      }
    }
    queue.signal.raise()
  }

  /// Drops what waits, lets the present piece end early, and waits for that.
  package func drain() {
    queue.state.withLock { $0.pieces.removeAll() }
    queue.isCancelled.store(true, ordering: .relaxed)
    queue.signal.wait { queue.state.withLock { !$0.isBusy } }
    queue.isCancelled.store(false, ordering: .relaxed)
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
