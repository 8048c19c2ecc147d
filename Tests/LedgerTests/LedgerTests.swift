import CBOR
import LMDB
import Ledger
import TestSupport
import Testing

@Suite("The ledger")
struct LedgerTests {
  @Test("An empty ledger has an end at 0 and nothing to read")
  func empty() throws {
    let directory = TemporaryDirectory()
    let ledger = try ledger(directory)
    #expect(ledger.end.position == 0 && ledger.end.recordedAt == 0)
    #expect(try ledger.positions(from: 0) == [])
    #expect(try ledger.event(at: 0) == nil)
    #expect(try ledger.event(at: 1) == nil)
    #expect(try ledger.blob(at: 1) == nil)
    #expect(try ledger.names().count(.type) == 1)
    try ledger.append([])
    #expect(ledger.end.position == 0)
  }

  @Test(
    "Commits of any size are read back exactly, by range, by point, and after reopening",
    arguments: 0..<20 as Range<UInt64>)
  func reading(seed: UInt64) throws {
    let directory = TemporaryDirectory()
    var random = SplitMix64(seed: seed)
    var ledger = try ledger(directory)
    var all: [Event] = []
    for _ in 0..<12 {
      // Blocks end at 256 records or about 256 KiB.
      let count = [1, 2, 255, 256, 257, 600].randomElement(using: &random)!
      let size = count > 300 ? 2_000 : Int.random(in: 0..<300, using: &random)
      let commit = (0..<count).map { index in
        event(UInt64(all.count + index + 1), payloadBytes: size)
      }
      try ledger.append(commit)
      all += commit
      #expect(ledger.end.position == UInt64(all.count))
      #expect(ledger.end.recordedAt == all.last?.recordedAt)
    }
    for round in 0..<2 {
      if round == 1 {
        ledger.close()
        ledger = try LedgerTestsSupport.reopened(directory)
        #expect(ledger.end.position == UInt64(all.count))
        #expect(ledger.end.recordedAt == Int64(all.count))
      }
      for _ in 0..<30 {
        let first = UInt64.random(in: 0...UInt64(all.count + 2), using: &random)
        let last = UInt64.random(in: 0...UInt64(all.count + 2), using: &random)
        let start = max(first, 1)
        let end = min(last, UInt64(all.count))
        var found: [Event] = []
        try ledger.forEachEvent(from: first, through: last) { (event) -> Bool in
          found.append(event)
          return true
        }
        #expect(found == (start <= end ? Array(all[Int(start) - 1..<Int(end)]) : []))
        let point = UInt64.random(in: 1...UInt64(all.count), using: &random)
        #expect(try ledger.event(at: point) == all[Int(point) - 1])
      }
      #expect(try ledger.event(at: UInt64(all.count) + 1) == nil)
      #expect(try ledger.positions(from: 1).count == all.count)
    }
  }

  @Test("Reading stops where the reader says so, also at a block's end")
  func stopping() throws {
    let directory = TemporaryDirectory()
    let ledger = try ledger(directory)
    try ledger.append((1...300).map { event($0) })
    for stop in [1, 255, 256, 257, 300] as [UInt64] {
      var last: UInt64 = 0
      try ledger.forEachEvent(from: 1) { (event) -> Bool in
        last = event.position
        return event.position < stop
      }
      #expect(last == stop)
    }
  }

  @Test("Names that name.interned gives are known after reopening, in their order")
  func names() throws {
    let directory = TemporaryDirectory()
    let first = try ledger(directory)
    // More than 255, so that an order by single bytes would show.
    var events: [Event] = []
    for number in 2...400 as ClosedRange<UInt32> {
      events.append(
        naming(.type, number, "type.\(number)", at: UInt64(events.count + 1)))
    }
    events.append(naming(.program, 1, "abandoned-cart", at: UInt64(events.count + 1)))
    try first.append(events)
    first.close()
    let names = try LedgerTestsSupport.reopened(directory).names()
    #expect(names.count(.type) == 400)
    for number in 2...400 as ClosedRange<UInt32> {
      #expect(names.name(.type, number) == "type.\(number)")
    }
    #expect(names.number(.program, "abandoned-cart") == 1)
  }

