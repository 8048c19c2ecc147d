/// A moment at which somebody does something.
struct Wake {
  /// What is to happen.
  enum Kind: UInt8 {
    case join
    case session
    case visit
    case script
    case delivery
    case change
    case attack
    case intrusion
    case stock
  }

  /// Microseconds since 1970 UTC.
  var time: Int64
  /// Who (upper half) and how often he had something planned before (lower half).
  var order: UInt64
  /// A slot of what `kind` needs to know.
  var argument: UInt32
  var kind: Kind

  /// The customer's number, or 2^31 and more for a product.
  var lane: Int { Int(order >> 32) }

  /// The rule for ties: at one moment customers come in the order of their numbers, then products,
  /// and each does things in the order in which he planned them.
  func precedes(_ other: Wake) -> Bool {
    time == other.time ? order < other.order : time < other.time
  }
}

/// A binary heap of wakes, the earliest first.
///
/// Nearly every wake plans its successor, so the first is taken out as a hole at the root, and what
/// is inserted next falls into it: one way down instead of two.
struct WakeHeap {
  private var wakes: [Wake] = []
  private var hasHole = false

  /// How many wakes are planned.
  var count: Int { wakes.count - (hasHole ? 1 : 0) }

  /// The earliest wake. A hole must have been closed.
  var first: Wake? {
    assert(!hasHole, "the hole is closed before the next look")
    return wakes.first
  }

  /// Takes out the earliest wake, which must exist, and leaves a hole.
  mutating func takeFirst() -> Wake {
    hasHole = true
    return wakes[0]
  }

  /// Adds a wake. Cost: logarithmic.
  mutating func insert(_ wake: Wake) {
    if hasHole {
      hasHole = false
      sink(wake)
    } else {
      wakes.append(wake)
      rise(from: wakes.count - 1)
    }
  }

  /// Fills a hole that no insertion has filled.
  mutating func closeHole() {
    guard hasHole else { return }
    hasHole = false
    let last = wakes.removeLast()
    if !wakes.isEmpty { sink(last) }
  }

  private mutating func sink(_ wake: Wake) {
    let count = wakes.count
    var index = 0
    while true {
      var child = 2 * index + 1
      guard child < count else { break }
      if child + 1 < count, wakes[child + 1].precedes(wakes[child]) { child += 1 }
      guard wakes[child].precedes(wake) else { break }
      wakes[index] = wakes[child]
      index = child
    }
    wakes[index] = wake
  }

  private mutating func rise(from start: Int) {
    var index = start
    let wake = wakes[index]
    while index > 0 {
      let parent = (index - 1) / 2
      guard wake.precedes(wakes[parent]) else { break }
      wakes[index] = wakes[parent]
      index = parent
    }
    wakes[index] = wake
  }
}

/// Numbered slots that are used again after they were given back.
struct Slots<Element> {
  private var elements: [Element?] = []
  private var free: [UInt32] = []

  /// Keeps `element` and returns its number.
  mutating func add(_ element: Element) -> UInt32 {
    if let slot = free.popLast() {
      elements[Int(slot)] = element
      return slot
    }
    elements.append(element)
    return UInt32(elements.count - 1)
  }

  /// The element of a slot in use.
  subscript(_ slot: UInt32) -> Element {
    get { elements[Int(slot)]! }
    set { elements[Int(slot)] = newValue }
  }

  /// Gives a slot back.
  mutating func remove(_ slot: UInt32) {
    elements[Int(slot)] = nil
    free.append(slot)
  }
}
