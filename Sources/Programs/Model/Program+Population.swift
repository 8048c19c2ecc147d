package import CivilTime
package import Expressions

extension Program {
  /// When a population is started by the clock.
  package struct Schedule: Sendable {
    /// The moments.
    package let cron: CronExpression
    /// The zone whose clocks the cron expression is read by, as it is named; `UTC` by default.
    package let timeZone: String
    /// The zone's rules out of the program's folder; nil: UTC, or the ledger's rules.
    package let zone: TimeZoneTable?
    /// What becomes of moments at which nobody ran.
    package let missed: MissedMoment

    /// Whether the zone's rules are those of the ledger.
    package var usesLedgerZone: Bool { zone == nil && timeZone != "UTC" }

    /// The first moment after `time`; nil: there is none any more.
    /// - Parameter ledgerZone: The zone's rules in the ledger, for a schedule that goes by them.
    package func next(after time: Int64, ledgerZone: TimeZoneTable? = nil) -> Int64? {
      cron.next(after: time, in: zone ?? ledgerZone)
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
    /// Of an entity: only keys that an event has concerned since so many microseconds before the start,
    /// counted from the full hour (UTC); nil: all keys that ever were.
    package let since: Int64?
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
