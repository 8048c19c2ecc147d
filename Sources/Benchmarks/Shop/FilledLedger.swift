import Glibc
import Ledger

/// A ledger that holds a shop's events.
struct FilledLedger {
  let ledger: Ledger
  let directory: String
  let count: UInt64

  /// Appends the shop's events.
  /// - Parameter seals: Whether older events are sealed; it is then waited until they are.
  init(
    _ shop: ShopEvents, seals: Bool, hotRecords: UInt64 = LedgerOptions().hotRecords,
    perCommit: Int = 1_000, directory: String
  ) throws {
    var options = LedgerOptions()
    options.seals = seals
    options.hotRecords = hotRecords
    ledger = try Ledger(directory: directory, options: options)
    self.directory = directory
    count = UInt64(shop.count)
    let ledger = ledger
    try shop.forEachBatch(of: perCommit) { try ledger.append($0) }
    if seals { try Self.waitUntilSealed(ledger, hotRecords: options.hotRecords) }
  }

  /// Waits until all events but the newest are sealed.
  static func waitUntilSealed(
    _ ledger: Ledger, hotRecords: UInt64 = LedgerOptions().hotRecords
  ) throws {
    let end = ledger.end.position
    guard end > hotRecords else { return }
    // A segment is 256 events, so up to 255 more stay open.
    while try ledger.sealedThrough + hotRecords + 256 <= end {
      if let failure = ledger.sealingFailure { throw failure }
      usleep(10_000)
    }
  }
}
