import Dispatch
import Foundation
import LMDB
import Synchronization
import TestSupport
import Testing

@Suite("Growing the map")
struct MapGrowthTests {
  let directory = TemporaryDirectory()

  func open(
    _ change: (inout EnvironmentOptions) -> Void = { _ in }
  ) throws -> (Environment, TableHandle) {
    let environment = try Environment(directory: directory.place("env"), options: .quick(change))
    return (environment, try environment.openTable("t", create: true))
  }

  /// Puts `count` values of 10,000 bytes.
  static func fill(
    _ environment: Environment, _ table: TableHandle, count: UInt64,
    onFull: () -> Void = {}
  ) throws(LMDBError) {
    let value = [UInt8](repeating: 7, count: 10_000)
    try environment.write { (txn) throws(LMDBError) in
      for key in 0..<count {
        do throws(LMDBError) {
          try txn.put(value.span, for: key, in: table)
        } catch {
          if error.code == .mapFull { onFull() }
          throw error
        }
      }
    }
  }

  @Test("A write that does not fit grows the map and runs its body again")
  func grows() throws {
    let (environment, table) = try open()
    var fullCount = 0
    try Self.fill(environment, table, count: 1_000) { fullCount += 1 }
    #expect(fullCount == 4)
    #expect(try environment.info().mapBytes == 16 << 20)
    #expect(try environment.contents(of: table).count == 1_000)
    environment.close()
    let (again, _) = try open()
    #expect(try again.info().mapBytes >= 12 << 20)
  }

  @Test("A body that swallows the error is run again all the same")
  func swallowed() throws {
    let (environment, table) = try open()
    let value = [UInt8](repeating: 7, count: 3 << 20)
    try environment.write { txn in
      do { try txn.put(value.span, for: [1].span, in: table) } catch {}
    }
    #expect(try environment.contents(of: table).count == 1)
  }

