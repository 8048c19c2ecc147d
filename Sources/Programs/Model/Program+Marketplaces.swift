extension Program {
  /// What differs for customers of a marketplace, beside params; nil fields are the program's own.
  package struct Marketplace: Sendable {
    /// Whether triggers of its customers are decided about: else they are rejected (`marketplace`),
    /// and the customers belong to no population.
    package let isEnabled: Bool
    /// The zone of its customers without one.
    package let timeZone: String?
    /// The quiet hours of sends without their own; `.some(nil)`: none.
    package let quietHours: QuietHours??
    /// The share of its customers that is left alone, 0…10,000, by the buckets of the program.
    package let holdoutBasisPoints: Int?
    /// The lowest score that is acted on.
    package let threshold: Double?
    /// Names for ranges of the score, highest threshold first.
    package let levels: [Level]?
    /// The template that takes a template's place, both by their indexes in `Program.templates`.
    package let templates: [Int: Int]
  }

  /// The time zones that the program names for customers without one, its own first.
  package var timeZones: [String] {
    [timeZone] + sortedByBytes(marketplaces.keys).compactMap { marketplaces[$0]?.timeZone }
  }
}
