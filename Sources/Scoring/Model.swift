/// Any model that scores a subject by its features.
///
/// A model that has no answer for a subject gives a score that is not finite; whoever asked then
/// takes a fallback. Scorecards, logistic regressions and boosted trees always have one.
package enum Model: Equatable, Sendable {
  case scorecard(Scorecard)
  case logistic(LogisticModel)
  case boostedTrees(BoostedTrees)
  case purchases(PurchaseModel)

  /// The kinds by the names that files use.
  package enum Kind: String, Equatable, Sendable, CaseIterable {
    case scorecard
    case logistic
    case boostedTrees = "boosted-trees"
    case buyTillYouDie = "buy-till-you-die"
  }

  /// The model's kind.
  package var kind: Kind {
    switch self {
    case .scorecard: .scorecard
    case .logistic: .logistic
    case .boostedTrees: .boostedTrees
    case .purchases: .buyTillYouDie
    }
  }

  /// The model's name, for messages.
  package var id: String {
    switch self {
    case .scorecard(let model): model.definition.id
    case .logistic(let model): model.id
    case .boostedTrees(let model): model.id
    case .purchases(let model): model.id
    }
  }

  /// The features' names in the model's order, for ``output(for:)-([FeatureValue])``.
  package var featureNames: [String] {
    switch self {
    case .scorecard(let model): model.featureNames
    case .logistic(let model): model.featureNames
    case .boostedTrees(let model): model.featureNames
    case .purchases(let model): model.featureNames
    }
  }

  /// Scores a subject by position: one value for each of ``featureNames``, in that order.
  /// - Precondition: There are as many values as features.
  package func output(for values: [FeatureValue]) -> ModelOutput {
    switch self {
    case .scorecard(let model): model.output(for: values)
    case .logistic(let model): model.output(for: values)
    case .boostedTrees(let model): model.output(for: values)
    case .purchases(let model): model.output(for: values)
    }
  }

  /// Scores a subject by the names of its features. Names that the model does not know are passed
  /// over, features that the vector lacks are missing.
  package func output(for vector: FeatureVector) -> ModelOutput {
    output(for: featureNames.map { vector[$0] })
  }
}
