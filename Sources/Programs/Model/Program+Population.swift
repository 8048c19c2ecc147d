package import CivilTime
package import Expressions

extension Program {
  /// When a population is started by the clock.
  package struct Schedule: Sendable {
    /// The moments.
    package let cron: CronExpression
    /// The zone whose clocks the cron expression is read by, as it is named; `UTC` by default.
    package let timeZone: String
    /// The zone's rules; nil: UTC.
    package let zone: TimeZoneTable?
    /// What becomes of moments at which nobody ran.
    package let missed: MissedMoment

    /// The first moment after `time`; nil: there is none any more.
    package func next(after time: Int64) -> Int64? {
      cron.next(after: time, in: zone)
    }
  }

  /// What becomes of moments of a schedule at which nobody ran.
  package enum MissedMoment: String, Sendable, CaseIterable {
    /// All of them together start one population.
    case once
    /// Each starts one.
    case all
    /// They are skipped, with an event that says so.
    case none
  }

  /// Who or what is decided about in one go: items, each of a customer.
  package struct Population: Sendable {
    /// Whose keys are the items, an index in `Program.entities`; nil: the customers themselves.
    package let entity: Int?
    /// The customer's id, for an entity; nil: the item is the customer.
    package let customer: CompiledExpression?
    /// The run's key; nil: the item's key.
    package let key: CompiledExpression?
    /// Whether an item belongs to the population; nil: each does. An error counts as false.
    package let filter: CompiledExpression?
    /// What `event.NAME` is while an item is decided, before the fields of the starting event.
    package let data: [NamedExpression]
    /// What those that pass are ordered by, the highest first; nil: the score, or nothing where
    /// there is no score.
    package let rank: CompiledExpression?
    /// How many are decided in full at most, the first ones; nil: all.
    package let limit: CompiledExpression?
    /// How many of one customer's items at most; nil: all.
    package let perCustomer: Int?

    /// Whether all items have to be looked at before the first is decided in full.
    package var isRanked: Bool { rank != nil || limit != nil || perCustomer != nil }
  }
}
