import LMDB
import Synchronization

/// Several runs becoming one, step by step, beside the engine's thread.
///
/// The new run's rows are written under numbers that nobody reads yet; the owner makes them the
/// run with one change of its manifest. What a crash leaves of them before that is deleted at the
/// next opening.
final class RunMerge: Sendable {
  enum Outcome: Sendable {
    case merged(Run)
    /// Why there is no run. What was written of it lies in the rows of ``RunMerge/target``.
    case failed(LMDBError)
  }

  /// What is changed in place, step by step.
  private struct State: ~Copyable {
    /// nil: nothing was done yet.
    var cursors: RunCursors?
    var writer: RunWriter
    /// The new run, whose chunks and fences are written.
    var run: Run?
    /// How many rows of its filter are.
    var filterRows = 0
    var outcome: Outcome?
  }

  /// The runs that become one, the oldest first.
  let inputs: [Run.Extent]
  /// The numbers that the new run's rows take from.
  let target: Range<UInt32>
  private let rows: ViewRows
  private let options: RunOptions
  private let state: Mutex<State>
  private let isOver = Atomic(false)

  /// - Parameter firstRow: From here on no number was given.
  init(
    _ inputs: [Run.Extent], firstRow: UInt32, filterBits: Int, rows: ViewRows,
    options: RunOptions
  ) {
    self.inputs = inputs
    self.rows = rows
    self.options = options
    let entries = inputs.reduce(0) { $0 + $1.count }
    let bound = RunWriter.rowBound(entries: entries, filterBits: filterBits, options: options)
    target = firstRow..<firstRow + bound
    state = Mutex(
      State(
        writer: RunWriter(
          firstRow: firstRow, entries: entries, filterBits: filterBits, options: options)))
  }

  /// How it ended; nil: it has not.
  var outcome: Outcome? {
    isOver.load(ordering: .acquiring) ? state.withLock { $0.outcome } : nil
  }

  /// Writes the next rows, in one transaction. Cost: some milliseconds.
  /// - Returns: Whether there is more to do.
  func step() -> Bool {
    state.withLock { state in
      guard state.outcome == nil else { return false }
      do throws(LMDBError) {
        if try writeRows(&state) { return true }
        guard let run = state.run else { preconditionFailure("all rows are those of a run") }
        state.outcome = .merged(run)
      } catch {
        state.outcome = .failed(error)
      }
      isOver.store(true, ordering: .releasing)
      return false
    }
  }

  /// - Returns: Whether there are more.
  private func writeRows(_ state: inout State) throws(LMDBError) -> Bool {
    if state.run != nil { return try writeFilter(&state) }
    if state.cursors == nil { state.cursors = try RunCursors(inputs, rows) }
    while let entry = state.cursors?.first {
      state.writer.append(entry)
      try state.cursors?.removeFirst(rows)
      if state.writer.rows.count >= options.rowsPerTransaction {
        try rows.put(state.writer.takeRows())
        return true
      }
    }
    state.run = state.writer.finish()
    try rows.put(state.writer.takeRows())
    return true
  }

  private func writeFilter(_ state: inout State) throws(LMDBError) -> Bool {
    guard let run = state.run else { return false }
    let total = Int(run.extent.filterRows)
    let end = min(total, state.filterRows + options.rowsPerTransaction)
    let first = run.extent.filter.lowerBound
    try rows.put(
      (state.filterRows..<end).map {
        (first + UInt32($0), run.filterRow($0, options: options))
      })
    state.filterRows = end
    return end < total
  }
}

/// Places in several runs that together move through all their entries in order: a heap of cursors,
/// the one with the least entry at its root.
struct RunCursors: Sendable {
  private var cursors: [RunCursor] = []

  init(_ runs: [Run.Extent], _ rows: ViewRows) throws(LMDBError) {
    for run in runs { cursors.append(try RunCursor(run, rows)) }
    cursors.sort { $0.entry < $1.entry }
  }

  /// The least entry that is left, or nil.
  var first: RunEntry? { cursors.first?.entry }

  /// Moves on from the least entry. There must be one.
  mutating func removeFirst(_ rows: ViewRows) throws(LMDBError) {
    if try !cursors[0].advance(rows) {
      let last = cursors.removeLast()
      if cursors.isEmpty { return }
      cursors[0] = last
    }
    sift()
  }

  private mutating func sift() {
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < cursors.count else { return }
      if child + 1 < cursors.count, cursors[child + 1].entry < cursors[child].entry { child += 1 }
      guard cursors[child].entry < cursors[parent].entry else { return }
      cursors.swapAt(parent, child)
      parent = child
    }
  }
}

/// A place in a run that moves through its entries in order.
private struct RunCursor: Sendable {
  private var rest: Range<UInt32>
  private var entries: [RunEntry] = []
  private var index = 0
  /// The present entry.
  private(set) var entry = RunEntry(key: 0, position: 0)

  init(_ run: Run.Extent, _ rows: ViewRows) throws(LMDBError) {
    rest = run.chunks
    let isThere = try advance(rows)
    precondition(isThere, "a run has entries")
  }

  /// - Returns: False at the end.
  mutating func advance(_ rows: ViewRows) throws(LMDBError) -> Bool {
    index += 1
    if index >= entries.count {
      guard let row = rest.popFirst() else { return false }
      try load(row, rows)
    }
    entry = entries[index]
    return true
  }

  private mutating func load(_ row: UInt32, _ rows: ViewRows) throws(LMDBError) {
    entries.removeAll(keepingCapacity: true)
    index = 0
    let isThere = try rows.withRow(row) { bytes in
      let chunk = RunChunk(bytes)
      for index in 0..<chunk.count { entries.append(chunk.entry(index)) }
    }
    precondition(isThere, "row \(row) of a run is missing")
  }
}
