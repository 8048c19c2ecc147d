import CBOR
package import Ledger

extension Engine {
  /// How the engine's own tables are named among the projections in `views/`.
  package static let ownName = "engine"
  /// The version of the engine's own tables.
  package static let ownVersion = "3"

  /// Forgets what is in memory, opens the views, and folds the events that they lack.
  /// - Throws: What cannot be read; the engine has stopped then.
  func recover() throws {
    do {
      try restore()
    } catch {
      stopped = EngineStopped(cause: "\(error)")
      throw error
    }
  }

  private func restore() throws {
    background?.drain()
    // The tables are opened anew, with what was written or without it.
    underWay = nil
    lastChangedRows = 0
    pending.removeAll()
    depths.removeAll()
    blobs.removeAll()
    requested.removeAll { $0.position > ledger.end.position }
    isWaitingAdmitted = false
    cursor = 0
    concerned.removeAll()
    context.names.replace(with: try ledger.names())
    try checkProgress()
    try emptyIncompleteGroups()
    var positions: [UInt64] = []
    let own = try storedPosition(
      Self.ownName, version: Self.ownVersion, ownTables)
    for projection in projections {
      positions.append(
        try storedPosition(projection.name, version: projection.version, projection.tables))
    }
    position = ledger.end.position
    ledgerTime = ledger.end.recordedAt
    context.timers.queue.removeAll()
    for projection in projections { projection.reset() }
    for owner in timerOwners { owner.armAll(in: context.timers) }
    try fold(own: own, positions: positions)
  }

  /// A turn is on disk before any view knows it: views that are ahead tell of a loss.
  private func checkProgress() throws {
    let end = ledger.end.position
    for name in [Self.ownName] + projections.map(\.name) {
      guard let known = try views.progress(of: name)?.position, known > end else { continue }
      throw LedgerBehindViews(known: known, end: end)
    }
  }

  /// Empties every projection of a group in which one is missing or lags behind the others.
  private func emptyIncompleteGroups() throws {
    for group in Set(projections.map(\.group)) {
      let members = projections.filter { $0.group == group }
      let positions = Set(try members.map { try usablePosition($0) })
      guard positions.count > 1 else { continue }
      for member in members { try views.clear(member.tables, projection: member.name) }
    }
  }

  private func usablePosition(_ projection: any Projection) throws -> UInt64 {
    guard let progress = try views.progress(of: projection.name),
      progress.version == projection.version, progress.position <= ledger.end.position
    else { return 0 }
    return progress.position
  }

  /// Opens the tables of a stored projection.
  /// - Returns: How far they have come; 0 if they had to be emptied.
  private func storedPosition(
    _ name: String, version: String, _ tables: [any StoredTable]
  ) throws -> UInt64 {
    var progress = try views.progress(of: name)
    let isUsable =
      progress.map { $0.version == version && $0.position <= ledger.end.position } ?? false
    if !isUsable {
      try views.clear(tables, projection: name)
      progress = nil
    }
    for table in tables { try table.open(views) }
    return progress?.position ?? 0
  }

  /// Folds the ledger's events into the projections that lack them.
  private func fold(own: UInt64, positions: [UInt64]) throws {
    let first = min(own, positions.min() ?? own) + 1
    let end = ledger.end.position
    guard first <= end else { return }
    var changed = 0
    try ledger.forEachEvent(from: first) { (event) throws -> Bool in
      if event.position > own {
        noteIdentity(event)
        bySubject.insert(event)
      }
      let subject = subjectNumber(of: event)
      for index in concernedIndexes(type: event.type) where positions[index] < event.position {
        projections[index].project(event, subject: subject)
        projections[index].settle(event, subject: subject)
      }
      noteChangedConcerns()
      changed += 1
      if changed % 65_536 == 0, changedRows >= 4 * options.flushRows {
        try flush(through: event.position, own: own, positions: positions)
      }
      return true
    }
  }

  private func noteIdentity(_ event: Event) {
    switch event.kind {
    case .input, .outcome, .control: identities.insert(event.header.id, at: event.position)
    case .decision, .timer, .effect: break
    }
  }

  private func flush(through position: UInt64, own: UInt64, positions: [UInt64]) throws {
    var progress = [
      (Self.ownName, ViewStore.Progress(version: Self.ownVersion, position: max(own, position)))
    ]
    for (index, projection) in projections.enumerated() {
      progress.append(
        (
          projection.name,
          .init(version: projection.version, position: max(positions[index], position))
        ))
    }
    try views.flush(allTables, progress: progress)
  }

  /// Empties projections and folds the whole ledger into them anew.
  /// - Parameter names: Which; nil: all.
  /// - Returns: How many events were folded.
  package func rebuild(_ names: Set<String>? = nil) throws -> UInt64 {
    precondition(pending.isEmpty, "a rebuild starts between turns")
    try flush()
    background?.drain()
    for projection in projections where names?.contains(projection.name) ?? true {
      try views.clear(projection.tables, projection: projection.name)
    }
    if names == nil {
      try views.clear(ownTables, projection: Self.ownName)
    }
    try recover()
    try flush()
    return ledger.end.position
  }

  // MARK: - Looking back

  /// The event at `position`: of the present turn, or committed. nil: there is none.
  package func event(at position: UInt64) -> Event? {
    let committed = ledger.end.position
    if position > committed {
      let index = Int(position - committed) - 1
      return index < pending.count ? pending[index] : nil
    }
    do {
      return try ledger.event(at: position)
    } catch {
      UnreadableState.stop("event \(position)", "\(error)")
    }
  }

  /// The events about `subject` from position `first` on, of the present turn too, in order.
  /// - Parameter limit: At most so many. Cost: one look-up of the index a run, and the reading of
  ///   each event.
  package func events(
    about subject: [UInt8], from first: UInt64 = 1, limit: Int = .max
  ) -> [Event] {
    var found: [Event] = []
    for position in bySubject.positions(of: subject, from: first) where found.count < limit {
      // Another subject or an effect may have the same key.
      guard position != found.last?.position, let event = event(at: position),
        event.record.rawSpan.matches(event.subjectRange, subject.rawSpan)
      else { continue }
      found.append(event)
    }
    return found
  }

  /// The body of the event at `position`, of the present turn or committed.
  func blob(at position: UInt64) -> [UInt8]? {
    if let blob = blobs.first(where: { $0.position == position }) { return blob.bytes }
    do {
      return try ledger.blob(at: position)
    } catch {
      UnreadableState.stop("the body of event \(position)", "\(error)")
    }
  }

  /// Hands all events before `position` to `body`, in order, with their subjects' numbers.
  func forEachEvent(before position: UInt64, _ body: (Event, UInt32) -> Void) {
    guard position > 1 else { return }
    let committed = min(ledger.end.position, position - 1)
    do {
      if committed > 0 {
        try ledger.forEachEvent(from: 1, through: committed) { (event) -> Bool in
          body(event, subjectNumber(of: event))
          return true
        }
      }
    } catch {
      UnreadableState.stop("the ledger", "\(error)")
    }
    for event in pending where event.position < position { body(event, subjectNumber(of: event)) }
  }
}
