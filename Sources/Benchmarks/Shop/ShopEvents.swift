import CBOR
import JSON
import Ledger
import Simulation

/// The events of a simulated shop, as every store keeps them.
struct ShopEvents {
  private static let days = 30
  /// What a customer of the default shop gives in so many days, less a margin.
  private static let eventsPerCustomer = 85

  private let shop: Shop
  /// How many events there are.
  let count: Int

  /// The first `count` events of a shop that is large enough.
  init(count: Int) {
    self.count = count
    let customers = max(500, count / Self.eventsPerCustomer)
    shop = Shop(ShopConfiguration(seed: 1, customers: customers, days: Self.days))
  }

  /// The events from the one that has `skip` before it.
  func forEach(skipping skip: Int = 0, _ body: (ShopEvent) throws -> Bool) rethrows {
    var shop = shop
    var index = 0
    while index < count, let event = shop.next() {
      index += 1
      if index > skip, try !body(event) { return }
    }
  }

  /// Writes the events for the peers, a line each: id in hex, subject, type, time, data as JSON,
  /// with tabs between; and the subjects of every 50th event, for reads by subject.
  func write(to path: String, subjects subjectsPath: String, subjectCount: Int) throws {
    let file = try OutputFile(path: path)
    defer { file.close() }
    var lines: [UInt8] = []
    try forEach { event in
      let id = EventID(source: Array(event.source.utf8), externalID: Array(event.id.utf8))
      var data = JSONWriter()
      data.item(CBORView(storage: event.payload))
      lines += Array("\(id.hex)\t\(event.subject)\t\(event.type)\t\(event.time)\t".utf8)
      lines += data.bytes
      lines.append(0x0a)
      if lines.count > 1 << 20 {
        try file.write(lines)
        lines.removeAll(keepingCapacity: true)
      }
      return true
    }
    try file.write(lines)
    let names = try OutputFile(path: subjectsPath)
    try names.write(sampledSubjects(subjectCount).flatMap { Array("\($0)\n".utf8) })
    names.close()
  }

  /// The subjects of every 50th event, for reads by subject.
  func sampledSubjects(_ limit: Int) -> [String] {
    var subjects: [String] = []
    var count = 0
    forEach { event in
      if count % 50 == 0 { subjects.append(event.subject) }
      count += 1
      return subjects.count < limit
    }
    return subjects
  }

  /// Hands the events as the ledger's events to `body`, in batches.
  func forEachBatch(of size: Int, _ body: ([Event]) throws -> Void) rethrows {
    var types: [String: UInt32] = [:]
    var batch: [Event] = []
    var position: UInt64 = 0
    try forEach { event in
      position += 1
      let type = types[event.type, default: UInt32(types.count + 2)]
      types[event.type] = type
      let source = Array(event.source.utf8)
      let externalID = Array(event.id.utf8)
      let header = EventHeader(
        kind: event.isOutcome ? .outcome : .input, type: type, recordedAt: event.time,
        occurredAt: event.time, cause: 0, root: position,
        id: EventID(source: source, externalID: externalID), program: 0)
      batch.append(
        Event(
          position: position, header: header, subject: Array(event.subject.utf8), source: source,
          externalID: externalID, payload: event.payload))
      if batch.count == size {
        try body(batch)
        batch.removeAll(keepingCapacity: true)
      }
      return true
    }
    if !batch.isEmpty { try body(batch) }
  }
}
