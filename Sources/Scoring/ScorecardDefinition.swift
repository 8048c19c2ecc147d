/// A scorecard as somebody wrote it down, unchecked. ``Scorecard`` checks it.
package struct ScorecardDefinition: Equatable, Sendable {
  /// The model's name, for messages.
  package var id: String
  /// The points that everybody has.
  package var intercept: Double
  /// How the margin becomes a score: `logistic`, `clipped` or `identity`.
  package var link: String
  /// How many reasons an output gives at most.
  package var reasons: Int
  /// The unit of the points, where it is not log-odds.
  package var scale: ScorecardScale?
  /// The features, in the order in which their points are summed.
  package var features: [Feature]

  /// A definition; see the properties for the meanings.
  package init(
    id: String, intercept: Double = 0, link: String = "logistic", reasons: Int = 4,
    scale: ScorecardScale? = nil, features: [Feature]
  ) {
    self.id = id
    self.intercept = intercept
    self.link = link
    self.reasons = reasons
    self.scale = scale
    self.features = features
  }

  /// One feature and its bins: all of them numeric intervals, or all of them categories.
  package struct Feature: Equatable, Sendable {
    /// The feature's name, unique in the scorecard.
    package var name: String
    /// The points of an unremarkable value, from which reasons are measured.
    package var neutral: Double
    /// The points where the value is missing; nil stands for the neutral points.
    package var missing: Double?
    /// The points where no bin matches. A value of the wrong kind matches no bin; it counts as
    /// missing where there is no `otherwise`.
    package var otherwise: Double?
    /// Intervals in ascending order, or categories in any order.
    package var bins: [Bin]

    /// A feature; see the properties for the meanings.
    package init(
      name: String, neutral: Double = 0, missing: Double? = nil, otherwise: Double? = nil,
      bins: [Bin]
    ) {
      self.name = name
      self.neutral = neutral
      self.missing = missing
      self.otherwise = otherwise
      self.bins = bins
    }
  }

  /// Points for the numbers of an interval or for one category.
  package struct Bin: Equatable, Sendable {
    /// The interval's lower end, which belongs to it; nil is minus infinity.
    package var from: Double?
    /// The interval's upper end, which does not belong to it; nil is plus infinity.
    package var to: Double?
    /// The category's exact text; flags are the texts `true` and `false`.
    package var equals: String?
    /// The points for a value in the bin.
    package var points: Double

    /// A numeric bin for `from` <= value < `to`.
    package init(from: Double? = nil, to: Double? = nil, points: Double) {
      self.init(from: from, to: to, equals: nil, points: points)
    }

    /// A bin for one category.
    package init(equals: String, points: Double) {
      self.init(from: nil, to: nil, equals: equals, points: points)
    }

    /// A bin from all fields as a file gives them; ``Scorecard`` refuses senseless combinations.
    package init(from: Double?, to: Double?, equals: String?, points: Double) {
      self.from = from
      self.to = to
      self.equals = equals
      self.points = points
    }
  }
}

/// The unit of a scorecard's points, as credit scoring gives it: so many points double the odds,
/// and an anchor says which points stand for which odds.
///
/// After Siddiqi, Credit Risk Scorecards (Wiley 2006), chapter 6, "Scorecard scaling":
///
///     points = offset + factor * ln(odds)
///     factor = pointsToDoubleOdds / ln 2
///     offset = anchorPoints - factor * ln(anchorOdds)
///
/// A scorecard with a scale sums points of this kind and turns them back into log-odds,
/// margin = (points - offset) / factor, before the link. The odds here are those *for* the event
/// that the score predicts; credit scoring mostly counts good to bad.
package struct ScorecardScale: Equatable, Sendable {
  /// The points that double the odds ("PDO"), for instance 20. Above 0.
  package var pointsToDoubleOdds: Double
  /// Points that stand for `anchorOdds`, for instance 600.
  package var anchorPoints: Double
  /// Odds for the event, for instance 50 for 50 to 1. Above 0.
  package var anchorOdds: Double

  /// A scale; 20 points to double the odds and 600 points for 50 to 1 are the textbook's.
  package init(pointsToDoubleOdds: Double, anchorPoints: Double, anchorOdds: Double) {
    self.pointsToDoubleOdds = pointsToDoubleOdds
    self.anchorPoints = anchorPoints
    self.anchorOdds = anchorOdds
  }
}
