import LMDB
import TestSupport
import Testing

@Suite("Entries")
struct EntryTests {
  let directory = TemporaryDirectory()
  let environment: Environment
  let table: TableHandle

  init() throws {
    environment = try Environment(directory: directory.place("env"), options: .quick())
    table = try environment.openTable("events", create: true)
  }

  @Test("Keys sort as unsigned bytes, a prefix before what it begins")
  func byteOrder() throws {
    let sorted: [[UInt8]] = [
      [0], [0, 0], [0, 255], [1], [127], [128], [128, 1], [255], [255, 0],
    ]
    try environment.write { txn in
      for key in sorted.reversed() { try txn.put(key.span, for: key.span, in: table) }
    }
    #expect(try environment.contents(of: table).map { $0[0] } == sorted)
  }

  @Test("A value may be empty, and is not the same as none")
  func emptyValue() throws {
    let none: [UInt8] = []
    try environment.write { txn in try txn.put(none.span, for: [1].span, in: table) }
    try environment.read { txn in
      let count = try txn.value(for: [1].span, in: table)?.count
      let isOtherThere = try txn.contains([2].span, in: table)
      #expect(count == 0)
      #expect(!isOtherThere)
    }
  }

  @Test(
    "Keys have 1 to 511 bytes",
    arguments: [(0, false), (1, true), (510, true), (511, true), (512, false), (4_096, false)])
  func keyLimit(count: Int, isStored: Bool) throws {
    let key = bytes(count, seed: 1)
    let thrown = code {
      try environment.write { txn in try txn.put([7].span, for: key.span, in: table) }
    }
    #expect(thrown == (isStored ? nil : .badValueSize))
    #expect(try environment.contents(of: table) == (isStored ? [[key, [7]]] : []))
  }

  @Test(
    "Values of any size come back as they were",
    arguments: [0, 1, 500, 2_000, 2_048, 4_080, 4_096, 65_536, 1 << 20, 5 << 20])
  func valueSizes(count: Int) throws {
    let value = bytes(count, seed: UInt64(count))
    try environment.write { txn in try txn.put(value.span, for: [1].span, in: table) }
    #expect(try environment.contents(of: table) == [[[1], value]])
    let counts = try environment.read { try $0.statistics(of: table) }
    #expect((counts.overflowPages > 0) == (count > 2_010))
    #expect(counts.entryCount == 1)
  }

  @Test("noOverwrite refuses a key that exists; insert says so; neither spoils the transaction")
  func existingKeys() throws {
    try environment.write { txn in
      try txn.put([1].span, for: [5].span, in: table, mode: .noOverwrite)
      do throws(LMDBError) {
        try txn.put([2].span, for: [5].span, in: table, mode: .noOverwrite)
        Issue.record("an entry was overwritten")
      } catch {
        #expect(error.code == .keyExists)
      }
      #expect(try txn.insert([3].span, for: [5].span, in: table) == false)
      #expect(try txn.insert([4].span, for: [6].span, in: table) == true)
    }
    #expect(try environment.contents(of: table) == [[[5], [1]], [[6], [4]]])
  }

  @Test("append takes only keys above the last one")
  func append() throws {
    try environment.write { txn in
      for position in 1...1_000 as ClosedRange<UInt64> {
        try txn.put([1].span, for: position, in: table, mode: .append)
      }
      for refused in [1_000, 999, 1] as [UInt64] {
        do throws(LMDBError) {
          try txn.put([2].span, for: refused, in: table, mode: .append)
          Issue.record("\(refused) was appended")
        } catch {
          #expect(error.code == .keyExists)
        }
      }
    }
    #expect(try environment.read { try $0.entryCount(of: table) } == 1_000)
  }

  @Test("delete tells whether the key was there")
  func delete() throws {
    try environment.write { txn in
      try txn.put([1].span, for: [1].span, in: table)
      try txn.put([1].span, for: 77, in: table)
      #expect(try txn.delete([1].span, in: table))
      #expect(try txn.delete([1].span, in: table) == false)
      #expect(try txn.delete(77, in: table))
      #expect(try txn.delete(77, in: table) == false)
    }
    #expect(try environment.contents(of: table) == [])
  }

  @Test("A reserved value is zeros where it is not written", arguments: [0, 1, 100, 10_000])
  func reserved(count: Int) throws {
    // Freed pages with other bytes in them first, so that old memory would show.
    try environment.write { txn in
      try txn.put([UInt8](repeating: 0xAA, count: 20_000).span, for: [9].span, in: table)
    }
    _ = try environment.write { txn in try txn.delete([9].span, in: table) }
    try environment.write { txn in
      try txn.putReserving(key: [1].span, count: count, in: table) { span in
        #expect(span.count == count)
        if count > 2 { span[2] = 5 }
      }
    }
    var expected = [UInt8](repeating: 0, count: count)
    if count > 2 { expected[2] = 5 }
    #expect(try environment.contents(of: table) == [[[1], expected]])
  }

  @Test("Numbers as keys sort as numbers", arguments: [KeyOrder.bytes, .integer])
  func numbers(keys: KeyOrder) throws {
    let table = try environment.openTable("numbers", keys: keys, create: true)
    let sorted: [UInt64] = [0, 1, 255, 256, 65_535, 1 << 32, .max / 2, .max - 1, .max]
    try environment.write { txn in
      for key in sorted.shuffled() {
        try txn.put([UInt8(truncatingIfNeeded: key)].span, for: key, in: table)
      }
    }
    try environment.read { txn in
      var seen: [UInt64] = []
      try txn.forEach(in: table) { key, _ in
        seen.append((keys == .bytes ? key.bigEndianUInt64 : key.nativeUInt64)!)
        return true
      }
      #expect(seen == sorted)
      #expect(try txn.value(for: 256, in: table)?[0] == 0)
      #expect(try txn.value(for: 257, in: table) == nil)
      var cursor = try txn.cursor(in: table)
      #expect(try cursor.seek(notBelow: 257))
      check(cursor.value[0] == 255)
      #expect(try cursor.seek(257) == false)
    }
    let big = withBigEndianBytes(of: 0x0102) { $0.copiedBytes }
    #expect(big == [0, 0, 0, 0, 0, 0, 1, 2])
  }

  @Test("A table of integers takes 8-byte keys only")
  func integerKeySize() throws {
    let table = try environment.openTable("numbers", keys: .integer, create: true)
    for count in [1, 4, 7, 9] {
      let key = [UInt8](repeating: 1, count: count)
      #expect(
        code {
          try environment.write { txn in try txn.put([1].span, for: key.span, in: table) }
        } == .badValueSize)
      #expect(
        code { _ = try environment.read { try $0.contains(key.span, in: table) } }
          == .badValueSize)
    }
  }
}
