package import Ledger

/// Which event ids are taken, and by which position: what deduplication asks, over the whole ledger.
///
/// The ids since the last flush are in memory, all others in a ``RunIndex`` under 48 bits of the id;
/// the few ids that share them (3.6 in ten million look-ups with a hundred million ids) are told
/// apart by reading the event. Exact, whatever was flushed, merged or dropped from memory.
package final class Identities {
  /// The table's name in `views/`.
  package let name = "identities"
  private static let keyBits: UInt64 = 48
  private let stored: RunIndex
  private var recent = RecentEntries()
  /// Those that are set aside; nil: none are.
  private var frozen: RecentEntries?

  /// - Parameter background: Where runs are merged; nil: in the flush.
  package init(options: RunOptions = RunOptions(), background: BackgroundWork? = nil) {
    var options = options
    options.keyBits = Self.keyBits
    stored = RunIndex(name: name, options: options, background: background)
  }

  /// The position whose event has `id`, or nil. Cost for a new id: about 0.1 µs with ten million
  /// known.
  /// - Parameter isSame: Told a position whose event may have it, reads whether it does.
  package func position(of id: EventID, isSame: (UInt64) -> Bool) -> UInt64? {
    let key = Self.key(of: id)
    var found: UInt64?
    for entries in [recent, frozen] {
      let isNew = entries?.forEachPosition(of: key) { position in
        guard isSame(position) else { return true }
        found = position
        return false
      }
      guard isNew ?? true else { return found }
    }
    stored.forEachPosition(of: key) { position in
      guard isSame(position) else { return true }
      found = position
      return false
    }
    return found
  }

  /// Notes that the event at `position`, which is above all before it, has `id`.
  package func insert(_ id: EventID, at position: UInt64) {
    recent.insert(RunEntry(key: Self.key(of: id), position: position))
  }

  private static func key(of id: EventID) -> UInt64 { id.high >> (64 - keyBits) }

  /// How many ids are known.
  package var count: Int { stored.count + recent.count + (frozen?.count ?? 0) }

  /// Runs in the store.
  package var runCount: Int { stored.runs.count }

  /// What the filters and fences of the stored runs take in memory, in bytes.
  package var indexBytes: Int { stored.sizeBytes }
}

extension Identities: StoredTable {
  package var pendingCount: Int { recent.count + (stored.hasNews ? 1 : 0) }

  package func open(_ source: any RowSource) throws {
    recent = RecentEntries()
    frozen = nil
    try stored.open(source)
  }

  package func pendingRows() -> RowBatch {
    var entries = recent.entries
    RunSort.sort(&entries)
    return stored.pendingRows(adding: entries)
  }

  package func flushed() {
    if frozen == nil { recent.removeAll() }
    frozen = nil
    stored.flushed()
  }

  package func freeze() {
    precondition(frozen == nil, "the identities are being flushed")
    frozen = recent
    recent = RecentEntries()
  }

  package func gather(_ limit: Int) -> Int { 0 }

  package func frozenRows() -> FrozenRows {
    stored.frozenRows(adding: frozen?.entries ?? [])
  }

  package func thaw() {
    guard var all = frozen else { return }
    for entry in recent.entries { all.insert(entry) }
    recent = all
    frozen = nil
    stored.thaw()
  }
}
