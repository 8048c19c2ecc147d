/// What is known of one item: how many customers have it, and with which others they have it.
///
/// The neighbours are bounded. When a new one finds no place, it takes the place of the one that
/// was met the least often, and starts with that one's count, remembered as its error: Metwally,
/// Agrawal and El Abbadi's Space-Saving (ICDT 2005). A neighbour's true count lies between
/// `count - error` and `count`, and every neighbour that was met more often than the least count is
/// there.
package struct ItemNeighbours: Equatable, Sendable {
  /// One neighbour.
  package struct Neighbour: Equatable, Sendable {
    /// The other item's id.
    package let item: String
    /// How many customers have both, at most.
    package var count: Int64
    /// By how much `count` may be too large.
    package var error: Int64

    /// A neighbour from its parts.
    package init(item: String, count: Int64, error: Int64) {
      self.item = item
      self.count = count
      self.error = error
    }

    /// How many customers have both, at least.
    package var certainCount: Int64 { count - error }
  }

  /// How many customers have the item.
  package private(set) var customers: Int64
  /// The neighbours, in the order of their ids' bytes.
  package private(set) var neighbours: [Neighbour]

  /// An item that nobody has.
  package init() {
    customers = 0
    neighbours = []
  }

  /// An item as it was stored.
  /// - Throws: Where the neighbours are not in the order of their ids, or counts contradict each
  ///   other.
  package init(customers: Int64, neighbours: [Neighbour]) throws(ItemNeighboursError) {
    guard customers >= 0 else { throw ItemNeighboursError(index: nil) }
    for (index, neighbour) in neighbours.enumerated() {
      guard neighbour.error >= 0 && neighbour.count > neighbour.error,
        neighbour.certainCount <= customers,
        index == 0 || TextKey(neighbours[index - 1].item) < TextKey(neighbour.item)
      else { throw ItemNeighboursError(index: index) }
    }
    self.customers = customers
    self.neighbours = neighbours
  }

  /// Counts a customer who has the item now.
  package mutating func addCustomer() { customers += 1 }

  /// Counts a customer who has the item and `other`.
  ///
  /// - Parameter capacity: How many neighbours are kept, at least 1.
  package mutating func add(_ other: String, capacity: Int) {
    let index = place(of: other)
    if index < neighbours.count && neighbours[index].item.hasSameBytes(as: other) {
      neighbours[index].count += 1
      return
    }
    guard neighbours.count >= capacity else {
      neighbours.insert(Neighbour(item: other, count: 1, error: 0), at: index)
      return
    }
    // The least often met goes, of equals the one with the greatest id.
    var least = 0
    for index in neighbours.indices where neighbours[index].count <= neighbours[least].count {
      least = index
    }
    let count = neighbours.remove(at: least).count
    neighbours.insert(
      Neighbour(item: other, count: count + 1, error: count), at: place(of: other))
  }

  /// How many customers have the item and `other`, at least; 0 where it is no neighbour.
  package func certainCount(with other: String) -> Int64 {
    let index = place(of: other)
    guard index < neighbours.count && neighbours[index].item.hasSameBytes(as: other) else {
      return 0
    }
    return neighbours[index].certainCount
  }

  /// The index of the first neighbour whose id is not before `item`, by halving.
  private func place(of item: String) -> Int {
    let key = TextKey(item)
    var lower = 0
    var upper = neighbours.count
    while lower < upper {
      let middle = (lower + upper) / 2
      if TextKey(neighbours[middle].item) < key { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}

/// Why a stored item was refused.
package struct ItemNeighboursError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The neighbour's index from 0; nil: the item itself.
  package let index: Int?

  /// The place, the fault and the mend in a line.
  package var description: String {
    let place = index.map { "neighbours[\($0)]" } ?? "customers"
    return "\(place): the counts contradict each other or the order is wrong; rebuild the item"
  }
}
