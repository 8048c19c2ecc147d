/// A logistic regression as somebody wrote it down, unchecked. ``LogisticModel`` checks it.
package struct LogisticDefinition: Equatable, Sendable {
  /// The model's name, for messages.
  package var id: String
  /// The margin before any feature.
  package var intercept: Double
  /// How many reasons an output gives at most.
  package var reasons: Int
  /// What the probability stands for; nil: itself.
  package var calibration: CalibrationTable?
  /// The features, in the order in which their points are summed.
  package var features: [Feature]

  /// A definition; see the properties for the meanings.
  package init(
    id: String, intercept: Double = 0, reasons: Int = 4, calibration: CalibrationTable? = nil,
    features: [Feature]
  ) {
    self.id = id
    self.intercept = intercept
    self.reasons = reasons
    self.calibration = calibration
    self.features = features
  }

  /// One feature and how its value becomes points in log-odds.
  package struct Feature: Equatable, Sendable {
    /// The feature's name, unique in the model.
    package var name: String
    /// How a value becomes points.
    package var shape: Shape
    /// The points where the value is missing or of the wrong kind; nil: those of the mean, which
    /// are 0, or the neutral points of bins.
    package var missing: Double?

    /// A feature; see the properties for the meanings.
    package init(name: String, shape: Shape, missing: Double? = nil) {
      self.name = name
      self.shape = shape
      self.missing = missing
    }
  }

  /// How a value becomes points.
  package enum Shape: Equatable, Sendable {
    /// In proportion to the value.
    case linear(Linear)
    /// By intervals or categories, as a scorecard's: what lies in no bin takes `otherwise`; reasons
    /// are measured from `neutral`.
    case bins([ScorecardDefinition.Bin], otherwise: Double?, neutral: Double)
  }

  /// Points in proportion to a standardised value: weight * (value - mean) / deviation.
  package struct Linear: Equatable, Sendable {
    /// The points for each deviation above the mean.
    package var weight: Double
    /// The value that has no points, mostly the mean of the training data.
    package var mean: Double
    /// What counts as one; the standard deviation of the training data, or 1. Above 0.
    package var deviation: Double
    /// The value below which the points stay as they are.
    package var minimum: Double?
    /// The value above which the points stay as they are.
    package var maximum: Double?

    /// A shape; see the properties for the meanings.
    package init(
      weight: Double, mean: Double = 0, deviation: Double = 1, minimum: Double? = nil,
      maximum: Double? = nil
    ) {
      self.weight = weight
      self.mean = mean
      self.deviation = deviation
      self.minimum = minimum
      self.maximum = maximum
    }
  }
}

/// Why a definition is no logistic regression: where it is wrong, what is wrong, and the mend.
package struct LogisticModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The definition's id.
  package let model: String
  /// The feature's name, where the fault lies in one.
  package let feature: String?
  /// The bin's index from 0, where the fault lies in one.
  package let bin: Int?
  /// What was found.
  package let message: String
  /// What to write instead.
  package let mend: String

  /// The place, the fault and the mend in a line.
  package var description: String {
    var place = "model \(model)"
    if let feature { place += ", feature \(feature)" }
    if let bin { place += ", bins[\(bin)]" }
    return "\(place): \(message); \(mend)"
  }
}
