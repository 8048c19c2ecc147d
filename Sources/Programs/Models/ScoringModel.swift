package import Expressions
package import Scoring

/// A checked model with the hash of what it was read from.
package struct ScoringModel: Sendable {
  /// The kinds by the names that files use.
  package enum Kind: String, Sendable, CaseIterable {
    case scorecard, logistic, trees
    case bgNBD = "bg-nbd"
    case mbgNBD = "mbg-nbd"
    case itemSimilarity = "item-similarity"
  }

  /// What computes the score.
  package enum Content: Sendable {
    /// A function of features.
    case features(Model)
    /// What customers have in common, as the ledger tells it.
    case items(ItemModel)
  }

  /// The model's name: of its file, without `.yaml`.
  package let id: String
  package let kind: Kind
  /// In hex: SHA-256 of the model's file, or, where it has two, of the deterministic CBOR map of
  /// file name to bytes.
  package let hash: String
  package let content: Content

  /// The features' names in the model's order.
  package var featureNames: [String] {
    switch content {
    case .features(let model): model.featureNames
    case .items: [ItemModel.feature]
    }
  }
}

/// A model of items that go together, kept up to date from the ledger: the score of an item is its
/// affinity to those that the customer has met.
package struct ItemModel: Sendable {
  /// The only feature: the item that is scored, a text or a whole number.
  package static let feature = "item"

  /// The types of events by which a customer meets an item, sorted by their bytes.
  package let types: [String]
  /// The list whose elements are looked at one by one; nil: the event itself, once.
  package let each: CompiledExpression?
  /// The variable that holds the element; empty without `each`.
  package let elementName: String
  /// Which events or elements count; nil: all.
  package let filter: CompiledExpression?
  /// The item's id: a text or a whole number.
  package let item: CompiledExpression
  /// How counts become similarities.
  package let measure: ItemSimilarity.Measure
  /// How many neighbours are kept of an item.
  package let capacity: Int
  /// How many items are kept of a customer; the oldest goes.
  package let itemsOfCustomer: Int
  /// How many reasons an output gives at most.
  package let reasons: Int
  /// Equal for models whose counts are the same, also in another program: they share them.
  package let identity: String
}
