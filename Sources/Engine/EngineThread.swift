import Ledger
import Synchronization

/// The one thread on which an engine lives, with a bounded queue of work before it.
///
/// `State` is made, used and ended on that thread alone, so it need not be `Sendable`.
package final class EngineThread<State>: Sendable {
  private struct Work: Sendable {
    let body: @Sendable (State) -> Void
  }

  private struct Queue: Sendable {
    var work: [Work] = []
    var isClosed = false
    var isDone = false
  }

  private let queue = Mutex(Queue())
  private let signal = Signal()
  private let limit: Int

  /// Starts the thread and makes the state on it.
  /// - Parameters:
  ///   - limit: Pieces of work that may wait; who submits more waits.
  ///   - make: Makes the state. What it throws is thrown here.
  ///   - end: Ends the state after the last piece of work.
  package init(
    limit: Int = 16, make: @escaping @Sendable () throws -> State,
    end: @escaping @Sendable (State) -> Void
  ) throws {
    self.limit = limit
    let outcome = Mutex<Result<Void, any Error>?>(nil)
    let started = Signal()
    let thread = BackgroundThread { [self] in
      let state: State
      do {
        state = try make()
        outcome.withLock { $0 = .success(()) }
        started.raise()
      } catch {
        let failure = error
        outcome.withLock { $0 = .failure(failure) }
        started.raise()
        return
      }
      loop(state)
      end(state)
      queue.withLock { $0.isDone = true }
      signal.raise()
    }
    try thread.start()
    started.wait { outcome.withLock { $0 != nil } }
    try outcome.withLock { try $0?.get() }
  }

  private func loop(_ state: State) {
    while true {
      signal.wait { queue.withLock { !$0.work.isEmpty || $0.isClosed } }
      let work = queue.withLock { queue -> [Work] in
        defer { queue.work.removeAll() }
        return queue.work
      }
      signal.raise()
      if work.isEmpty && queue.withLock({ $0.isClosed && $0.work.isEmpty }) { return }
      for piece in work { piece.body(state) }
    }
  }

  /// Puts work at the end of the queue, after waiting for room.
  package func submit(_ body: @escaping @Sendable (State) -> Void) {
    signal.wait {
      queue.withLock { queue in
        precondition(!queue.isClosed, "work was submitted to an engine that is closed")
        guard queue.work.count < limit else { return false }
        queue.work.append(Work(body: body))
        return true
      }
    }
    signal.raise()
  }

  /// Does work on the thread, after all that waits, and returns what it gave.
  package func perform<Result: Sendable>(
    _ body: @escaping @Sendable (State) throws -> Result
  ) throws -> Result {
    let outcome = Mutex<Swift.Result<Result, any Error>?>(nil)
    let done = Signal()
    submit { state in
      let result = Swift.Result { try body(state) }
      outcome.withLock { $0 = result }
      done.raise()
    }
    done.wait { outcome.withLock { $0 != nil } }
    guard let result = outcome.withLock({ $0 }) else {
      preconditionFailure("the work was done")
    }
    return try result.get()
  }

  /// Lets the thread finish what waits, end its state, and waits for that.
  package func close() {
    queue.withLock { $0.isClosed = true }
    signal.raise()
    signal.wait { queue.withLock { $0.isDone } }
  }
}