  private func naming(
    _ space: Names.Space, _ number: UInt32, _ name: String, at position: UInt64
  ) -> Event {
    Event(
      position: position,
      header: EventHeader(
        kind: .control, type: Names.internedType, recordedAt: 5, occurredAt: 5, cause: 0,
        root: position, id: EventID(high: position, low: 0), program: 0),
      subject: [], payload: Names.payload(space, number: number, name: name).encoded())
  }

  @Test("Bodies are kept by the position of their event, in full")
  func blobs() throws {
    let directory = TemporaryDirectory()
    let first = try ledger(directory)
    let large = bytes(3 << 20, 1)
    try first.append([event(1), event(2)], blobs: [Blob(position: 2, bytes: large)])
    try first.append([event(3)], blobs: [Blob(position: 3, bytes: [])])
    first.close()
    let again = try LedgerTestsSupport.reopened(directory)
    #expect(try again.blob(at: 1) == nil)
    #expect(try again.blob(at: 2) == large)
    #expect(try again.blob(at: 3) == [])
  }

  @Test("A commit that does not fit leaves the ledger as it was, readable and writable")
  func full() throws {
    let directory = TemporaryDirectory()
    let ledger = try ledger(directory) { $0.maximumMapBytes = 4 << 20 }
    try ledger.append([event(1)])
    let large = (2...200).map { event(UInt64($0), payloadBytes: 60_000) }
    do {
      try ledger.append(large)
      Issue.record("12 MB fitted into 4")
    } catch {
      guard case .store(let cause) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(cause.code == .mapFull)
    }
    #expect(ledger.end.position == 1)
    #expect(try ledger.positions(from: 1) == [1])
    try ledger.append([event(2)])
    #expect(try ledger.positions(from: 1) == [1, 2])
  }

  @Test("What is not a ledger, or one of another format, is named when it is opened")
  func refusals() throws {
    let directory = TemporaryDirectory()
    var options = LedgerOptions()
    options.readOnly = true
    for path in ["\(directory.path)/none", directory.path] {
      do throws(LedgerError) {
        _ = try Ledger(directory: path, options: options)
        Issue.record("opened \(path)")
      } catch {
        guard case .absent(let named) = error else {
          Issue.record("\(error)")
          return
        }
        #expect(named == path)
        #expect("\(error)".contains("there is no ledger in \(path)"))
      }
    }
    let other = directory.inside("other")
    try LedgerTestsSupport.put(
      other, table: "meta", key: Array("version".utf8), BigEndian.bytes(UInt64(3)))
    do throws(LedgerError) {
      _ = try Ledger(directory: other)
      Issue.record("opened version 3")
    } catch {
      guard case .version(found: 3) = error else {
        Issue.record("\(error)")
        return
      }
      #expect("\(error)".contains("format version 3"))
    }
  }

  @Test("A read-only ledger reads, and refuses to append")
  func readOnly() throws {
    let directory = TemporaryDirectory()
    let first = try ledger(directory)
    try first.append([event(1)])
    first.close()
    let reader = try ledger(directory) { $0.readOnly = true }
    #expect(try reader.positions(from: 1) == [1])
    #expect(throws: LedgerError.self) { try reader.append([event(2)]) }
    #expect(reader.end.position == 1)
  }

