/// A moment at which something is to happen.
package struct Timer: Equatable, Sendable {
  /// Ledger time in microseconds.
  package let due: Int64
  /// Position of the event that set it.
  package let setBy: UInt64
  /// Its place among the timers that this event set.
  package let ordinal: UInt32
  /// Which owner set it: an index into the engine's list of owners.
  package let owner: UInt8
  /// What it is to the owner: a run, or a silent entity.
  package let item: UInt32
  /// Which of the item's timers it is.
  package let slot: UInt32

  package init(
    due: Int64, setBy: UInt64, ordinal: UInt32, owner: UInt8, item: UInt32, slot: UInt32
  ) {
    self.due = due
    self.setBy = setBy
    self.ordinal = ordinal
    self.owner = owner
    self.item = item
    self.slot = slot
  }
}

extension Timer: Comparable {
  /// By due time, then in the order of having been set.
  package static func < (left: Timer, right: Timer) -> Bool {
    if left.due != right.due { return left.due < right.due }
    if left.setBy != right.setBy { return left.setBy < right.setBy }
    if left.owner != right.owner { return left.owner < right.owner }
    return left.ordinal < right.ordinal
  }
}

/// The timers of all runs and silences by due time: a binary heap.
///
/// It is an index over the owners' rows, made anew when the engine opens. A timer that its owner
/// dropped stays until it surfaces; the owner is asked then.
package struct TimerQueue {
  private var heap: [Timer] = []

  package init() {}

  package var count: Int { heap.count }

  /// The timer that is due first.
  package var first: Timer? { heap.first }

  /// Hands over every timer, in no order that matters.
  package func forEach(_ body: (Timer) -> Void) {
    heap.forEach(body)
  }

  package mutating func removeAll() {
    heap.removeAll(keepingCapacity: true)
  }

  package mutating func insert(_ timer: Timer) {
    heap.append(timer)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard timer < heap[parent] else { break }
      heap[child] = heap[parent]
      child = parent
    }
    heap[child] = timer
  }

  package mutating func removeFirst() -> Timer {
    let first = heap[0]
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first }
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < last else { break }
      heap[parent] = heap[child]
      parent = child
    }
    heap[parent] = last
    return first
  }
}

/// A projection that keeps timers in its rows.
package protocol TimerOwner: AnyObject {
  /// Hands over every timer that is set, and from now on each that is set in a fold.
  func armAll(in queue: TimerSink)
  /// What `timer.fired` is to say if `timer` is still set, or nil.
  func firing(of timer: Timer) -> TimerFiring?
}

/// The one door through which owners set timers.
package final class TimerSink {
  package var queue = TimerQueue()

  package init() {}
}

/// The event that a due timer becomes.
package struct TimerFiring {
  /// Tells this timer from all others of the same due time; part of the event's external id.
  package let owner: String
  package let program: String
  package let subject: [UInt8]
  /// Deterministic CBOR.
  package let payload: [UInt8]

  package init(owner: String, program: String, subject: [UInt8], payload: [UInt8]) {
    self.owner = owner
    self.program = program
    self.subject = subject
    self.payload = payload
  }
}
