import Ledger

/// Counts what is emitted in reaction to one cause for one program, as ids need it.
///
/// Causes come in the order of their positions, so that the counts of one suffice. One that comes
/// back later is counted anew from the ledger once, and then kept.
struct EmissionCount: ~Copyable {
  private struct Key: Hashable {
    let cause: UInt64
    let program: UInt32
  }

  private let ledger: Ledger
  private var cause: UInt64 = 0
  private var counts: [(program: UInt32, count: UInt32)] = []
  private var returned: [Key: UInt32] = [:]

  init(_ ledger: Ledger) {
    self.ledger = ledger
  }

  /// The ordinal of the emission at `position`.
  mutating func ordinal(
    cause: UInt64, program: UInt32, at position: UInt64
  ) throws(LedgerError) -> UInt32 {
    if cause < self.cause { return try returning(cause, program, position) }
    if cause > self.cause {
      self.cause = cause
      counts.removeAll(keepingCapacity: true)
    }
    guard let place = counts.firstIndex(where: { $0.program == program }) else {
      counts.append((program, 1))
      return 0
    }
    counts[place].count += 1
    return counts[place].count - 1
  }

  private mutating func returning(
    _ cause: UInt64, _ program: UInt32, _ position: UInt64
  ) throws(LedgerError) -> UInt32 {
    let key = Key(cause: cause, program: program)
    var count = returned[key] ?? 0
    if returned[key] == nil {
      try ledger.forEachLink(from: cause + 1, through: position - 1) { header in
        let isEmission = header.kind == .decision || header.kind == .effect
        if isEmission, header.cause == cause, header.program == program { count += 1 }
      }
    }
    returned[key] = count + 1
    return count
  }
}
