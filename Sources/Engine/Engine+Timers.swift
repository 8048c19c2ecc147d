import CivilTime
import Ledger

extension Engine {
  /// Fires the timers that are due at `time`, in order of due time, then of having been set, each
  /// with all its consequences before the next.
  /// - Parameters:
  ///   - recordedAt: The ledger time of a timer with a given due time.
  ///   - limit: How many at most.
  ///   - finishesWork: Whether sliced work that a timer begins is finished before the next, or only
  ///     what is small.
  /// - Returns: How many were fired.
  @discardableResult
  func fireTimers(
    until time: Int64, recordedAt: (Int64) -> Int64, limit: Int = .max, finishesWork: Bool
  ) throws -> Int {
    var fired = 0
    while fired < limit, let timer = context.timers.queue.first, timer.due <= time {
      _ = context.timers.queue.removeFirst()
      guard let firing = timerOwners[Int(timer.owner)].firing(of: timer) else { continue }
      ledgerTime = max(ledgerTime, recordedAt(timer.due))
      append(firing, of: timer)
      cascade()
      try continueWork(all: finishesWork)
      fired += 1
      try commitIfLarge()
    }
    return fired
  }

  /// Whether a timer of the queue is still set.
  package func isSet(_ timer: Timer) -> Bool {
    timerOwners[Int(timer.owner)].firing(of: timer) != nil
  }

  /// Drops the timers at the front of the queue that their owners have dropped.
  func dropStaleTimers() {
    while let timer = context.timers.queue.first,
      timerOwners[Int(timer.owner)].firing(of: timer) == nil
    {
      _ = context.timers.queue.removeFirst()
    }
  }

  private func append(_ firing: TimerFiring, of timer: Timer) {
    let type = typeNumber(of: EventType.timerFired)
    let program = firing.program.isEmpty ? 0 : programNumber(of: firing.program)
    let source = Array(OwnSource.timer.utf8)
    let externalID = Array("\(firing.owner)@\(RFC3339.string(microseconds: timer.due))".utf8)
    let id = EventID(source: source, externalID: externalID)
    let time = ledgerTime
    let setter = event(at: timer.setBy)
    append(
      header: { position in
        EventHeader(
          kind: .timer, type: type, recordedAt: time, occurredAt: time, cause: timer.setBy,
          root: setter?.header.root ?? position, id: id, program: program)
      }, subject: firing.subject, source: source, externalID: externalID,
      payload: firing.payload, depth: 0)
  }
}
