import Batches
import Engine
import Journeys

extension Store {
  /// The number under which reports set timers.
  static let reportOwner: UInt8 = 6

  /// When the last of the timers is due that draining waits for: all but those of schedules, and of
  /// runs that schedules have begun since `start`; nil: there is none.
  ///
  /// Whoever drains advances to that moment and asks again. On the way schedules fire as they become
  /// due, so that a program that starts a population every week would never let it end otherwise.
  /// - Parameter start: The ledger's end when the draining began. Cost: a look at every timer.
  package func drainEnd(since start: UInt64) -> Int64? {
    var last: Int64?
    // Many runs have begun in one slice.
    var scheduled: [UInt64: Bool] = [:]
    context.timers.queue.forEach { timer in
      guard timer.owner != batches.owner, timer.owner != Self.reportOwner,
        last.map({ timer.due > $0 }) ?? true,
        engine.isSet(timer)
      else { return }
      if timer.owner == journeys.owner {
        let trigger = journeys.runs.withRow(timer.item) { $0.trigger } ?? 0
        if trigger > start {
          let isScheduled =
            scheduled[trigger] ?? batches.isScheduled(sliceAt: trigger, after: start)
          scheduled[trigger] = isScheduled
          if isScheduled { return }
        }
      }
      last = timer.due
    }
    return last
  }
}
