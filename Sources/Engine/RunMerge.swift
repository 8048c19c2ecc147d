import CBOR
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
    case failed(String)
  }

  /// The runs that become one, the oldest first.
  let inputs: [Run.Extent]
  /// The numbers that the new run's rows take from.
  let target: Range<UInt32>
  private let filterBits: Int
  private let rows: ViewRows
  private let options: RunOptions
  private let isDone = Atomic(false)
  private let result = Mutex<Outcome?>(nil)

  /// - Parameter firstRow: From here on no number was given.
  init(
    _ inputs: [Run.Extent], firstRow: UInt32, filterBits: Int, rows: ViewRows,
    options: RunOptions
  ) {
    self.inputs = inputs
    self.filterBits = filterBits
    self.rows = rows
    self.options = options
    let entries = inputs.reduce(0) { $0 + $1.count }
    let bound = RunWriter.rowBound(
      entries: entries, filterBits: filterBits, options: options)
    target = firstRow..<firstRow + bound
  }

  /// How it ended; nil: it has not.
  var outcome: Outcome? {
    isDone.load(ordering: .acquiring) ? result.withLock { $0 } : nil
  }

  /// Merges. A cancelled one never has an outcome.
  func run(isCancelled: BackgroundWork.Cancellation) {
    let outcome: Outcome
    do {
      guard let run = try merged(isCancelled) else { return }
      outcome = .merged(run)
    } catch {
      outcome = .failed("\(error)")
    }
    result.withLock { $0 = outcome }
    isDone.store(true, ordering: .releasing)
  }

  private func merged(_ isCancelled: BackgroundWork.Cancellation) throws(LMDBError) -> Run? {
    var cursors: [RunCursor] = []
    for input in inputs { cursors.append(try RunCursor(input, rows)) }
    var writer = RunWriter(
      firstRow: target.lowerBound, entries: inputs.reduce(0) { $0 + $1.count },
      filterBits: filterBits, options: options)
    while let next = Self.least(of: cursors) {
      writer.append(cursors[next].entry)
      try cursors[next].advance(rows)
      if writer.rows.count >= options.rowsPerTransaction {
        if isCancelled() { return nil }
        try rows.put(writer.takeRows())
      }
    }
    let run = writer.finish()
    var waiting = writer.takeRows()
    for index in 0..<Int(run.extent.filterRows) {
      waiting.append(
        (run.extent.filter.lowerBound + UInt32(index), run.filterRow(index, options: options)))
      if waiting.count >= options.rowsPerTransaction {
        if isCancelled() { return nil }
        try rows.put(waiting)
        waiting.removeAll()
      }
    }
    try rows.put(waiting)
    return run
  }

  /// The cursor with the least entry; nil where all are at their ends.
  private static func least(of cursors: [RunCursor]) -> Int? {
    var least: Int?
    for index in cursors.indices where !cursors[index].isAtEnd {
      if let known = least, !(cursors[index].entry < cursors[known].entry) { continue }
      least = index
    }
    return least
  }
}

/// A place in a run that moves through its entries in order.
private struct RunCursor {
  private var rest: Range<UInt32>
  private var entries: [RunEntry] = []
  private var index = 0

  init(_ run: Run.Extent, _ rows: ViewRows) throws(LMDBError) {
    rest = run.chunks
    try load(rows)
  }

  var isAtEnd: Bool { index == entries.count }
  /// The present entry. There must be one.
  var entry: RunEntry { entries[index] }

  mutating func advance(_ rows: ViewRows) throws(LMDBError) {
    index += 1
    if index == entries.count { try load(rows) }
  }

  private mutating func load(_ rows: ViewRows) throws(LMDBError) {
    guard let row = rest.popFirst() else { return }
    entries.removeAll(keepingCapacity: true)
    index = 0
    let isThere = try rows.withRow(row) { bytes in
      let chunk = RunChunk(bytes)
      for index in 0..<chunk.count { entries.append(chunk.entry(index)) }
    }
    precondition(isThere, "row \(row) of a run is missing")
  }
}
