import LMDB
import TestSupport
import Testing

@Suite("Cursors")
struct CursorTests {
  let directory = TemporaryDirectory()
  let environment: Environment
  let table: TableHandle

  init() throws {
    environment = try Environment(directory: directory.place("env"), options: .quick())
    table = try environment.openTable("events", create: true)
    let table = table
    try environment.write { txn in
      for key in [10, 20, 30, 40] as [UInt8] {
        try txn.put([key + 1].span, for: [key].span, in: table)
      }
    }
  }

  @Test("A cursor moves in order, both ways, and stops at the ends")
  func moving() throws {
    try environment.read { txn in
      var cursor = try txn.cursor(in: table)
      check(!cursor.isPositioned)
      var seen: [UInt8] = []
      while try cursor.next() { seen.append(cursor.key[0]) }
      #expect(seen == [10, 20, 30, 40])
      check(!cursor.isPositioned)
      #expect(try cursor.last())
      check(cursor.value[0] == 41)
      #expect(try cursor.next() == false)
      #expect(try cursor.first())
      check(cursor.key[0] == 10)
      #expect(try cursor.previous() == false)
      var backwards = try txn.cursor(in: table)
      seen = []
      while try backwards.previous() { seen.append(backwards.key[0]) }
      #expect(seen == [40, 30, 20, 10])
    }
  }

  @Test("Seeking finds the key, or the next one", arguments: 0...50 as ClosedRange<UInt8>)
  func seeking(key: UInt8) throws {
    try environment.read { txn in
      var cursor = try txn.cursor(in: table)
      let next = [10, 20, 30, 40].first { $0 >= key }
      #expect(try cursor.seek(notBelow: [key].span) == (next != nil))
      if let next { #expect(cursor.key[0] == next) }
      #expect(try cursor.seek([key].span) == (next == key))
      if next == key { #expect(cursor.value[0] == key + 1) }
    }
  }

  @Test("A range is half open, and the body can end it early")
  func ranges() throws {
    func keys(_ lower: [UInt8]?, _ upper: [UInt8]?, limit: Int = .max) throws -> [UInt8] {
      try environment.read { txn in
        var seen: [UInt8] = []
        let body: (Span<UInt8>, Span<UInt8>) -> Bool = { key, value in
          #expect(value[0] == key[0] + 1)
          seen.append(key[0])
          return seen.count < limit
        }
        switch (lower, upper) {
        case (nil, nil): try txn.forEach(in: table, body)
        case (let lower?, nil): try txn.forEach(in: table, from: lower.span, body)
        case (nil, let upper?): try txn.forEach(in: table, to: upper.span, body)
        case (let lower?, let upper?):
          try txn.forEach(in: table, from: lower.span, to: upper.span, body)
        }
        return seen
      }
    }
    #expect(try keys(nil, nil) == [10, 20, 30, 40])
    #expect(try keys([20], nil) == [20, 30, 40])
    #expect(try keys([20, 0], nil) == [30, 40])
    #expect(try keys(nil, [30]) == [10, 20])
    #expect(try keys(nil, [30, 0]) == [10, 20, 30])
    #expect(try keys([20], [40]) == [20, 30])
    #expect(try keys([40], [20]) == [])
    #expect(try keys([41], nil) == [])
    #expect(try keys(nil, nil, limit: 2) == [10, 20])
  }

  @Test("A scan throws its body's error type, and the snapshot ends")
  func throwingScan() throws {
    func scan() throws(StoreError) {
      try environment.read { (txn) throws(StoreError) in
        try txn.forEach(in: table) { (_, _) throws(StoreError) -> Bool in throw .rejected }
      }
    }
    #expect(throws: StoreError.rejected) { try scan() }
    environment.close()
  }

  @Test("Deleting at a cursor leaves it before the next entry")
  func deletingCurrent() throws {
    try environment.write { txn in
      var cursor = try txn.cursor(in: table)
      var seen: [UInt8] = []
      while try cursor.next() {
        let key = cursor.key[0]
        seen.append(key)
        if key == 20 || key == 40 {
          try cursor.deleteCurrent()
          check(!cursor.isPositioned)
        }
      }
      #expect(seen == [10, 20, 30, 40])
    }
    #expect(try environment.contents(of: table) == [[[10], [11]], [[30], [31]]])
  }

  @Test("Putting at a cursor stores, replaces, and appends at the end only")
  func puttingAtCursor() throws {
    try environment.write { txn in
      var cursor = try txn.cursor(in: table)
      try cursor.put([1].span, for: [50].span, mode: .append)
      try cursor.put([2].span, for: [20].span)
      do throws(LMDBError) {
        try cursor.put([3].span, for: [20].span, mode: .append)
        Issue.record("appended in the middle")
      } catch {
        #expect(error.code == .keyExists)
      }
      #expect(try cursor.seek([50].span))
      check(cursor.value[0] == 1)
    }
    #expect(try environment.contents(of: table).map { $0[1] } == [[11], [2], [31], [41], [1]])
  }

  @Test("Reading where a cursor stands on nothing traps")
  func nowhere() async {
    let path = directory.place("trap")
    await #expect(processExitsWith: .failure) { [path = path as String] in
      let environment = try Environment(directory: path)
      let table = try environment.openTable("t", create: true)
      try environment.read { txn in
        let cursor = try txn.cursor(in: table)
        print(cursor.key.count)
      }
    }
  }
}
