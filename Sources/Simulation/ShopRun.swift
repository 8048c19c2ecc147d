import CBOR
package import Engine
import Ledger
package import Policies

/// Runs a virtual shop against a store in virtual time: the shop's events go in, the messages and
/// actions that the programs request reach the shop at once, and the shop answers.
package struct ShopRun {
  /// Events of one transaction: virtual time has no callers that wait.
  private static let commitEvents = 8_192

  private let store: Store
  package private(set) var shop: Shop
  /// Events of the shop taken so far.
  package private(set) var eventCount = 0

  package init(_ store: Store, _ shop: Shop) {
    self.store = store
    self.shop = shop
  }

  /// Runs until the shop has no more events, then until no timer is left that draining waits for.
  /// - Parameters:
  ///   - onEvent: Told every event of the shop before it goes in.
  ///   - progress: Told the virtual time after every event.
  package mutating func run(
    onEvent: (Input) throws -> Void = { _ in }, progress: (Int64) -> Void = { _ in }
  ) throws {
    var drainedFrom: UInt64?
    var drainEnd: Int64?
    while true {
      let due = store.engine.nextTimer()
      if shop.nextTime == nil, due.map({ $0 > drainEnd ?? .min }) ?? true {
        let start = drainedFrom ?? store.engine.position
        drainedFrom = start
        drainEnd = store.drainEnd(since: start)
        if drainEnd == nil { break }
      }
      if let time = shop.nextTime, due.map({ time < $0 }) ?? true {
        guard let event = shop.next() else { continue }
        let input = Self.input(event)
        try onEvent(input)
        _ = try store.engine.turn([input], clock: .event, commits: isLarge)
        eventCount += 1
        progress(event.time)
      } else if let due {
        _ = try store.engine.advance(to: due, limit: 1, commits: isLarge)
        progress(due)
      } else {
        break
      }
      observe()
    }
    _ = try store.engine.turn([], clock: .event)
  }

  private var isLarge: Bool { store.engine.uncommittedCount >= Self.commitEvents }

  private mutating func observe() {
    for effect in store.engine.takeRequestedEffects() {
      shop.observe(Self.effect(effect, store), at: effect.recordedAt)
    }
  }

  private static func input(_ event: ShopEvent) -> Input {
    Input(
      kind: event.isOutcome ? .outcome : .input, type: event.type,
      subject: Array(event.subject.utf8), source: Array(event.source.utf8),
      externalID: Array(event.id.utf8), occurredAt: event.time, payload: event.payload)
  }

  private static func effect(_ event: Event, _ store: Store) -> ShopEffect {
    let data = event.payload
    let isDelivery =
      store.context.names.name(.type, event.type) == EventType.deliveryRequested
    return ShopEffect(
      isDelivery: isDelivery, id: data.text(isDelivery ? Field.deliveryId : Field.actionId),
      program: data.text(Field.program), run: data.text(Field.run),
      step: data.text(Field.step),
      channel: data.text(isDelivery ? Field.channel : Field.action), subject: event.subject,
      to: data.text(Field.to),
      variables: (data.view(forKey: isDelivery ? Field.variables : Field.parameters))?.value
        ?? .object([]))
  }
}