  @Test("At the maximum a write throws, and smaller ones go on")
  func maximum() throws {
    let (environment, table) = try open { $0.maximumMapBytes = 2 << 20 }
    try environment.set("k", "v", in: table)
    let error = #expect(throws: LMDBError.self) {
      try Self.fill(environment, table, count: 1_000)
    }
    #expect(error?.code == .mapFull)
    #expect(error?.description.contains("maximumMapBytes") == true)
    #expect(error?.place.hasPrefix("table 't' in ") == true)
    #expect(try environment.info().mapBytes == 2 << 20)
    #expect(try environment.get("k", in: table) == "v")
    try Self.fill(environment, table, count: 50)
    try environment.set("k", "w", in: table)
    #expect(try environment.get("k", in: table) == "w")
  }

  @Test("A growing map waits for a read on another thread, whose snapshot stays whole")
  func waitsForReader() throws {
    let (environment, table) = try open()
    try environment.set("k", "old", in: table)
    let isReading = DispatchSemaphore(value: 0)
    let mayEnd = DispatchSemaphore(value: 0)
    let isDone = DispatchSemaphore(value: 0)
    let seen = Mutex<[UInt8]?>(nil)
    Thread.detachNewThread {
      try? environment.read { (txn) throws(LMDBError) in
        isReading.signal()
        mayEnd.wait()
        let value = try txn.value(for: Array("k".utf8).span, in: table)?.copiedBytes
        seen.withLock { $0 = value }
      }
      isDone.signal()
    }
    isReading.wait()
    try Self.fill(environment, table, count: 300) { mayEnd.signal() }
    isDone.wait()
    #expect(seen.withLock { $0 } == Array("old".utf8))
    #expect(try environment.contents(of: table).count == 301)
  }

  @Test("A read that does not end is named, and nothing is lost")
  func readersBusy() throws {
    let (environment, table) = try open { $0.growthWaitMilliseconds = 20 }
    let isReading = DispatchSemaphore(value: 0)
    let mayEnd = DispatchSemaphore(value: 0)
    let isDone = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      try? environment.read(file: "Reports/Long.swift", line: 42) { (_) throws(LMDBError) in
        isReading.signal()
        mayEnd.wait()
      }
      isDone.signal()
    }
    isReading.wait()
    let error = #expect(throws: LMDBError.self) {
      try Self.fill(environment, table, count: 300)
    }
    #expect(error?.code == .readersBusy)
    #expect(error?.detail == "live reads: Reports/Long.swift:42")
    try environment.set("k", "v", in: table)
    mayEnd.signal()
    isDone.wait()
    try Self.fill(environment, table, count: 300)
    #expect(try environment.contents(of: table).count == 301)
  }

  @Test("A read around the write on the same thread is refused at once")
  func readAroundWrite() throws {
    let (environment, table) = try open { $0.growthWaitMilliseconds = 3_600_000 }
    try environment.read { txn in
      #expect(code { try Self.fill(environment, table, count: 300) } == .readersBusy)
    }
    try Self.fill(environment, table, count: 300)
  }

  @Test("A Reader that is reset does not hold a growing map up, and reads on after it")
  func resetReader() throws {
    let (environment, table) = try open { $0.growthWaitMilliseconds = 0 }
    var reader = try Reader(environment)
    try Self.fill(environment, table, count: 300)
    let count = try reader.read { txn in try txn.entryCount(of: table) }
    #expect(count == 300)
  }

  @Test("Readers see whole commits while the map is replaced over and over")
  func readersDuringGrowth() throws {
    let (environment, table) = try open {
      $0.initialMapBytes = 128 << 10
      $0.mapGrowthFactor = 1.1
    }
    let isOver = Atomic<Bool>(false)
    let faults = Atomic<Int>(0)
    let reads = Atomic<Int>(0)
    let group = DispatchGroup()
    try environment.set("a", "0", in: table)
    try environment.set("b", "0", in: table)
    for _ in 0..<3 {
      group.enter()
      Thread.detachNewThread {
        while !isOver.load(ordering: .relaxed) {
          do {
            let isWhole = try environment.read { (txn) throws(LMDBError) in
              let a = try txn.value(for: Array("a".utf8).span, in: table)!.copiedBytes
              return try txn.value(for: Array("b".utf8).span, in: table)!.copiedBytes == a
            }
            if !isWhole { faults.add(1, ordering: .relaxed) }
          } catch {
            faults.add(1, ordering: .relaxed)
          }
          reads.add(1, ordering: .relaxed)
        }
        group.leave()
      }
    }
    for round in 1...200 as ClosedRange<UInt64> {
      let text = Array("\(round)".utf8)
      let filling = [UInt8](repeating: 1, count: 20_000)
      try environment.write { txn in
        try txn.put(text.span, for: Array("a".utf8).span, in: table)
        try txn.put(filling.span, for: round, in: table)
        try txn.put(text.span, for: Array("b".utf8).span, in: table)
      }
    }
    isOver.store(true, ordering: .relaxed)
    group.wait()
    #expect(faults.load(ordering: .relaxed) == 0)
    #expect(reads.load(ordering: .relaxed) > 0)
    #expect(try environment.info().mapBytes > 4_000_000)
  }

  @Test("A map that another process has grown is followed", arguments: ["read", "reader", "write"])
  func otherProcess(way: String) async throws {
    let (environment, table) = try open()
    try environment.set("k", "v", in: table)
    var reader = try Reader(environment)
    let path = directory.place("env")
    await #expect(processExitsWith: .success) { [path = path as String] in
      let environment = try Environment(
        directory: path, options: .quick { $0.initialMapBytes = 64 << 20 })
      let table = try environment.openTable("t")
      try MapGrowthTests.fill(environment, table, count: 800)
    }
    switch way {
    case "read":
      #expect(try environment.read { try $0.entryCount(of: table) } == 801)
    case "reader":
      let count = try reader.read { txn in try txn.entryCount(of: table) }
      #expect(count == 801)
    default:
      try environment.set("l", "w", in: table)
      #expect(try environment.read { try $0.entryCount(of: table) } == 802)
    }
    #expect(try environment.info().mapBytes == 64 << 20)
  }
}
