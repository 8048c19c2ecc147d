import CBOR
import Ledger

/// Where in the ledger the events about each subject are, and the outcomes of each effect.
///
/// The key of an event is a 32-bit hash of its subject; an outcome has a second one, of the delivery
/// or action that it answers, as whoever reports it may not know the subject. So an answer may
/// hold positions of others (with a million subjects, one in 4,000 shares its key with another),
/// and whoever reads the events there compares. It never lacks one.
///
/// What came since the last flush is in memory, 16 bytes an event, the rest in a ``RunIndex``: about
/// 7 bytes an event.
package final class SubjectIndex {
  /// The table's name in `views/`.
  package static let tableName = "events.by-subject"
  private let stored: RunIndex
  /// In order of position.
  private var recent: [RunEntry] = []
  /// Those before them that are set aside; nil: none are.
  private var frozen: [RunEntry]?

  /// - Parameter background: Where runs are merged; nil: in the flush.
  package init(options: RunOptions = RunOptions(), background: BackgroundWork? = nil) {
    var options = options
    options.keyBits = 32
    // It is asked seldom.
    options.filterBitsPerEntry = 0
    stored = RunIndex(name: Self.tableName, options: options, background: background)
  }

  /// Notes an event; it must come after all that were noted.
  func insert(_ event: Event) {
    let bytes = event.record.rawSpan
    note(bytes.extracting(event.subjectRange), at: event.position)
    guard event.kind == .outcome, let id = event.payload.effectID?.textBytesRange else { return }
    note(bytes.extracting(id), at: event.position)
  }

  private func note(_ bytes: RawSpan, at position: UInt64) {
    recent.append(RunEntry(key: Self.key(of: bytes), position: position))
  }

  /// The key of a subject or of an effect's id.
  static func key(of bytes: RawSpan) -> UInt64 { Hashing.hash(bytes) >> 32 }

  /// Positions under the key of a subject or of an effect's id, in order.
  /// - Parameters:
  ///   - first: None before this one.
  ///   - limit: At most so many.
  func positions(of name: [UInt8], from first: UInt64, limit: Int = .max) -> [UInt64] {
    let key = Self.key(of: name.rawSpan)
    var found = stored.positions(of: key, from: first, limit: limit)
    for entries in [frozen ?? [], recent] {
      for entry in entries
      where entry.key == key && entry.position >= first && found.count < limit {
        found.append(entry.position)
      }
    }
    return found
  }
}

extension SubjectIndex: StoredTable {
  package var name: String { stored.name }

  /// Rows that the next flush writes cost an eighth of others.
  package var pendingCount: Int { (recent.count + 7) / 8 + (stored.hasNews ? 1 : 0) }

  package func open(_ source: any RowSource) throws {
    recent = []
    frozen = nil
    try stored.open(source)
  }

  package func pendingRows() -> RowBatch {
    var entries = recent
    RunSort.sort(&entries)
    return stored.pendingRows(adding: entries)
  }

  package func flushed() {
    if frozen == nil { recent.removeAll(keepingCapacity: true) }
    frozen = nil
    stored.flushed()
  }

  package func freeze() {
    precondition(frozen == nil, "the index by subject is being flushed")
    frozen = recent
    recent = []
  }

  package func gather(_ limit: Int) -> Int { 0 }

  package func frozenRows() -> FrozenRows {
    stored.frozenRows(adding: frozen ?? [])
  }

  package func thaw() {
    guard let all = frozen else { return }
    recent = all + recent
    frozen = nil
    stored.thaw()
  }
}

extension CBORView {
  /// The id of the delivery or action that an outcome's data answer.
  fileprivate var effectID: CBORView? {
    view(forKey: Field.deliveryId) ?? view(forKey: Field.actionId)
  }
}
