import Batches
import CBOR
import Engine
import Facts
import Features
import Ledger
import Programs

/// How much of a population one slice takes.
package struct SliceSizes: Sendable {
  /// Items that are screened at most. A population of so many is decided before the next input.
  package var items = Limits.sliceItems
  /// Items that are decided in full at most.
  package var decisions = Limits.sliceDecisions
  /// Runs that watch an entity of one event and are moved in one turn at most.
  package var watchers = 256
  /// Items of a report that one turn looks at.
  package var reportItems: UInt64 = 2_048

  package init() {}
}

/// Goes on with the batches that are running, a slice at a time: the one that has waited longest is
/// next.
///
/// A batch without rank, limit or bound a customer screens items and decides those that pass in one
/// slice. Another one first screens all items, which stores a byte for each and the rank of those
/// that pass, and then decides in full in the order of the ranks.
final class BatchRunner: SlicedWork {
  private let parts: BatchParts
  private let sizes: SliceSizes
  /// The ranking of a batch in its second phase, which follows from the tables.
  private var rankings: [UInt32: Ranked] = [:]
  private var generation = -1
  /// The slice that was prepared last, for its steps.
  private var current: Current?

  private struct Ranked {
    var ranking: BatchRanking
    /// How many were taken from it.
    var taken: UInt64
    /// The one after those.
    var next: PassedRow.Item?
  }

  private struct Current {
    let number: UInt32
    let screening: BatchScreening
    /// Items and their customers.
    var steps: [(item: Int, customer: UInt32)] = []
  }

  init(_ parts: BatchParts, sizes: SliceSizes) {
    self.parts = parts
    self.sizes = sizes
  }

  private var batches: Batches { parts.batches }

  var isWaiting: Bool { !batches.running.isEmpty }

  var isSmall: Bool {
    guard let number = nextNumber else { return false }
    return batches.rows.withRow(number) { $0.items <= sizes.items } ?? false
  }

  /// The batch whose last slice is the oldest.
  private var nextNumber: UInt32? {
    var best: (number: UInt32, position: UInt64)?
    for number in batches.running {
      let position = batches.rows.withRow(number) { max($0.lastSlice, $0.position) } ?? 0
      if best.map({ position < $0.position }) ?? true { best = (number, position) }
    }
    return best?.number
  }

  // MARK: - Slices

  func nextSlice(now: Int64) -> Slice? {
    if generation != batches.generation {
      generation = batches.generation
      rankings = [:]
    }
    current = nil
    guard let number = nextNumber, let row = batches.rows.row(number) else { return nil }
    guard parts.programs.active(row.program) != nil,
      let screening = screening(row, now: now)
    else { return slice(ending(row, reason: "deactivated"), row, steps: 0) }
    if row.items == 0 { return slice(ending(row, reason: ""), row, steps: 0) }
    current = Current(number: number, screening: screening)
    return row.isScreened ? deciding(number, row) : screened(row, screening)
  }

  private func slice(_ emission: Emission, _ row: BatchRow, steps: Int) -> Slice {
    Slice(emission: emission, cause: row.position, ordinal: row.slices, steps: steps)
  }

  private func screening(_ row: BatchRow, now: Int64) -> BatchScreening? {
    guard let binding = parts.programs.binding(version: row.version),
      let population = binding.program.population, let start = parts.context.event(row.cause),
      let begun = parts.context.event(row.position)
    else { return nil }
    let entity = population.entity.map { binding.program.entities[$0] }
    return BatchScreening(
      parts: parts, binding: binding, population: population, batch: row.id,
      batchID: begun.header.id, start: start,
      entities: entity.map { parts.features.entities(of: $0) }, now: now)
  }

  /// The next slice of the first phase.
  private func screened(_ row: BatchRow, _ screening: BatchScreening) -> Slice {
    var verdicts: [UInt8] = []
    verdicts.reserveCapacity(sizes.items)
    var passed: [PassedRow.Item] = []
    var customers: [UInt32] = []
    var item = row.screened
    let end = min(row.items, item + UInt64(sizes.items))
    while item < end, row.isRanked || passed.count < sizes.decisions {
      parts.filters.pendingSends.removeAll()
      let result = screening.result(of: Int(item))
      verdicts.append(result.verdict.rawValue)
      if !row.entity.isEmpty, result.verdict != .outside { customers.append(result.customer) }
      if result.verdict == .passed {
        passed.append(
          PassedRow.Item(item: UInt32(item), rank: result.rank, customer: result.customer))
      }
      item += 1
    }
    var fields = BatchEvents.screened(row, verdicts, through: item - 1, screening.binding.program)
    fields += BatchEvents.customers(customers)
    if row.isRanked {
      passed.sort { $0.precedes($1) }
      fields += BatchEvents.ranked(passed)
    } else {
      current?.steps = passed.map { (Int($0.item), $0.customer) }
    }
    return slice(
      BatchEvents.emission(EventType.batchSliced, row, fields), row,
      steps: row.isRanked ? 0 : passed.count)
  }

  /// The next slice of the second phase.
  private func deciding(_ number: UInt32, _ row: BatchRow) -> Slice {
    var ranked = ranked(number, row)
    var chosen: [PassedRow.Item] = []
    while chosen.count < sizes.decisions, let item = ranked.next,
      ranked.taken < row.limit
    {
      chosen.append(item)
      ranked.taken += 1
      ranked.next = ranked.ranking.next()
    }
    rankings[number] = ranked
    current?.steps = chosen.map { (Int($0.item), $0.customer) }
    let fields = BatchEvents.chosen(row, chosen)
    return slice(
      BatchEvents.emission(EventType.batchSliced, row, fields), row, steps: chosen.count)
  }

  private func ranked(_ number: UInt32, _ row: BatchRow) -> Ranked {
    if let known = rankings[number], known.taken == row.chosen { return known }
    let binding = parts.programs.binding(version: row.version)
    var ranking = BatchRanking(
      batches.passed(of: number), perCustomer: binding?.program.population?.perCustomer)
    for _ in 0..<row.chosen { _ = ranking.next() }
    let next = ranking.next()
    return Ranked(ranking: ranking, taken: row.chosen, next: next)
  }

  // MARK: - Decisions

  func take(_ step: Int, of slice: Event, emitting emissions: inout Emissions) {
    guard let current else { return }
    parts.filters.pendingSends.removeAll()
    let (item, customer) = current.steps[step]
    let screening = current.screening
    let decision = screening.decision(customer, key: screening.key(of: item), event: slice)
    for emission in decision.emissions() { emissions.append(emission) }
  }

  func conclusion(after slice: Event) -> Emission? {
    guard let current, let row = batches.rows.row(current.number), row.endedAt == 0,
      row.isScreened
    else { return nil }
    if row.isRanked {
      let ranked = ranked(current.number, row)
      rankings[current.number] = ranked
      guard ranked.next == nil || ranked.taken >= row.limit else { return nil }
      rankings[current.number] = nil
    }
    return ending(row, reason: "")
  }

  private func ending(_ row: BatchRow, reason: String) -> Emission {
    BatchEvents.emission(
      EventType.batchCompleted, row, BatchEvents.summary(row, reason: reason))
  }
}
