import Engine
import Host
import Ledger
import Policies
import Simulation

/// A shop's events taken in by the whole engine with the shipped programs.
enum ShopIngest {
  private static let batch = 2_048

  /// Takes all events in, waits until the older are sealed, and stops cleanly.
  /// - Returns: The ledger's last position, and the last that is sealed.
  static func run(
    _ shop: ShopEvents, into directory: String
  ) throws -> (position: UInt64, sealed: UInt64) {
    try run(shop, skipping: 0, into: directory) { _ in }
  }

  /// - Parameters:
  ///   - skip: Events that are known to be there already.
  ///   - progress: Told how many of the shop's events are on disk.
  @discardableResult
  static func run(
    _ shop: ShopEvents, skipping skip: Int, into directory: String, progress: (Int) -> Void
  ) throws -> (position: UInt64, sealed: UInt64) {
    var options = HostOptions(directory: directory)
    options.clock = .event
    let host = try Host(options) { _ in nil }
    var inputs: [Input] = []
    var taken = skip
    func append() throws {
      _ = try host.append(inputs)
      taken += inputs.count
      inputs.removeAll(keepingCapacity: true)
      progress(taken)
    }
    try shop.forEach(skipping: skip) { event in
      inputs.append(input(event))
      if inputs.count == batch { try append() }
      return true
    }
    try append()
    let ledger = host.store.ledger
    try FilledLedger.waitUntilSealed(ledger)
    let ends = (ledger.end.position, try ledger.sealedThrough)
    try host.close()
    return ends
  }

  static func input(_ event: ShopEvent) -> Input {
    Input(
      kind: event.isOutcome ? .outcome : .input, type: event.type,
      subject: Array(event.subject.utf8), source: Array(event.source.utf8),
      externalID: Array(event.id.utf8), occurredAt: event.time, payload: event.payload)
  }
}
