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
  /// Items between two questions whether the slice is to end.
  private static let itemsBetween = 8
  /// Items that are decided in full, in a slice that may be ended at any moment.
  private static let shortDecisions = 4

  private let parts: BatchParts
  private let sizes: SliceSizes
  /// The ranking of a batch that ranks, and its screening: both follow from the tables.
  private var rankings: [UInt32: Ranked] = [:]
  private var screenings: [UInt32: BatchScreening] = [:]
  private var generation = -1
  /// The slice that was prepared last, for its steps.
  private var current: Current?

  private struct Ranked {
    var ranking: BatchRanking
    /// Whether all slices are in it, so that items can be taken.
    var isComplete = false
    /// How many were taken from it.
    var taken: UInt64 = 0
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
    if batches.running.count == 1 { return batches.running[0] }
    var best: (number: UInt32, position: UInt64)?
    for number in batches.running {
      let position = batches.rows.withRow(number) { max($0.lastSlice, $0.position) } ?? 0
      if best.map({ position < $0.position }) ?? true { best = (number, position) }
    }
    return best?.number
  }

  // MARK: - Slices

  func nextSlice(now: Int64, until isOver: (() -> Bool)?) -> Slice? {
    if generation != batches.generation {
      generation = batches.generation
      rankings = [:]
      screenings = [:]
    }
    current = nil
    guard let number = nextNumber, let row = batches.rows.row(number) else { return nil }
    guard parts.programs.active(row.program) != nil,
      let screening = screening(number, row, now: now)
    else { return last(number, row, reason: "deactivated") }
    if row.items == 0 { return last(number, row, reason: "") }
    current = Current(number: number, screening: screening)
    guard !row.isScreened else { return deciding(number, row, until: isOver) }
    if row.isRanked { rank(number, row) }
    return screened(row, screening, until: isOver)
  }

  private func slice(_ emission: Emission, _ row: BatchRow, steps: Int) -> Slice {
    Slice(emission: emission, cause: row.position, ordinal: row.slices, steps: steps)
  }

  /// A slice that does nothing but end the batch.
  private func last(_ number: UInt32, _ row: BatchRow, reason: String) -> Slice {
    rankings[number] = nil
    screenings[number] = nil
    return slice(ending(row, reason: reason), row, steps: 0)
  }

  private func screening(_ number: UInt32, _ row: BatchRow, now: Int64) -> BatchScreening? {
    if var known = screenings[number] {
      known.now = now
      return known
    }
    guard let binding = parts.programs.binding(version: row.version),
      let population = binding.program.population, let start = parts.context.event(row.cause),
      let begun = parts.context.event(row.position)
    else { return nil }
    let entity = population.entity.map { binding.program.entities[$0] }
    let screening = BatchScreening(
      parts: parts, binding: binding, population: population, batch: row.id,
      batchID: begun.header.id, start: start,
      kind: entity.map { parts.features.kind(of: $0) ?? .max }, first: row.first, now: now)
    screenings[number] = screening
    return screening
  }

  /// The next slice of the first phase.
  private func screened(
    _ row: BatchRow, _ screening: BatchScreening, until isOver: (() -> Bool)?
  ) -> Slice {
    var verdicts: [UInt8] = []
    verdicts.reserveCapacity(sizes.items)
    var passed: [PassedRow.Item] = []
    var customers: [UInt32] = []
    var item = row.screened
    let end = min(row.items, item + UInt64(sizes.items))
    let decisions = isOver == nil ? sizes.decisions : min(sizes.decisions, Self.shortDecisions)
    while item < end, row.isRanked || passed.count < decisions {
      if let isOver, item > row.screened, item % UInt64(Self.itemsBetween) == 0, isOver() { break }
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
  private func deciding(
    _ number: UInt32, _ row: BatchRow, until isOver: (() -> Bool)?
  ) -> Slice {
    rank(number, row)
    let decisions = isOver == nil ? sizes.decisions : min(sizes.decisions, Self.shortDecisions)
    let chosen = take(number, decisions, limit: row.limit)
    current?.steps = chosen.map { (Int($0.item), $0.customer) }
    let fields = BatchEvents.chosen(row, chosen)
    return slice(
      BatchEvents.emission(EventType.batchSliced, row, fields), row, steps: chosen.count)
  }

  // MARK: - Ranks

  /// Takes the items of slices that have come since into the ranking of a batch, which so grows with
  /// the screening; after an opening of the tables, those of all slices.
  private func rank(_ number: UInt32, _ row: BatchRow) {
    // Out of the dictionary meanwhile, so that nothing is copied.
    var ranked = rankings.removeValue(forKey: number)
    if let known = ranked, known.isComplete, known.taken != row.chosen { ranked = nil }
    var complete = ranked ?? Ranked(ranking: BatchRanking(perCustomer: perCustomer(row)))
    ranked = nil
    for chunk in row.chunks[complete.ranking.sliceCount...] {
      complete.ranking.add(batches.passed(inChunk: chunk))
    }
    if row.isScreened, !complete.isComplete {
      complete.isComplete = true
      complete.taken = row.chosen
      for _ in 0..<row.chosen { _ = complete.ranking.next() }
      complete.next = complete.ranking.next()
    }
    rankings[number] = complete
  }

  private func perCustomer(_ row: BatchRow) -> Int? {
    parts.programs.binding(version: row.version)?.program.population?.perCustomer
  }

  /// Takes the next items of a ranking.
  private func take(_ number: UInt32, _ count: Int, limit: UInt64) -> [PassedRow.Item] {
    guard var ranked = rankings.removeValue(forKey: number) else { return [] }
    var chosen: [PassedRow.Item] = []
    while chosen.count < count, let item = ranked.next, ranked.taken < limit {
      chosen.append(item)
      ranked.taken += 1
      ranked.next = ranked.ranking.next()
    }
    rankings[number] = ranked
    return chosen
  }

  // MARK: - Decisions

  func take(_ step: Int, of slice: Event, emitting emissions: inout Emissions) {
    guard let current else { return }
    parts.filters.pendingSends.removeAll()
    let (item, customer) = current.steps[step]
    let screening = current.screening
    guard let key = screening.key(of: item) else { return }
    let decision = screening.decision(customer, key: key, event: slice)
    for emission in decision.emissions() { emissions.append(emission) }
  }

  func conclusion(after slice: Event) -> Emission? {
    guard let current, let row = batches.rows.row(current.number), row.endedAt == 0,
      row.isScreened
    else { return nil }
    if row.isRanked {
      rank(current.number, row)
      guard let ranked = rankings[current.number],
        ranked.next == nil || ranked.taken >= row.limit
      else { return nil }
      rankings[current.number] = nil
    }
    screenings[current.number] = nil
    return ending(row, reason: "")
  }

  private func ending(_ row: BatchRow, reason: String) -> Emission {
    BatchEvents.emission(
      EventType.batchCompleted, row, BatchEvents.summary(row, reason: reason))
  }
}