  @Test("Damaged blocks are errors with the position, or other records, never a crash")
  func damage() throws {
    let directory = TemporaryDirectory()
    let first = try ledger(directory)
    try first.append([event(1), event(2), event(3)])
    try first.append([event(4)])
    first.close()
    let records = [event(1), event(2), event(3)].map(\.record)
    let block = LedgerTestsSupport.block(records)
    func damaged(_ bytes: [UInt8]) throws -> UInt64? {
      try LedgerTestsSupport.put(
        directory.path, table: "tail", key: BigEndian.bytes(UInt64(1)), bytes)
      let ledger = try LedgerTestsSupport.reopened(directory)
      defer { ledger.close() }
      do throws(LedgerError) {
        try ledger.forEachEvent(from: 1) { (event) -> Bool in
          _ = (event.subject, event.source, event.externalID)
          return true
        }
        return nil
      } catch {
        guard case .damaged(let position, _) = error else { throw error }
        #expect("\(error)".hasPrefix("the ledger is damaged at position \(position): "))
        return position
      }
    }
    #expect(try damaged(block) == nil)
    #expect(try damaged([1, 0]) == 1, "cut short")
    #expect(try damaged([0, 0, 0, 0]) == 1, "no records")
    #expect(try damaged(Array(block.dropLast())) == 1)
    #expect(try damaged([0xFF, 0xFF, 0xFF, 0xFF] + block.dropFirst(4)) == 1)
    for index in block.indices {
      var flipped = block
      flipped[index] ^= 1 << UInt8(index % 8)
      #expect(try damaged(flipped) == 1, "a bit of byte \(index)")
    }
    // What a checksum covers may still be wrong, where another program wrote it.
    var version = block
    version[8 + 12 + records[0].count] = 9
    #expect(try damaged(LedgerTestsSupport.checked(version)) == 2, "the second record's version")
    var offset = block
    offset[8] = 0xFF
    offset[9] = 0xFF
    #expect(try damaged(LedgerTestsSupport.checked(offset)) == 1, "offsets that run backwards")
    var random = SplitMix64(seed: 1)
    for _ in 0..<150 {
      var bytes = block
      for _ in 0...2 {
        bytes[Int.random(in: 0..<140, using: &random)] = .random(in: .min ... .max, using: &random)
      }
      _ = try damaged(LedgerTestsSupport.checked(bytes))
    }
  }

  @Test("Others can follow the end from their own threads, and see whole commits")
  func following() async throws {
    let directory = TemporaryDirectory()
    let ledger = try ledger(directory)
    #expect(!ledger.wait(past: 0, milliseconds: 20))
    let followers = (0..<3).map { _ in
      Task.detached { () throws -> [UInt64] in
        var seen: [UInt64] = []
        while seen.count < 500 {
          guard ledger.wait(past: UInt64(seen.count), milliseconds: 10_000) else { break }
          try ledger.forEachEvent(from: UInt64(seen.count) + 1) { (event) -> Bool in
            seen.append(event.position)
            return true
          }
          // Commits are of five events.
          #expect(seen.count % 5 == 0)
        }
        return seen
      }
    }
    for commit in 0..<100 as Range<UInt64> {
      try ledger.append((1...5).map { event(commit * 5 + $0) })
    }
    for follower in followers {
      #expect(try await follower.value == Array(1...500))
    }
  }
}

/// What the tests do to a ledger's files behind its back.
enum LedgerTestsSupport {
  static func reopened(_ directory: TemporaryDirectory) throws -> Ledger {
    var options = LedgerOptions()
    options.growAheadBytes = 0
    return try Ledger(directory: directory.path, options: options)
  }

  /// Writes a value straight into a table.
  static func put(
    _ directory: String, table: String, key: [UInt8], _ value: [UInt8]
  ) throws {
    let environment = try Environment(directory: directory, options: EnvironmentOptions())
    defer { environment.close() }
    let handle = try environment.openTable(table, create: true)
    try environment.write { txn in
      try txn.put(value.span, for: key.span, in: handle)
    }
  }

  /// The layout of a block: count, checksum, ends, records, little-endian.
  static func block(_ records: [[UInt8]]) -> [UInt8] {
    var block: [UInt8] = []
    block.append(littleEndian: UInt32(records.count))
    block.append(littleEndian: UInt32(0))
    var end: UInt32 = 0
    for record in records {
      end += UInt32(record.count)
      block.append(littleEndian: end)
    }
    return checked(block + records.joined())
  }

  /// The block with the checksum that its bytes have.
  static func checked(_ block: [UInt8]) -> [UInt8] {
    var checksum: [UInt8] = []
    checksum.append(littleEndian: crc32(block[8...]))
    return block[..<4] + checksum + block[8...]
  }

  /// CRC-32 (ISO 3309), bit by bit.
  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var rest = UInt32.max
    for byte in bytes {
      rest ^= UInt32(byte)
      for _ in 0..<8 { rest = rest >> 1 ^ (rest & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~rest
  }
}
