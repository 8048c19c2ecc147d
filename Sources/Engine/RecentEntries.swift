/// Entries that are not stored yet, by key: open addressing, 16 bytes a slot, at most two thirds
/// full. Keys must be hashes: their lowest bits choose the slot.
struct RecentEntries {
  private static let fewest = 1_024

  /// In order of position.
  private(set) var entries: [RunEntry] = []
  /// Position 0: free.
  private var slots = [RunEntry](repeating: RunEntry(key: 0, position: 0), count: fewest)

  var count: Int { entries.count }

  /// Notes an entry, whose position is above all others'.
  mutating func insert(_ entry: RunEntry) {
    if (entries.count + 1) * 3 > slots.count * 2 { grow() }
    entries.append(entry)
    place(entry)
  }

  /// Hands the positions under `key` to `body` until it returns false.
  /// - Returns: Whether it never did.
  func forEachPosition(of key: UInt64, _ body: (UInt64) -> Bool) -> Bool {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: key) & mask
    while slots[index].position != 0 {
      if slots[index].key == key, !body(slots[index].position) { return false }
      index = (index + 1) & mask
    }
    return true
  }

  mutating func removeAll() {
    entries.removeAll(keepingCapacity: true)
    for index in slots.indices { slots[index] = RunEntry(key: 0, position: 0) }
  }

  private mutating func place(_ entry: RunEntry) {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: entry.key) & mask
    while slots[index].position != 0 { index = (index + 1) & mask }
    slots[index] = entry
  }

  private mutating func grow() {
    slots = [RunEntry](repeating: RunEntry(key: 0, position: 0), count: slots.count * 2)
    for entry in entries { place(entry) }
  }
}
