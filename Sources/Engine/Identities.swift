import CBOR
package import Ledger

/// Which event ids are taken, and by which position: what deduplication asks.
///
/// Open addressing over the first eight bytes of the id; the few that share them are told apart
/// by reading the event. 16 bytes an event, twice that at worst.
package final class Identities {
  package let name = "identities"
  private struct Entry {
    var fingerprint: UInt64
    /// 0: free.
    var position: UInt64
  }

  private var entries = [Entry](repeating: Entry(fingerprint: 0, position: 0), count: 1_024)
  private var count = 0
  /// Entries that are not stored yet, in order of position.
  private var fresh: [Entry] = []
  private var storedRuns: UInt32 = 0

  package init() {}

  /// The position whose event has `id`, or nil.
  /// - Parameter isSame: Told a position whose event may have it, reads whether it does.
  package func position(of id: EventID, isSame: (UInt64) -> Bool) -> UInt64? {
    let mask = entries.count - 1
    var index = Int(truncatingIfNeeded: id.high) & mask
    while entries[index].position != 0 {
      if entries[index].fingerprint == id.high && isSame(entries[index].position) {
        return entries[index].position
      }
      index = (index + 1) & mask
    }
    return nil
  }

  /// Notes that the event at `position` has `id`.
  package func insert(_ id: EventID, at position: UInt64) {
    let entry = Entry(fingerprint: id.high, position: position)
    fresh.append(entry)
    add(entry)
  }

  private func add(_ entry: Entry) {
    if (count + 1) * 3 > entries.count * 2 { grow() }
    let mask = entries.count - 1
    var index = Int(truncatingIfNeeded: entry.fingerprint) & mask
    while entries[index].position != 0 { index = (index + 1) & mask }
    entries[index] = entry
    count += 1
  }

  private func grow() {
    let old = entries
    entries = [Entry](repeating: Entry(fingerprint: 0, position: 0), count: old.count * 2)
    let mask = entries.count - 1
    for entry in old where entry.position != 0 {
      var index = Int(truncatingIfNeeded: entry.fingerprint) & mask
      while entries[index].position != 0 { index = (index + 1) & mask }
      entries[index] = entry
    }
  }
}

extension Identities: StoredTable {
  package var pendingCount: Int { fresh.count }

  package func open(_ source: any RowSource) throws {
    entries = [Entry](repeating: Entry(fingerprint: 0, position: 0), count: 1_024)
    count = 0
    fresh = []
    storedRuns = 0
    try source.forEachStoredRow(table: name) { number, run in
      storedRuns = number + 1
      let bytes = run.rawSpan
      for offset in stride(from: 0, to: bytes.byteCount, by: 16) {
        add(
          Entry(
            fingerprint: bytes.bigEndian(at: offset, as: UInt64.self),
            position: bytes.bigEndian(at: offset + 8, as: UInt64.self)))
      }
    }
  }

  /// One row with all that came since the last flush: a run of (fingerprint, position) pairs,
  /// big-endian, in order of position.
  package func pendingRows() -> RowBatch {
    var run: [UInt8] = []
    run.reserveCapacity(16 * fresh.count)
    for entry in fresh {
      run.append(littleEndian: entry.fingerprint.byteSwapped)
      run.append(littleEndian: entry.position.byteSwapped)
    }
    var batch = RowBatch()
    batch.put(storedRuns, run)
    return batch
  }

  package func flushed() {
    guard !fresh.isEmpty else { return }
    storedRuns += 1
    fresh.removeAll(keepingCapacity: true)
  }
}
