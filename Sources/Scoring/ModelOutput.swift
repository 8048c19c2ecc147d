/// A model's answer for one subject.
package struct ModelOutput: Equatable, Sendable {
  /// The raw sum before the link: log-odds where the link is logistic.
  package let margin: Double
  /// The answer proper; a probability from 0 to 1 unless the link is identity.
  package let score: Double
  /// The features that moved the score most, the strongest first.
  package let reasons: [Reason]

  /// An answer from its parts.
  package init(margin: Double, score: Double, reasons: [Reason]) {
    self.margin = margin
    self.score = score
    self.reasons = reasons
  }
}

/// One feature's part in a score.
package struct Reason: Equatable, Sendable {
  /// The feature's name.
  package let name: String
  /// By how much the feature moved the sum away from its neutral points, in the model's points.
  package let points: Double

  /// A reason from its parts.
  package init(name: String, points: Double) {
    self.name = name
    self.points = points
  }
}
