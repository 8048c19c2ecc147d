/// How well an item goes with those that a customer has, with the ones that speak for it most.
///
/// Add the customer's items in the order of their ids, so that the product is always rounded in
/// the same way.
package struct ItemAffinity: Sendable {
  private var doubt = 1.0
  private var names: [String] = []
  private var ranking: ReasonRanking

  /// - Parameter reasons: How many reasons the output gives at most.
  package init(reasons: Int) {
    ranking = ReasonRanking(limit: max(0, reasons))
  }

  /// Adds an item of the customer's and its similarity to the one that is scored, 0 to 1.
  package mutating func add(_ item: String, similarity: Double) {
    doubt *= 1 - similarity
    ranking.insert(index: names.count, points: similarity)
    names.append(item)
  }

  /// Margin and score are the affinity (see ``ItemSimilarity/affinity(of:to:)``); reasons name the
  /// customer's items, their points are the similarities.
  package var output: ModelOutput {
    ModelOutput(
      margin: 1 - doubt, score: 1 - doubt,
      reasons: ranking.entries.map { Reason(name: names[$0.index], points: $0.points) })
  }
}
