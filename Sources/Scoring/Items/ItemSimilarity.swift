/// How alike items are, by the customers who have both: those who bought, viewed or otherwise met
/// them.
///
/// Kept up to date one item of one customer at a time, in whole numbers, so that the order in which
/// different customers' items come in changes nothing until an item has more neighbours than are
/// kept. Formulas and sources: <doc:SimilarItems>.
package struct ItemSimilarity: Equatable, Sendable {
  /// How counts become a similarity from 0 to 1.
  package struct Measure: Equatable, Sendable {
    /// What the customers who have both are compared with.
    package enum Kind: String, Equatable, Sendable, CaseIterable {
      /// The geometric mean of those who have the one and the other.
      case cosine
      /// Those who have the first: the share of them who have the second too.
      case conditional
    }

    /// What the common customers are compared with.
    package let kind: Kind
    /// How many common customers it takes to believe half of what they say; 0 believes the first.
    package let shrinkage: Int64

    /// A measure from its parts; a negative shrinkage counts as 0.
    package init(_ kind: Kind, shrinkage: Int64) {
      self.kind = kind
      self.shrinkage = max(0, shrinkage)
    }

    /// The similarity of two items from the counts of customers who have both, the first, and the
    /// second; 0 where nobody has both.
    package func similarity(both: Int64, first: Int64, second: Int64) -> Double {
      guard both > 0 && first > 0 && second > 0 else { return 0 }
      let both = Double(both)
      let base =
        switch kind {
        case .cosine: (Double(first) * Double(second)).squareRoot()
        case .conditional: Double(first)
        }
      return min(both / base, 1) * (both / (both + Double(shrinkage)))
    }
  }

  /// An item and how alike it is to the one asked for.
  package struct Similar: Equatable, Sendable {
    /// The item's id.
    package let item: String
    /// From 0 to 1.
    package let similarity: Double

    /// A similar item from its parts.
    package init(item: String, similarity: Double) {
      self.item = item
      self.similarity = similarity
    }
  }

  /// How counts become similarities.
  package let measure: Measure
  /// How many neighbours are kept of an item.
  package let capacity: Int

  private var items: [TextKey: ItemNeighbours] = [:]

  /// No items yet.
  /// - Parameter capacity: How many neighbours are kept of an item, at least 1.
  package init(measure: Measure, capacity: Int = 128) {
    self.measure = measure
    self.capacity = max(1, capacity)
  }

  /// The number of items.
  package var count: Int { items.count }

  /// What is known of an item; nil for one that nobody has.
  package func neighbours(of item: String) -> ItemNeighbours? { items[TextKey(item)] }

  /// A customer who has the `earlier` items has `item` too from now on.
  ///
  /// Nothing changes where `item` is among the earlier ones; of those a repeated one counts once.
  /// Cost: for each earlier item two searches among the neighbours.
  /// - Returns: Whether the item was new to the customer.
  @discardableResult
  package mutating func add(_ item: String, after earlier: [String]) -> Bool {
    let key = TextKey(item)
    // In the order of ids, so that what is dropped does not depend on the caller's order.
    let others = Set(earlier.map(TextKey.init)).sorted()
    guard !others.contains(key) else { return false }
    items[key, default: ItemNeighbours()].addCustomer()
    for other in others {
      items[key, default: ItemNeighbours()].add(other.text, capacity: capacity)
      items[other, default: ItemNeighbours()].add(item, capacity: capacity)
    }
    return true
  }

  /// How alike two items are, seen from the first; 0 where nobody has both.
  package func similarity(of item: String, to other: String) -> Double {
    guard let first = items[TextKey(item)], let second = items[TextKey(other)] else { return 0 }
    return measure.similarity(
      both: first.certainCount(with: other), first: first.customers, second: second.customers)
  }

  /// The items most like the given one, the most like it first, equals in the order of their ids'
  /// bytes; at most `limit`, and none of similarity 0.
  package func similar(to item: String, limit: Int) -> [Similar] {
    guard limit > 0, let row = items[TextKey(item)] else { return [] }
    var similar: [Similar] = []
    for neighbour in row.neighbours {
      let similarity = measure.similarity(
        both: neighbour.certainCount, first: row.customers,
        second: items[TextKey(neighbour.item)]?.customers ?? 0)
      if similarity > 0 { similar.append(Similar(item: neighbour.item, similarity: similarity)) }
    }
    // The neighbours are in the order of their ids, and the order below is total.
    similar.sort { first, second in
      first.similarity != second.similarity
        ? first.similarity > second.similarity : TextKey(first.item) < TextKey(second.item)
    }
    return Array(similar.prefix(limit))
  }

  /// How well a candidate goes with a customer's items, from 0 to 1: the probability that at least
  /// one of them speaks for it, as if each did so by itself with the probability of its similarity.
  ///
  /// An item given twice counts once, the candidate itself not at all; the order is of no account.
  package func affinity(of items: [String], to candidate: String) -> Double {
    var doubt = 1.0
    for item in Set(items.map(TextKey.init)).sorted() where item != TextKey(candidate) {
      doubt *= 1 - similarity(of: item.text, to: candidate)
    }
    return 1 - doubt
  }
}
