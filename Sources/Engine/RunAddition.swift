import LMDB
import Synchronization

/// A run of new entries and of the small runs before them, made beside the engine's thread.
final class RunAddition: Sendable {
  private let entries: [RunEntry]
  private let absorbed: [Run.Extent]
  private let firstRow: UInt32
  private let filterBits: Int
  private let rows: ViewRows
  private let options: RunOptions
  private let made = Mutex<Run?>(nil)

  /// - Parameters:
  ///   - entries: In order of position; at least one.
  ///   - absorbed: Runs that become part of it.
  ///   - firstRow: From here on no number was given.
  init(
    _ entries: [RunEntry], absorbed: [Run.Extent], firstRow: UInt32, filterBits: Int,
    rows: ViewRows, options: RunOptions
  ) {
    self.entries = entries
    self.absorbed = absorbed
    self.firstRow = firstRow
    self.filterBits = filterBits
    self.rows = rows
    self.options = options
  }

  /// The run; nil: it was not made yet.
  var run: Run? { made.withLock { $0 } }

  /// Makes the run and its rows, in order of their numbers.
  func make() throws(LMDBError) -> (Run, [(number: UInt32, bytes: [UInt8])]) {
    var all = entries
    RunSort.sort(&all)
    if !absorbed.isEmpty {
      for run in absorbed { try append(run, to: &all) }
      all.sort()
    }
    var writer = RunWriter(
      firstRow: firstRow, entries: all.count, filterBits: filterBits, options: options)
    for entry in all { writer.append(entry) }
    let run = writer.finish()
    var written = writer.takeRows()
    for index in 0..<Int(run.extent.filterRows) {
      written.append(
        (run.extent.filter.lowerBound + UInt32(index), run.filterRow(index, options: options)))
    }
    made.withLock { $0 = run }
    return (run, written)
  }

  private func append(_ run: Run.Extent, to entries: inout [RunEntry]) throws(LMDBError) {
    for row in run.chunks {
      let isThere = try rows.withRow(row) { bytes in
        let chunk = RunChunk(bytes)
        for index in 0..<chunk.count { entries.append(chunk.entry(index)) }
      }
      precondition(isThere, "row \(row) of a run is missing")
    }
  }
}
