/// The strongest reasons so far, by |points| descending; equals stay in declared order.
struct ReasonRanking {
  private(set) var entries: [(index: Int, points: Double)] = []
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  /// Features come in declared order, so a new one goes behind its equals.
  mutating func insert(index: Int, points: Double) {
    guard points != 0 else { return }
    var place = entries.count
    while place > 0 && entries[place - 1].points.magnitude < points.magnitude { place -= 1 }
    guard place < limit else { return }
    if entries.count == limit { entries.removeLast() }
    entries.insert((index, points), at: place)
  }
}
