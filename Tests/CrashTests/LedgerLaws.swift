import CBOR
import Crypto

/// What holds in every ledger, checked on the stored bytes alone.
struct LedgerLaws {
  private(set) var violations: [String] = []
  private let records: [StoredRecord]
  private var ids: Set<[UInt8]> = []
  private var effects: Set<String> = []
  /// How many a cause led to for a program so far.
  private var ordinals: [String: UInt32] = [:]
  /// As the events give them.
  private var names: [[UInt8]: [UInt8]] = [:]

  static func violations(in reader: LedgerReader) -> [String] {
    var laws = LedgerLaws(records: reader.records)
    for record in reader.records { laws.take(record) }
    if laws.names != reader.names { laws.violations.append("the names differ from their events") }
    for position in reader.bodies.keys where position > UInt64(reader.records.count) {
      laws.violations.append("a body belongs to \(position), past the end")
    }
    laws.checkTree(reader)
    return laws.violations
  }

  /// Each stored tile has the hashes of the segments that there are.
  private mutating func checkTree(_ reader: LedgerReader) {
    var hashes = stride(from: 0, to: reader.sealedCount, by: 256).map { first in
      Self.root(reader.records[first..<first + 256].map { Self.hash([0] + $0.bytes) })
    }
    var expected: [[UInt8]: [UInt8]] = [:]
    var level: UInt8 = 1
    while !hashes.isEmpty {
      for place in stride(from: 0, to: hashes.count, by: 256) {
        let number = UInt64(place / 256)
        let key = [level] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }
        expected[key] = Array(hashes[place..<min(place + 256, hashes.count)].joined())
      }
      hashes = stride(from: 0, to: hashes.count - hashes.count % 256, by: 256).map {
        Self.root(Array(hashes[$0..<$0 + 256]))
      }
      level += 1
    }
    if reader.tiles != expected { violations.append("the tree differs from the records") }
  }

  /// Of a full tree.
  private static func root(_ hashes: [[UInt8]]) -> [UInt8] {
    guard hashes.count > 1 else { return hashes.first ?? [] }
    return root(
      stride(from: 0, to: hashes.count, by: 2).map { hash([1] + hashes[$0] + hashes[$0 + 1]) })
  }

  private static func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }

  private init(records: [StoredRecord]) {
    self.records = records
  }

  private mutating func report(_ record: StoredRecord, _ words: String) {
    violations.append("\(record.position): \(words)")
  }

  private mutating func take(_ record: StoredRecord) {
    let index = Int(record.position) - 1
    if index > 0, record.recordedAt < records[index - 1].recordedAt {
      report(record, "ledger time goes back")
    }
    if record.cause >= record.position { report(record, "the cause is later") }
    let root = record.cause == 0 ? record.position : records[Int(record.cause) - 1].root
    if record.root != root { report(record, "the root is not the cause's") }
    if !ids.insert(record.id).inserted { report(record, "the id was there before") }
    if record.id != derivedID(record) { report(record, "the id is not derived from its parts") }
    do {
      try CBORScanner.validate(record.payload)
    } catch {
      report(record, "\(error)")
      return
    }
    let payload = CBORView(storage: record.payload)
    if record.type == 1 { takeName(payload) }
    if record.kind == 4 {
      let id =
        payload.view(forKey: "deliveryId")?.string ?? payload.view(forKey: "actionId")?.string
      if !effects.insert(id ?? "").inserted { report(record, "an effect is requested again") }
    }
  }

  private mutating func derivedID(_ record: StoredRecord) -> [UInt8] {
    var bytes: [UInt8]
    if !record.source.isEmpty {
      bytes = record.source + [0] + record.externalID
    } else {
      guard record.cause > 0 else { return [] }
      let key = "\(record.cause) \(record.program)"
      let ordinal = ordinals[key, default: 0]
      ordinals[key] = ordinal + 1
      bytes = records[Int(record.cause) - 1].id
      bytes += names[Self.nameKey(2, record.program)] ?? []
      bytes += [0] + (0..<4).map { UInt8(truncatingIfNeeded: ordinal >> (8 * $0)) }
    }
    return Array(SHA256.hash(data: bytes).prefix(16))
  }

  private mutating func takeName(_ payload: CBORView) {
    guard let space = payload.view(forKey: "space")?.string,
      let number = payload.view(forKey: "number")?.uint64,
      let name = payload.view(forKey: "name")?.string
    else {
      violations.append("a name.interned lacks a field")
      return
    }
    names[Self.nameKey(space == "type" ? 1 : 2, UInt32(number))] = Array(name.utf8)
  }

  private static func nameKey(_ space: UInt8, _ number: UInt32) -> [UInt8] {
    [space] + (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }
  }
}
