import Ledger

extension Engine {
  /// Events of one turn beyond which it is committed in parts: each part ends with all that its
  /// last input or timer caused.
  static let largeTurn = 16_384

  /// Commits the turn so far if it has grown large.
  func commitIfLarge() throws {
    if pending.count >= Self.largeTurn { try commit() }
  }

  /// Makes the turn durable with one synced transaction, then flushes the views if enough has
  /// changed.
  /// - Throws: ``LedgerError``: nothing of it is in the ledger, and the state is as before the turn.
  func commit() throws {
    guard !pending.isEmpty else { return }
    do {
      try ledger.append(pending, blobs: blobs)
    } catch {
      let failure = error
      // What fails here is in `stopped`, and told at the next call.
      do { try recover() } catch {}
      throw failure
    }
    pending.removeAll(keepingCapacity: true)
    depths.removeAll(keepingCapacity: true)
    blobs.removeAll()
    cursor = 0
    if isWaitingAdmitted {
      waiting.removeAll()
      isWaitingAdmitted = false
    }
    if changedRows >= options.flushRows { flushBetweenTurns() }
  }

  /// Rows changed since the last flush.
  package var changedRows: Int {
    allTables.reduce(0) { $0 + $1.pendingCount }
  }

  /// Writes all changed rows to `views/`. Call it between turns.
  /// - Throws: A store failure: the rows stay in memory, and the ledger has everything.
  package func flush() throws {
    try checkIsWorking()
    precondition(pending.isEmpty, "views are flushed between turns, at a committed position")
    let end = ledger.end.position
    try views.flush(
      allTables,
      progress: [(Self.ownName, .init(version: Self.ownVersion, position: end))]
        + projections.map { ($0.name, .init(version: $0.version, position: end)) })
  }

  /// Flushes if no turn is open; a failure is noted in ``flushFailure`` and loses nothing.
  package func flushBetweenTurns() {
    guard stopped == nil, pending.isEmpty, changedRows > 0 else { return }
    do {
      try flush()
      flushFailure = nil
    } catch {
      flushFailure = "\(error)"
    }
  }

  /// Every table that is stored in `views/`.
  var allTables: [any StoredTable] {
    ownTables + projections.flatMap(\.tables)
  }

  /// The tables of the engine itself, which stand at one position.
  var ownTables: [any StoredTable] { [context.subjects, identities, bySubject] }

  /// SHA-256 of each table's rows, by table name. Flushes first.
  package func digest() throws -> [(table: String, digest: String)] {
    try flush()
    // Runs depend on when they were flushed, not on the ledger alone.
    let tables = allTables.filter { $0 !== identities && $0 !== bySubject }.map(\.name).sorted()
    return try tables.map { ($0, try views.digest(table: $0)) }
  }

  /// Flushes and closes the views; where the engine has stopped they stay as last flushed, which
  /// the next opening goes on from. No other call may follow.
  package func close() throws {
    background?.stop()
    if stopped != nil { return views.abandon() }
    try flush()
    try views.close()
  }

  /// Why the views were thrown away at opening; nil: they were not.
  package var discardedViews: String? { views.discarded }

  /// Refuses to go on once the engine has stopped.
  package func checkIsWorking() throws {
    if let stopped { throw stopped }
  }
}
