import Ledger

/// Ids and roots by position: those of the newest million in memory, older ones in the ledger.
struct RecentEvents: ~Copyable {
  /// What later events refer to.
  struct Link: Equatable {
    var id: EventID
    var root: UInt64
  }

  private static let capacity = 1 << 20

  private let ledger: Ledger
  private var links: [Link] = []
  private var next: UInt64 = 1

  init(_ ledger: Ledger) {
    self.ledger = ledger
  }

  /// Takes in the event at the next position.
  mutating func append(_ header: EventHeader) {
    let link = Link(id: header.id, root: header.root)
    let place = Int((next - 1) % UInt64(Self.capacity))
    if place == links.count { links.append(link) } else { links[place] = link }
    next += 1
  }

  /// What the event at `position` is, or nil where it was not taken in.
  /// Cost: 2 µs where it is no longer kept.
  func link(at position: UInt64) throws(LedgerError) -> Link? {
    guard position >= 1, position < next else { return nil }
    if next - position <= UInt64(Self.capacity) {
      return links[Int((position - 1) % UInt64(Self.capacity))]
    }
    var found: Link?
    try ledger.forEachLink(from: position, through: position) { header in
      found = Link(id: header.id, root: header.root)
    }
    return found
  }
}

extension Ledger {
  /// Hands headers to a body that does not throw.
  func forEachLink(
    from first: UInt64, through last: UInt64, _ body: (EventHeader) -> Void
  ) throws(LedgerError) {
    do {
      try forEachHeader(from: first, through: last) { _, header in
        body(header)
        return true
      }
    } catch let error as LedgerError {
      throw error
    } catch {
      throw .damaged(position: first, RecordError("\(error)"))
    }
  }
}
