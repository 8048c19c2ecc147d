import CBOR
import Simulation

/// All events of a shop to which nobody writes.
func history(_ configuration: ShopConfiguration) -> [ShopEvent] {
  var shop = Shop(configuration)
  var events: [ShopEvent] = []
  while let event = shop.next() { events.append(event) }
  return events
}

/// FNV-1a over everything that an event says.
struct HistoryDigest {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ event: ShopEvent) {
    for shift in stride(from: 0, to: 64, by: 8) {
      add(UInt8(truncatingIfNeeded: event.time >> Int64(shift)))
    }
    add(event.isOutcome ? 1 : 0)
    for text in [event.type, event.subject, event.source, event.id] {
      for byte in text.utf8 { add(byte) }
      add(0)
    }
    for byte in event.payload { add(byte) }
  }

  private mutating func add(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
  }
}

/// The digest of a whole history.
func digest(_ events: [ShopEvent]) -> UInt64 {
  var digest = HistoryDigest()
  for event in events { digest.add(event) }
  return digest.value
}
