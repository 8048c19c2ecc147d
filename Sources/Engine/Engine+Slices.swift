import Ledger

extension Engine {
  /// Whether sliced work waits to be gone on with.
  package var hasSlices: Bool { work?.isWaiting ?? false }

  /// Does the next slices of the work that waits, as a turn of their own under the machine's clock.
  ///
  /// Under the event clock virtual time stands still while work goes on: it is finished before the
  /// next input or timer, so that the ledger does not depend on how the inputs were handed over.
  /// - Parameters:
  ///   - now: Microseconds since 1970 UTC. Timers due by then are fired first.
  ///   - isOver: Asked now and then whether the turn is to end, as something else waits or as it has
  ///     taken long; at least a few items are done before. nil: one slice is done.
  /// - Returns: false: nothing waited.
  /// - Throws: As ``turn(_:clock:commits:)``.
  @discardableResult
  package func slice(now: Int64, until isOver: (() -> Bool)? = nil) throws -> Bool {
    try checkIsWorking()
    guard hasSlices else { return false }
    let time = max(now, ledgerTime)
    try fireTimers(until: time, recordedAt: { _ in time }, finishesWork: false)
    ledgerTime = time
    let isDone = appendSlice(until: isOver)
    if let isOver, isDone {
      while hasSlices, !isOver(), appendSlice(until: isOver) { try commitIfLarge() }
    }
    try commit()
    return isDone
  }

  /// Goes on with the work that waits: all of it, or only what is small.
  func continueWork(all: Bool) throws {
    guard let work else { return }
    while work.isWaiting, all || work.isSmall {
      guard appendSlice(until: nil) else { return }
      try commitIfLarge()
    }
  }

  /// Appends the next slice with all that it brings about, in the open turn.
  private func appendSlice(until isOver: (() -> Bool)?) -> Bool {
    guard let work, let slice = work.nextSlice(now: ledgerTime, until: isOver),
      let cause = event(at: slice.cause)
    else { return false }
    append(slice.emission, causedBy: cause, ordinal: slice.ordinal, depth: 1)
    let event = pending[pending.count - 1]
    cascade()
    var ordinals: [String: UInt32] = [:]
    for step in 0..<slice.steps {
      emissions.removeAll()
      work.take(step, of: event, emitting: &emissions)
      append(emissions.list, causedBy: event, depth: 1, ordinals: &ordinals)
      cascade()
    }
    if let conclusion = work.conclusion(after: event) {
      append(conclusion, causedBy: cause, ordinal: slice.ordinal + 1, depth: 1)
      cascade()
    }
    return true
  }
}
