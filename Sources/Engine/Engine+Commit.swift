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
    continueFlush()
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
    if stopped != nil {
      background?.stop()
      return views.abandon()
    }
    do {
      try finishFlush()
    } catch {
      background?.stop()
      throw error
    }
    background?.stop()
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
