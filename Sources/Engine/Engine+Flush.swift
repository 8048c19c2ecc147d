import LMDB
import Ledger

/// A flush under way: the rows of all tables that had changed up to a position, which are encoded a
/// few at each commit and then written beside the engine's thread, so that no turn waits for them.
struct FlushUnderWay {
  /// The tables that are not gathered yet, the next one last.
  var tables: [any StoredTable]
  /// Those that are.
  var gathered: [any StoredTable] = []
  let progress: [(String, ViewStore.Progress)]
  /// What is being written; nil: rows are still to be gathered.
  var writing: ViewFlush?
}

extension Engine {
  /// Changed rows, in flushes, at which a turn waits for the flush under way, so that memory stays
  /// bounded.
  private static let flushesBehind = 4

  /// Rows changed since the last flush began.
  package var changedRows: Int {
    var count = 0
    for table in allTables { count += table.pendingCount }
    return count
  }

  /// Goes on with the flush under way, or begins one where enough has changed. Called after each
  /// commit. Cost: that of the rows that it gathers, twice as many as the commit has changed and a few
  /// more.
  func continueFlush() {
    let changed = changedRows
    let added = max(0, changed - lastChangedRows)
    lastChangedRows = changed
    if underWay == nil {
      guard changed >= options.flushRows else { return }
      beginFlush()
    }
    noteFailure {
      try goOnWithFlush(options.gatheredRows + 2 * added)
      if changed >= Self.flushesBehind * options.flushRows { try finishFlush() }
    }
  }

  /// Begins to write all changed rows to `views/`, unless that is under way; commits, and further
  /// calls, go on with it. A failure is noted in ``flushFailure`` and loses nothing.
  package func flushGradually() {
    guard stopped == nil, pending.isEmpty else { return }
    if underWay == nil {
      guard changedRows > 0 else { return }
      beginFlush()
    }
    noteFailure { try goOnWithFlush(options.gatheredRows) }
  }

  /// Writes all changed rows to `views/`. Call it between turns.
  /// - Throws: A store failure: the rows stay in memory, and the ledger has everything.
  package func flush() throws {
    try checkIsWorking()
    precondition(pending.isEmpty, "views are flushed between turns, at a committed position")
    try finishFlush()
    try views.flush(allTables, progress: progress)
    lastChangedRows = 0
  }

  /// Flushes if no turn is open; a failure is noted in ``flushFailure`` and loses nothing.
  package func flushBetweenTurns() {
    guard stopped == nil, pending.isEmpty, changedRows > 0 || underWay != nil else { return }
    noteFailure {
      try flush()
      flushFailure = nil
    }
  }

  private func noteFailure(_ body: () throws -> Void) {
    do { try body() } catch { flushFailure = "\(error)" }
  }

  private var progress: [(String, ViewStore.Progress)] {
    let end = ledger.end.position
    return [(Self.ownName, .init(version: Self.ownVersion, position: end))]
      + projections.map { ($0.name, .init(version: $0.version, position: end)) }
  }

  // MARK: - The flush under way

  private func beginFlush() {
    let tables = allTables.filter { $0.pendingCount > 0 }
    for table in tables { table.freeze() }
    underWay = FlushUnderWay(tables: tables.reversed(), progress: progress)
    lastChangedRows = 0
  }

  /// Gathers up to `limit` rows; has all written once there are no more; ends once they are written.
  private func goOnWithFlush(_ limit: Int) throws {
    guard let flush = underWay else { return }
    if let writing = flush.writing {
      if writing.isOver { try endFlush(flush, writing) }
      return
    }
    var rest = limit
    while rest > 0, let table = underWay?.tables.last {
      let count = table.gather(rest)
      if count == rest { return }
      rest -= count
      underWay?.tables.removeLast()
      underWay?.gathered.append(table)
    }
    if underWay?.tables.isEmpty ?? false { try startWriting() }
  }

  private func startWriting() throws {
    guard var flush = underWay else { return }
    do {
      let writing = try views.flush(frozen: flush.gathered, progress: flush.progress)
      flush.writing = writing
      underWay = flush
      guard let background else {
        writing.run()
        return try endFlush(flush, writing)
      }
      background.submit {
        writing.run()
        return false
      }
    } catch {
      // Where it was written and has failed, it is thawed already.
      if underWay != nil { thaw(flush) }
      throw error
    }
  }

  private func endFlush(_ flush: FlushUnderWay, _ writing: ViewFlush) throws {
    do throws(LMDBError) {
      try writing.check()
    } catch {
      thaw(flush)
      throw error
    }
    underWay = nil
    flushFailure = nil
    for table in flush.gathered { table.flushed() }
  }

  private func thaw(_ flush: FlushUnderWay) {
    underWay = nil
    for table in flush.gathered + flush.tables { table.thaw() }
    lastChangedRows = changedRows
  }

  /// Brings the flush under way, if there is one, to its end, and waits for it.
  func finishFlush() throws {
    if underWay?.writing == nil { try goOnWithFlush(.max) }
    guard let flush = underWay, let writing = flush.writing else { return }
    writing.wait()
    try endFlush(flush, writing)
  }
}
