extension Program {
  /// What customers may opt out of, or must opt in to.
  package struct Topic: Hashable, Sendable {
    /// The topic, as `consent.changed` names it.
    package let name: String
    /// Whether silence means no: only those who opted in are written to.
    package let needsOptIn: Bool
  }

  /// At most one run or delivery in a time.
  package struct Cooldown: Hashable, Sendable {
    /// What starts it.
    package enum Measure: String, Sendable, CaseIterable {
      /// A run that began, held out or not.
      case run
      /// A delivery that was requested, on any channel.
      case delivery
    }

    /// How long it lasts: what happened in (now - per, now] rejects.
    package let perMicroseconds: Int64
    /// What starts it.
    package let measure: Measure
    /// Whether those of all programs count, not only of this one.
    package let countsAllPrograms: Bool
  }
}
