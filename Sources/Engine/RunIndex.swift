import CBOR
import LMDB
import Ledger

/// Positions by key, in sorted runs in `views/`: what was flushed of an index over all events.
///
/// A flush adds one run. Small runs at the end are taken into it; in the background runs become
/// one where the newer ones have outgrown the older (`RunOptions.fanIn`), so that there are few: 5
/// as a rule and 12 at worst for ten million entries in flushes of 85,000. What is found never
/// depends on how entries are spread over runs.
///
/// In memory are, for each run, the first entry of each chunk (16 bytes in about 3,500 entries) and
/// a filter that spares nearly all readings of runs that do not have the key (1.5 bytes an entry,
/// less beyond `RunOptions.filterBudgetBytes`: then more runs are read, and the answers are the
/// same). A merge takes the filter of its result in addition until it is taken in. Confined to the
/// engine's thread.
///
/// Merges are of neighbouring runs, so that an older run has earlier positions only. Each writes its
/// rows in short transactions of its own, under numbers that no manifest names; the manifest that
/// names them is part of a flush, one transaction with all other tables. Rows that no manifest
/// names any more are deleted in pieces after it.
package final class RunIndex {
  /// The table's name in `views/`.
  package let name: String
  /// How many merges are at work at most.
  private static let mostMerges = 4
  /// Runs from which on there are too many.
  private static let crowd = 24
  private let options: RunOptions
  private let background: BackgroundWork?
  private var source: (any RowSource)?
  private var rows: ViewRows?
  /// The oldest first.
  private(set) var runs: [Run] = []
  /// Numbers from here on were never given.
  private var nextRow: UInt32 = 1
  /// The merges that run, or wait to be taken in, each of newer runs than the one before.
  private var merges: [RunMerge] = []
  /// Flushes until a merge is tried again after one that failed.
  private var pause = 0
  private var plan: Plan?

  /// What the next flush changes.
  private struct Plan {
    var runs: [Run]
    var nextRow: UInt32
    /// Rows that nobody needs once it is committed.
    var obsolete: [Range<UInt32>] = []
    /// The run that is made beside the engine's thread; nil: it is among the runs already.
    var addition: RunAddition?
    /// How the merges ended that are over with it, by the first row of their targets.
    var ended: [UInt32: RunMerge.Outcome] = [:]
  }

  /// An index without entries, to be opened.
  /// - Parameter background: Where merges and deletions are done; nil: at once, in the flush.
  package init(name: String, options: RunOptions = RunOptions(), background: BackgroundWork?) {
    self.name = name
    self.options = options
    self.background = background
  }

  /// Entries in all runs.
  package var count: Int { runs.reduce(0) { $0 + $1.extent.count } }

  /// How many runs there are.
  package var runCount: Int { runs.count }

  /// Rows of all runs.
  package var rowCount: Int { runs.reduce(0) { $0 + $1.extent.rows.count } }

  /// Bytes of filters in memory.
  package var filterBytes: Int { runs.reduce(0) { $0 + ($1.filter?.sizeBytes ?? 0) } }

  /// Bytes of filters and fences in memory.
  package var sizeBytes: Int { runs.reduce(0) { $0 + $1.sizeBytes } }

  /// Whether a flush would do something even without new entries.
  package var hasNews: Bool { merges.contains { $0.outcome != nil } }

  // MARK: - Opening

  /// Forgets what is in memory and reads which runs `source` has. No background work may be at it.
  /// Cost: the filters, 1.5 bytes an entry, are read.
  package func open(_ source: any RowSource) throws {
    self.source = source
    rows = try source.viewRows(table: name)
    merges = []
    plan = nil
    pause = 0
    let manifest = RunManifest(readRow)
    runs = []
    for extent in manifest.runs {
      runs.append(Run(extent, readRow))
      keepBudget(&runs)
    }
    nextRow = max(manifest.nextRow, try source.storedEnd(table: name))
    try deleteOrphans(manifest)
  }

  /// Deletes what a merge that did not come to its end has left.
  private func deleteOrphans(_ manifest: RunManifest) throws {
    guard let rows else { return }
    let known = manifest.runs.map(\.rows).sorted { $0.lowerBound < $1.lowerBound }
    var orphans: [Range<UInt32>] = []
    var index = 0
    for number in try rows.numbers() where number != RunManifest.row {
      while index < known.count, known[index].upperBound <= number { index += 1 }
      if index < known.count, known[index].contains(number) { continue }
      if let last = orphans.last, last.upperBound == number {
        orphans[orphans.count - 1] = last.lowerBound..<number + 1
      } else {
        orphans.append(number..<number + 1)
      }
    }
    delete(orphans)
  }

  private func readRow(_ number: UInt32, _ body: (RawSpan) -> Void) -> Bool {
    source?.withStoredRow(table: name, number: number, body) ?? false
  }

  // MARK: - Looking up

  /// Hands the positions under `key` from `first` on to `body` until it returns false: run by run,
  /// the newest first, within a run in order.
  /// - Returns: Whether `body` never returned false. Cost for a key that is not there: a filter's
  ///   cache line a run, and in 0.6 % of them the reading of a chunk.
  @discardableResult
  package func forEachPosition(
    of key: UInt64, from first: UInt64 = 0, _ body: (UInt64) -> Bool
  ) -> Bool {
    let probe = RunFilter.Probe(key << (64 - options.keyBits))
    var index = runs.count
    while let next = runs.last(below: index, mayContain: probe) {
      guard runs[next].forEachPosition(of: key, from: first, readRow, body) else { return false }
      index = next
    }
    return true
  }

  /// The positions under `key` from `first` on, in order, at most `limit`.
  package func positions(of key: UInt64, from first: UInt64, limit: Int) -> [UInt64] {
    var found: [UInt64] = []
    // The runs follow each other in time: entries of a newer one are noted at later positions.
    for run in runs where found.count < limit {
      run.collect(key, from: first, limit: limit, into: &found, readRow)
    }
    return found
  }

  /// The same from stored rows alone, for who looks at the store of another process.
  static func storedPositions(
    of key: UInt64, from first: UInt64, _ read: RowRead
  ) -> [UInt64] {
    var found: [UInt64] = []
    for extent in RunManifest(read).runs {
      Run(extent, withFilter: false, read)
        .collect(key, from: first, limit: .max, into: &found, read)
    }
    return found
  }

  // MARK: - Flushing

  /// The rows that store `entries` beside what is there. They count as stored once
  /// ``flushed()`` is called.
  /// - Parameter entries: Sorted.
  package func pendingRows(adding entries: [RunEntry]) -> RowBatch {
    var plan = Plan(runs: runs, nextRow: nextRow)
    takeIn(&plan)
    var absorbed: [Run] = []
    var added: [(number: UInt32, bytes: [UInt8])] = []
    if !entries.isEmpty {
      absorbed = absorb(&plan, into: entries.count)
      added = write(entries, absorbed, &plan)
    }
    let manifest = RunManifest(nextRow: plan.nextRow, runs: plan.runs.map(\.extent))
    var batch = RowBatch()
    batch.put(RunManifest.row, manifest.encoded)
    for row in absorbed.flatMap(\.extent.rows).sorted() { batch.remove(row) }
    for row in added { batch.put(row.number, row.bytes) }
    self.plan = plan
    return batch
  }

  /// The same for work beside the engine's thread: entries are sorted and encoded there. Runs that
  /// are taken into the new one are read until ``flushed()``, and deleted after it.
  /// - Parameter entries: In order of position.
  package func frozenRows(adding entries: [RunEntry]) -> FrozenRows {
    var plan = Plan(runs: runs, nextRow: nextRow)
    takeIn(&plan)
    if !entries.isEmpty, let rows {
      let absorbed = absorb(&plan, into: entries.count).map(\.extent)
      plan.obsolete += absorbed.map(\.rows)
      let total = absorbed.reduce(entries.count) { $0 + $1.count }
      plan.addition = RunAddition(
        entries, absorbed: absorbed, firstRow: nextRow, filterBits: filterBits(entries: total),
        rows: rows, options: options)
    }
    self.plan = plan
    let (addition, known, nextRow) = (plan.addition, plan.runs.map(\.extent), plan.nextRow)
    return { () throws(LMDBError) in
      var manifest = RunManifest(nextRow: nextRow, runs: known)
      var batch = RowBatch()
      var added: [(number: UInt32, bytes: [UInt8])] = []
      if let addition {
        let (run, rows) = try addition.make()
        manifest.runs.append(run.extent)
        manifest.nextRow = run.extent.rows.upperBound
        added = rows
      }
      batch.put(RunManifest.row, manifest.encoded)
      for row in added { batch.put(row.number, row.bytes) }
      return batch
    }
  }

  /// The rows of the last ``frozenRows(adding:)`` could not be stored.
  package func thaw() { plan = nil }

  /// Takes in the merges that are over.
  private func takeIn(_ plan: inout Plan) {
    for merge in merges {
      guard let outcome = merge.outcome else { continue }
      plan.ended[merge.target.lowerBound] = outcome
      switch outcome {
      case .merged(let run):
        guard
          let first = plan.runs.firstIndex(where: {
            $0.extent.firstRow == merge.inputs[0].firstRow
          })
        else { preconditionFailure("the runs that were merged are gone") }
        plan.runs.replaceSubrange(first..<first + merge.inputs.count, with: [run])
        plan.obsolete += merge.inputs.map(\.rows)
      case .failed:
        plan.obsolete.append(merge.target)
      }
    }
  }

  /// Takes the small runs at the end out of the plan that are to become one with `count` new
  /// entries: those within a chunk always, larger ones when as much is new, so that each entry is
  /// moved a few times only.
  private func absorb(_ plan: inout Plan, into count: Int) -> [Run] {
    // Where merges do not keep up, flushes do more.
    let limit = options.absorbedEntries * (plan.runs.count < Self.crowd ? 1 : 8)
    let merging = merges.last { plan.ended[$0.target.lowerBound] == nil }?.inputs.last?.firstRow
    var absorbed: [Run] = []
    var total = count
    while let last = plan.runs.last, last.extent.count + total <= limit,
      last.extent.chunkRows == 1 || last.extent.count <= total, last.extent.firstRow != merging
    {
      total += last.extent.count
      absorbed.append(plan.runs.removeLast())
    }
    return absorbed.reversed()
  }

  /// Adds a run of new and absorbed entries to the plan.
  /// - Returns: Its rows.
  private func write(
    _ entries: [RunEntry], _ absorbed: [Run], _ plan: inout Plan
  ) -> [(number: UInt32, bytes: [UInt8])] {
    var all = entries
    if !absorbed.isEmpty {
      for run in absorbed { all += run.entries(readRow) }
      all.sort()
    }
    let bits = filterBits(entries: all.count)
    var writer = RunWriter(
      firstRow: plan.nextRow, entries: all.count, filterBits: bits, options: options)
    for entry in all { writer.append(entry) }
    let run = writer.finish()
    var rows = writer.takeRows()
    for index in 0..<Int(run.extent.filterRows) {
      rows.append(
        (run.extent.filter.lowerBound + UInt32(index), run.filterRow(index, options: options)))
    }
    plan.nextRow = run.extent.rows.upperBound
    plan.runs.append(run)
    return rows
  }

  /// The rows of the last ``pendingRows(adding:)`` are committed.
  package func flushed() {
    guard var plan else { return }
    self.plan = nil
    if let run = plan.addition?.run {
      plan.runs.append(run)
      plan.nextRow = run.extent.rows.upperBound
    }
    runs = plan.runs
    nextRow = plan.nextRow
    for outcome in plan.ended.values {
      if case .failed = outcome { pause = 16 }
    }
    merges.removeAll { plan.ended[$0.target.lowerBound] != nil }
    keepBudget(&runs)
    delete(plan.obsolete)
    startMerge()
  }

  // MARK: - Merges

  private func delete(_ ranges: [Range<UInt32>]) {
    guard let rows, !ranges.isEmpty else { return }
    let deletion = RunDeletion(ranges, rows: rows, step: options.rowsPerTransaction)
    perform { deletion.step() }
  }

  /// Starts a merge of runs that no merge is at work on.
  private func startMerge() {
    guard merges.count < Self.mostMerges, let rows else { return }
    if pause > 0 {
      pause -= 1
      return
    }
    guard let inputs = mergeable else { return }
    let count = inputs.reduce(0) { $0 + $1.count }
    let merge = RunMerge(
      inputs, firstRow: nextRow, filterBits: filterBits(entries: count), rows: rows,
      options: options)
    nextRow = merge.target.upperBound
    merges.append(merge)
    perform { merge.step() }
  }

  private func perform(_ work: @escaping BackgroundWork.Piece) {
    if let background { background.submit(work) } else { while work() {} }
  }

  /// The runs from the first on whose newer ones have `fanIn - 1` times its entries: so an entry is
  /// moved only when what came after it has grown by that factor. Those that are being merged, and
  /// older ones, are left out.
  private var mergeable: [Run.Extent]? {
    let merging = merges.last?.inputs.last?.firstRow
    let start = (runs.firstIndex { $0.extent.firstRow == merging } ?? -1) + 1
    var first: Int?
    var newer = 0
    for index in (start..<runs.count).reversed() {
      let count = runs[index].extent.count
      if newer >= (options.fanIn - 1) * count { first = index }
      newer += count
    }
    return first.map { runs[$0...].map(\.extent) }
  }

  // MARK: - Memory

  /// Bits of filter an entry for a run; fewer where it would not have room otherwise.
  private func filterBits(entries: Int) -> Int {
    let affordable = 8 * options.filterBudgetBytes / max(1, entries)
    let bits = min(options.filterBitsPerEntry, affordable)
    return bits < Self.leastFilterBits ? 0 : bits
  }

  /// A filter with less lets most foreign keys pass.
  private static let leastFilterBits = 3

  /// Makes filters coarser until they fit the budget: the largest is halved, or given up where too
  /// little would be left of it. What that costs is one more reading a look-up.
  private func keepBudget(_ runs: inout [Run]) {
    var total = runs.reduce(0) { $0 + ($1.filter?.sizeBytes ?? 0) }
    while total > options.filterBudgetBytes {
      let index = runs.indices.max {
        (runs[$0].filter?.sizeBytes ?? 0) < (runs[$1].filter?.sizeBytes ?? 0)
      }
      guard let index, let filter = runs[index].filter else { return }
      total -= filter.sizeBytes
      if runs[index].filterBits >= 2 * Self.leastFilterBits, filter.isFoldable {
        runs[index].filter?.fold()
        total += runs[index].filter?.sizeBytes ?? 0
      } else {
        runs[index].filter = nil
      }
    }
  }
}

extension [Run] {
  /// The last run before `index` that may have the key.
  fileprivate func last(below index: Int, mayContain probe: RunFilter.Probe) -> Int? {
    var index = index
    while index > 0 {
      index -= 1
      if self[index].filter?.mayContain(probe) ?? true { return index }
    }
    return nil
  }
}
