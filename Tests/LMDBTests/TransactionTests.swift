import LMDB
import TestSupport
import Testing

@Suite("Transactions")
struct TransactionTests {
  let directory = TemporaryDirectory()
  let environment: Environment
  let table: TableHandle

  init() throws {
    environment = try Environment(directory: directory.place("env"), options: .quick())
    table = try environment.openTable("events", create: true)
  }

  @Test("What a write returns from is there afterwards, what it throws out of is not")
  func commitAndAbort() throws {
    try environment.set("kept", "1", in: table)
    #expect(throws: Abandoned.self) {
      try environment.write { txn in
        try txn.put([2].span, for: Array("lost".utf8).span, in: table)
        throw Abandoned()
      }
    }
    #expect(try environment.get("kept", in: table) == "1")
    #expect(try environment.get("lost", in: table) == nil)
  }

  @Test("A closure throws its caller's own error type, which also takes storage failures")
  func ownErrorType() throws {
    func rejected() throws(StoreError) -> Int {
      try environment.write { (txn) throws(StoreError) in
        throw .rejected
      }
    }
    func emptyKey() throws(StoreError) {
      let none: [UInt8] = []
      try environment.write { (txn) throws(StoreError) in
        do throws(LMDBError) {
          try txn.put([1].span, for: none.span, in: table)
        } catch {
          throw StoreError(error)
        }
      }
    }
    func nested() throws(StoreError) {
      try environment.write { (txn) throws(StoreError) in
        try environment.write { (txn) throws(StoreError) in }
      }
    }
    #expect(throws: StoreError.rejected) { try rejected() }
    do {
      try emptyKey()
      Issue.record("an empty key was stored")
    } catch StoreError.storage(let error) {
      #expect(error.code == .badValueSize)
    }
    do {
      try nested()
      Issue.record("a nested write was begun")
    } catch StoreError.storage(let error) {
      #expect(error.code == .nestedWrite)
    }
  }

  @Test("A write inside a write is an error, and the outer one goes on")
  func nestedWrite() throws {
    try environment.write { txn in
      #expect(code { try environment.write { _ in } } == .nestedWrite)
      #expect(code { _ = try environment.openTable("other", create: true) } == .nestedWrite)
      try txn.put([1].span, for: [1].span, in: table)
    }
    #expect(try environment.contents(of: table) == [[[1], [1]]])
  }

  @Test("A read inside a write shows the state before it; the write shows its own")
  func readInsideWrite() throws {
    try environment.set("k", "old", in: table)
    try environment.write { txn in
      try txn.put(Array("new".utf8).span, for: Array("k".utf8).span, in: table)
      #expect(try environment.get("k", in: table) == "old")
      let own = try txn.value(for: Array("k".utf8).span, in: table)?.copiedBytes
      #expect(own == Array("new".utf8))
    }
    #expect(try environment.get("k", in: table) == "new")
  }

  @Test("A snapshot stays as it is while a writer commits")
  func isolation() throws {
    try environment.set("k", "old", in: table)
    try environment.read { txn in
      let before = txn.id
      try environment.set("k", "new", in: table)
      try environment.set("l", "more", in: table)
      let seen = try txn.value(for: Array("k".utf8).span, in: table)?.copiedBytes
      #expect(seen == Array("old".utf8))
      #expect(try txn.entryCount(of: table) == 1)
      #expect(txn.id == before)
      #expect(try environment.read { $0.id } == before + 2)
    }
    #expect(try environment.get("k", in: table) == "new")
  }

  @Test("Writers of several threads take turns; none is lost")
  func writersTakeTurns() async throws {
    try environment.write { txn in try txn.put([0, 0].span, for: [1].span, in: table) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<50 {
            try environment.write { txn in
              let old = try txn.value(for: [1].span, in: table)!.copiedBytes
              let count = Int(old[0]) << 8 | Int(old[1]) + 1
              try txn.put(
                [UInt8(count >> 8), UInt8(count & 255)].span, for: [1].span, in: table)
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try environment.contents(of: table) == [[[1], [0, 200]]])
  }

  @Test("A reader that is renewed sees what was committed since")
  func renewedReader() throws {
    var reader = try Reader(environment)
    for round in 0..<10 {
      try environment.set("k", "\(round)", in: table)
      let seen = try reader.read { txn in
        try txn.value(for: Array("k".utf8).span, in: table)?.copiedBytes
      }
      #expect(seen == Array("\(round)".utf8))
    }
  }

  @Test("Everything throws once the environment is closed, and closing twice is nothing")
  func closed() throws {
    environment.close()
    environment.close()
    #expect(code { _ = try environment.get("k", in: table) } == .closed)
    #expect(code { try environment.set("k", "v", in: table) } == .closed)
    #expect(code { _ = try environment.openTable("other") } == .closed)
    #expect(code { _ = try environment.info() } == .closed)
    #expect(code { try environment.sync() } == .closed)
    #expect(code { _ = try Reader(environment) } == .closed)
  }

  @Test("Closing inside a transaction, or before a Reader, traps")
  func closingTooEarly() async {
    let path = directory.place("trap")
    await #expect(processExitsWith: .failure) { [path = path as String] in
      let environment = try Environment(directory: path)
      try environment.read { (_) throws(LMDBError) in environment.close() }
    }
    await #expect(processExitsWith: .failure) { [path = path as String] in
      let environment = try Environment(directory: path)
      try environment.write { (_) throws(LMDBError) in environment.close() }
    }
    await #expect(processExitsWith: .failure) { [path = path as String] in
      let environment = try Environment(directory: path)
      let reader = try Reader(environment)
      environment.close()
      _ = consume reader
    }
  }
}
