import Dispatch
import Foundation
import LMDB
import Synchronization
import TestSupport
import Testing

@Suite("Tables")
struct TableTests {
  let directory = TemporaryDirectory()

  func open(_ change: (inout EnvironmentOptions) -> Void = { _ in }) throws -> Environment {
    try Environment(directory: directory.place("env"), options: .quick(change))
  }

  @Test("A table outlives its environment, with its order of keys")
  func persistence() throws {
    var environment = try open()
    let first = try environment.openTable("a", keys: .integer, create: true)
    #expect(try environment.openTable("a", keys: .integer) == first)
    try environment.write { txn in try txn.put([1].span, for: 7, in: first) }
    try environment.sync()
    environment.close()
    environment = try open()
    #expect(code { _ = try environment.openTable("a") } == .incompatible)
    let again = try environment.openTable("a", keys: .integer)
    #expect(again.keys == .integer)
    #expect(try environment.contents(of: again).count == 1)
    #expect(code { _ = try environment.openTable("a") } == .incompatible)
  }

  @Test("A table that does not exist is an error unless it is to be created")
  func missing() throws {
    let environment = try open()
    #expect(code { _ = try environment.openTable("a") } == .notFound)
    #expect(try environment.tableNames() == [])
    _ = try environment.openTable("b", create: true)
    _ = try environment.openTable("a", create: true)
    #expect(try environment.tableNames() == ["a", "b"])
  }

  @Test(
    "Names are 1 to 511 bytes without NUL",
    arguments: ["", "a\0b", String(repeating: "x", count: 512)])
  func badNames(name: String) throws {
    let environment = try open()
    #expect(code { _ = try environment.openTable(name, create: true) } == .badValueSize)
  }

  @Test("More tables than allowed is an error that names the remedy")
  func tooMany() throws {
    let environment = try open { $0.maximumTables = 2 }
    _ = try environment.openTable("a", create: true)
    _ = try environment.openTable("b", create: true)
    let error = #expect(throws: LMDBError.self) {
      try environment.openTable("c", create: true)
    }
    #expect(error?.code == .tablesFull)
    #expect(error?.description.contains("maximumTables") == true)
    #expect(try environment.tableNames() == ["a", "b"])
  }

  @Test("Clearing empties a table and keeps it open")
  func clearing() throws {
    let environment = try open()
    let table = try environment.openTable("a", create: true)
    try environment.set("k", "v", in: table)
    try environment.write { txn in
      try txn.clear(table)
      #expect(try txn.reading.entryCount(of: table) == 0)
      try txn.put([1].span, for: [1].span, in: table)
    }
    #expect(try environment.contents(of: table) == [[[1], [1]]])
  }

  @Test("A dropped table's handle is stale, even when its slot holds another table")
  func dropping() throws {
    let environment = try open()
    let dropped = try environment.openTable("a", create: true)
    let kept = try environment.openTable("b", create: true)
    try environment.set("k", "v", in: dropped)
    try environment.set("k", "w", in: kept)
    try environment.dropTable(dropped)
    #expect(try environment.tableNames() == ["b"])
    #expect(code { _ = try environment.get("k", in: dropped) } == .staleTable)
    let other = try environment.openTable("c", create: true)
    try environment.set("k", "x", in: other)
    #expect(code { _ = try environment.get("k", in: dropped) } == .staleTable)
    #expect(code { try environment.set("k", "y", in: dropped) } == .staleTable)
    #expect(code { try environment.dropTable(dropped) } == .staleTable)
    #expect(try environment.get("k", in: kept) == "w")
    let again = try environment.openTable("a", create: true)
    #expect(try environment.contents(of: again) == [])
  }

  @Test("Dropping waits for reads, and gives up with their names")
  func droppingUnderRead() throws {
    let environment = try open { $0.growthWaitMilliseconds = 10 }
    let table = try environment.openTable("a", create: true)
    try environment.set("k", "v", in: table)
    try environment.read { txn in
      let error = #expect(throws: LMDBError.self) { try environment.dropTable(table) }
      #expect(error?.code == .readersBusy)
      #expect(error?.description.contains("TableTests.swift") == true)
      let count = try txn.entryCount(of: table)
      #expect(count == 1)
    }
    #expect(try environment.get("k", in: table) == "v")
    try environment.dropTable(table)
  }

  @Test("A read that begins while a table is dropped waits for the commit")
  func readDuringDrop() throws {
    let mayRead = DispatchSemaphore(value: 0)
    let isAboutToRead = DispatchSemaphore(value: 0)
    let isDone = DispatchSemaphore(value: 0)
    let isDropping = Atomic<Bool>(false)
    let seen = Mutex<[String]?>(nil)
    let environment = try open {
      $0.onWritePoint = { point in
        guard point == .beforeCommit, isDropping.load(ordering: .sequentiallyConsistent) else {
          return
        }
        mayRead.signal()
        isAboutToRead.wait()
        // Time for a reader that is not kept out to get in; a right one only waits for longer.
        usleep(20_000)
      }
    }
    let table = try environment.openTable("a", create: true)
    Thread.detachNewThread {
      mayRead.wait()
      isAboutToRead.signal()
      let names = try? environment.tableNames()
      seen.withLock { $0 = names }
      isDone.signal()
    }
    isDropping.store(true, ordering: .sequentiallyConsistent)
    try environment.dropTable(table)
    isDone.wait()
    #expect(seen.withLock { $0 } == [])
  }

  @Test("A handle of another environment is stale here")
  func foreignHandle() throws {
    let environment = try open()
    let other = try Environment(directory: directory.place("other"), options: .quick())
    let table = try environment.openTable("a", create: true)
    let foreign = try other.openTable("a", create: true)
    #expect(code { _ = try environment.get("k", in: foreign) } == .staleTable)
    #expect(code { try other.set("k", "v", in: table) } == .staleTable)
  }

  @Test("A transaction that began before the table was opened cannot use it")
  func openedLater() throws {
    let environment = try open()
    try environment.read { txn in
      let table = try environment.openTable("a", create: true)
      do throws(LMDBError) {
        _ = try txn.contains([1].span, in: table)
        Issue.record("the table was readable")
      } catch {
        #expect(error.code == .invalidArgument)
      }
    }
  }

  @Test("Statistics count entries, pages and free pages")
  func statistics() throws {
    let environment = try open()
    let table = try environment.openTable("a", create: true)
    try environment.write { txn in
      for key in 0..<1_000 as Range<UInt64> {
        try txn.put([UInt8](repeating: 1, count: 100).span, for: key, in: table)
      }
      try txn.put([UInt8](repeating: 1, count: 10_000).span, for: 1_000, in: table)
    }
    let counts = try environment.read { try $0.statistics(of: table) }
    #expect(counts.entryCount == 1_001)
    #expect(counts.depth == 2)
    #expect(counts.overflowPages == 3)
    #expect(counts.sizeBytes > 110_000)
    try environment.write { txn in try txn.clear(table) }
    let all = try environment.statistics()
    #expect(all.names.entryCount == 1)
    #expect(all.freePages >= counts.leafPages)
  }
}
