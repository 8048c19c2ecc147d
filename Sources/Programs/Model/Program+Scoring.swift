package import Expressions

extension Program {
  /// How a trigger is scored: by one score, or by several of which one counts or that are combined.
  package struct Scoring: Sendable {
    /// The scores in the order in which they are computed. One without a name where the program
    /// has a single one.
    package let scores: [Score]
    /// What `score.value` is.
    package let main: MainScore

    /// Whether the program has a single score without a name.
    package var isSingle: Bool { scores.count == 1 && scores[0].name.isEmpty }
  }

  /// What the score of a decision is.
  package enum MainScore: Sendable {
    /// One of the scores, by its index.
    case score(Int)
    case combination(Combination)
  }

  /// Several scores made one by an expression.
  package struct Combination: Sendable {
    /// A number; a failure and a number that is not finite count as none.
    package let value: CompiledExpression
    /// SHA-256 of the expression's text, in hex: decisions name it as the model.
    package let hash: String
    /// The score where the expression gives none; nil: the decision fails.
    package let fallback: Double?
  }

  /// One score of a trigger.
  package struct Score: Sendable {
    /// What expressions call it below `scores`; empty for the single score of a program.
    package let name: String
    /// What computes it.
    package let model: ModelReference
    /// What the model is told. An error, and null, count as a missing value.
    ///
    /// For a model of the program's own one for each of its features, in its order; for a
    /// registered one in the order of the file, to be matched by name.
    package let features: [NamedExpression]
    /// The score if the model gives none; nil: the decision fails.
    package let fallback: Double?
    /// Names for ranges of a named score, highest threshold first; the single score and the main
    /// one go by ``Program/levels``.
    package let levels: [Level]
    /// SHA-256 over what the features are: their names and expressions, and the definitions of
    /// what these read. Equal for equal specifications, also in another program. In hex.
    package let specification: String
  }

  /// Which model computes a score.
  package enum ModelReference: Sendable {
    /// One of the program's files.
    case own(ScoringModel)
    /// The latest that was registered under this id when the decision is made.
    case registered(id: String)
    /// The registered one of this hash, in hex, whatever its id.
    case hash(String)
    /// A scorer elsewhere, whose answer the decision waits for.
    case remote(RemoteScorer)

    /// Whether it is one of the program's files, so that the program's version says which.
    package var isOwn: Bool {
      if case .own = self { true } else { false }
    }

    /// How messages name it.
    package var name: String {
      switch self {
      case .own(let model): model.id
      case .registered(let id): id
      case .hash(let hash): String(hash.prefix(12))
      case .remote(let scorer): scorer.url
      }
    }
  }

  /// A scorer that is asked over HTTP.
  package struct RemoteScorer: Hashable, Sendable {
    /// Where it is asked.
    package let url: String
    /// How long a decision waits for the answer.
    package let timeoutMicroseconds: Int64
  }

  /// The only score, or the score that counts; nil where there is none, or a combination.
  package var score: Score? {
    guard let scoring, case .score(let index) = scoring.main else { return nil }
    return scoring.scores[index]
  }
}

extension Program {
  /// The models of items among the program's own, in the order of the scores.
  package var itemModels: [ItemModel] {
    (scoring?.scores ?? []).compactMap { score in
      guard case .own(let model) = score.model, case .items(let items) = model.content else {
        return nil
      }
      return items
    }
  }
}
