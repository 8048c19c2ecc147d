import Batches

/// The items of a batch that passed, in the order in which they are decided: the highest rank first,
/// items of equal rank by their numbers, at most so many of a customer.
///
/// Each slice's items are sorted already; they are merged as they are needed, so that no turn has to
/// look at all of them.
struct BatchRanking {
  private var slices: [[PassedRow.Item]] = []
  /// The next item of each slice.
  private var places: [Int] = []
  /// Slices by their next items, the first one at the root: a binary heap.
  private var heap: [Int] = []
  private let perCustomer: Int?
  private var counts: [UInt32: Int] = [:]

  /// - Parameter perCustomer: How many items of one customer at most; nil: all.
  init(perCustomer: Int?) {
    self.perCustomer = perCustomer
  }

  /// How many slices are in it.
  var sliceCount: Int { slices.count }

  /// Adds a slice's items, in their order. None may have been taken yet.
  mutating func add(_ slice: [PassedRow.Item]) {
    slices.append(slice)
    places.append(0)
    guard !slice.isEmpty else { return }
    var child = heap.count
    heap.append(slices.count - 1)
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// The next item; nil: that was all.
  mutating func next() -> PassedRow.Item? {
    while let slice = heap.first {
      let item = slices[slice][places[slice]]
      places[slice] += 1
      if places[slice] == slices[slice].count {
        let last = heap.removeLast()
        if !heap.isEmpty { heap[0] = last }
      }
      sink(0)
      guard let perCustomer else { return item }
      if counts[item.customer, default: 0] < perCustomer {
        counts[item.customer, default: 0] += 1
        return item
      }
    }
    return nil
  }

  private mutating func sink(_ index: Int) {
    var parent = index
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, precedes(heap[child + 1], heap[child]) { child += 1 }
      guard precedes(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    slices[left][places[left]].precedes(slices[right][places[right]])
  }
}
