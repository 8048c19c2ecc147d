import Auditing
import CBOR
import LMDB
import Ledger
import Proofs
import TestSupport
import Testing

/// A ledger whose stored bytes were changed behind its back.
@Suite("Damaged ledgers")
struct DamageTests {
  /// Changes the value of the row with this number in a table; removes it where `change` gives nil.
  private func change(
    _ stored: StoredHistory, _ table: String, row: Int, _ change: ([UInt8]) -> [UInt8]?
  ) throws {
    let environment = try Environment(directory: stored.directory.path)
    defer { environment.close() }
    let handle = try environment.openTable(table, create: false)
    var rows: [(key: [UInt8], value: [UInt8])] = []
    try environment.read { (txn) throws(LMDBError) in
      try txn.forEach(in: handle) { (key, value) throws(LMDBError) in
        rows.append((key.rawSpan.array(0..<key.count), value.rawSpan.array(0..<value.count)))
        return true
      }
    }
    let key = rows[row].key
    let value = change(rows[row].value)
    try environment.write { (txn) throws(LMDBError) in
      if let value {
        try txn.put(value.span, for: key.span, in: handle)
      } else {
        _ = try txn.delete(key.span, in: handle)
      }
    }
  }

  private func sealed(but hotRecords: UInt64 = 100) throws -> StoredHistory {
    try StoredHistory(History.random(seed: 11, count: 1_400), hotRecords: hotRecords)
  }

  @Test("A changed hash of the tree is named with the positions it covers")
  func tree() throws {
    let stored = try sealed()
    try change(stored, "tree", row: 0) { tile in
      var tile = tile
      tile[2 * 32 + 5] ^= 0x10
      return tile
    }
    let report = try stored.read { try LedgerAudit($0).run() }
    #expect(report.differenceCount == 1)
    let difference = try #require(report.differences.first)
    #expect(difference.position == 513)
    #expect(difference.what == "the tree's hash of positions 513 to 768")
    #expect(report.root == stored.history.root)
  }

  @Test("A tile that is missing, cut or too long is a difference", arguments: [nil, -32, 32])
  func tile(change bytes: Int?) throws {
    let stored = try sealed()
    try change(stored, "tree", row: 0) { tile in
      guard let bytes else { return nil }
      return bytes < 0 ? Array(tile.dropLast(-bytes)) : tile + [UInt8](repeating: 7, count: bytes)
    }
    let report = try stored.read { try LedgerAudit($0).run() }
    let sealed = (stored.history.events.count - 100) / 256
    #expect(report.differenceCount == (bytes == nil ? sealed : 1))
    #expect(report.differences.last?.position == UInt64(sealed) * 256 - (bytes == 32 ? 0 : 255))
  }

  @Test(
    "Any changed byte of a segment or a block stops the walk there",
    arguments: 0..<24 as Range<UInt64>)
  func bytes(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let stored = try sealed(but: 700)
    let table = seed % 2 == 0 ? "segments" : "tail"
    try change(stored, table, row: 1) { value in
      var value = value
      // Three bytes behind a segment's version are not used.
      let place = Int(random.next() % UInt64(value.count - 4))
      value[place == 0 ? 0 : place + 4] ^= 1 << UInt8(random.next() % 8)
      return value
    }
    let report = try stored.read { try LedgerAudit($0).run() }
    let difference = try #require(report.differences.last)
    #expect(difference.what == "the ledger")
    #expect(report.root == nil)
    #expect(report.events < report.size)
  }

  @Test("A ledger whose end cannot be read is not opened, and that is a difference as well")
  func end() throws {
    let stored = try StoredHistory(History.random(seed: 15, count: 40))
    try change(stored, "tail", row: 0) { $0.dropLast() + [$0[$0.count - 1] ^ 1] }
    let error = try #require(throws: LedgerError.self) { try stored.read { _ in } }
    let report = try #require(AuditReport(unreadable: error))
    #expect(report.differenceCount == 1)
    #expect(report.differences.first?.position == 1)
    #expect(report.root == nil)
  }

  @Test("A segment that is gone is named")
  func missingSegment() throws {
    let stored = try sealed()
    try change(stored, "segments", row: 1) { _ in nil }
    let report = try stored.read { try LedgerAudit($0).run() }
    #expect(report.differences.last?.position == 257)
    #expect(report.events == 256)
  }

  @Test("A row of names that says something else than the events is a difference")
  func names() throws {
    let stored = try StoredHistory(History.random(seed: 12, count: 40))
    try change(stored, "names", row: 1) { _ in Array("other".utf8) }
    let report = try stored.read { try LedgerAudit($0).run() }
    #expect(report.differenceCount == 1)
    #expect(report.differences.first?.what == "the table of names")
  }

  @Test("Time that goes back is a difference")
  func time() throws {
    let history = History.random(seed: 13, count: 40)
    let stored = try StoredHistory(history)
    try change(stored, "tail", row: 0) { block in
      // recordedAt and occurredAt of the last record, and the checksum that makes the block whole.
      let count = history.events.count
      let record = history.events[count - 1].with { $0.with(recordedAt: 5, occurredAt: 5) }.record
      return RawBlock(records: history.events.dropLast().map(\.record) + [record]).bytes
    }
    let report = try stored.read { try LedgerAudit($0).run() }
    #expect(report.differences.map(\.what) == ["the ledger time"])
    #expect(report.differences.first?.position == UInt64(history.events.count))
  }

  @Test("Bytes that are no record stop the walk", arguments: [0, 1, 60, 68])
  func noRecord(place: Int) throws {
    let history = History.random(seed: 14, count: 40)
    let stored = try StoredHistory(history)
    try change(stored, "tail", row: 0) { _ in
      var records = history.events.map(\.record)
      records[9][place] ^= 0x40
      return RawBlock(records: records).bytes
    }
    let report = try stored.read { try LedgerAudit($0).run() }
    #expect(report.differences.map(\.position) == [10])
    #expect(report.events == 9)
    #expect(report.root == nil)
  }
}

/// A block of `tail` by the description of the format alone.
struct RawBlock {
  let bytes: [UInt8]

  init(records: [[UInt8]]) {
    var body: [UInt8] = []
    var end = 0
    for record in records {
      end += record.count
      body += Self.littleEndian(UInt32(end))
    }
    for record in records { body += record }
    bytes =
      Self.littleEndian(UInt32(records.count)) + Self.littleEndian(Self.checksum(body)) + body
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    [0, 8, 16, 24].map { (shift: UInt32) in UInt8(truncatingIfNeeded: value >> shift) }
  }

  /// CRC-32 of ISO 3309, bit by bit.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xedb8_8320 : 0) }
    }
  }
}
