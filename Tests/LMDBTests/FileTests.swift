import Foundation
import LMDB
import Synchronization
import TestSupport
import Testing

@Suite("Files")
struct FileTests {
  let directory = TemporaryDirectory()
  var path: String { directory.place("env") }

  static func durable(growAheadBytes: Int = 0) -> EnvironmentOptions {
    var options = EnvironmentOptions()
    options.initialMapBytes = 4 << 20
    options.growAheadBytes = growAheadBytes
    return options
  }

  /// Commits `count` entries, one a commit, of growing size; some are deleted again.
  static func commit(_ count: UInt64, to environment: Environment) throws -> TableHandle {
    let table = try environment.openTable("t", create: true)
    for key in 0..<count {
      let value = [UInt8](repeating: UInt8(truncatingIfNeeded: key), count: Int(key * 37 % 9_000))
      try environment.write { txn in
        try txn.put(value.span, for: key, in: table)
        if key % 5 == 4 { try txn.delete(key - 2, in: table) }
      }
    }
    return table
  }

  static func expected(_ count: UInt64) -> [[[UInt8]]] {
    (0..<count).filter { $0 % 5 != 2 || $0 + 2 >= count }.map { key in
      [
        withBigEndianBytes(of: key) { $0.copiedBytes },
        [UInt8](repeating: UInt8(truncatingIfNeeded: key), count: Int(key * 37 % 9_000)),
      ]
    }
  }

  @Test("The file is kept ahead of its use, and its content survives")
  func growAhead() throws {
    var environment = try Environment(
      directory: path, options: Self.durable(growAheadBytes: 1 << 20))
    var table = try Self.commit(200, to: environment)
    let info = try environment.info()
    #expect(info.fileBytes >= info.usedBytes + (1 << 17))
    #expect(info.fileBytes <= info.usedBytes + (1 << 20))
    #expect(info.growAheadFailures == 0 && info.lastGrowAheadError == nil)
    #expect(try environment.contents(of: table) == Self.expected(200))
    environment.close()
    environment = try Environment(directory: path, options: Self.durable())
    table = try environment.openTable("t")
    #expect(try environment.contents(of: table) == Self.expected(200))
  }

  @Test("The file does not grow ahead of the map")
  func notBeyondMap() throws {
    let environment = try Environment(
      directory: path, options: Self.durable(growAheadBytes: 64 << 20))
    _ = try Self.commit(10, to: environment)
    let info = try environment.info()
    #expect(info.fileBytes == info.mapBytes)
  }

  @Test("Without the option, and when relaxed, LMDB alone lengthens the file")
  func noGrowAhead() throws {
    let environment = try Environment(
      directory: path,
      options: .quick { $0.growAheadBytes = 1 << 20 })
    _ = try Self.commit(10, to: environment)
    let info = try environment.info()
    #expect(info.fileBytes <= info.usedBytes)
  }

  @Test("Failing to grow ahead only costs speed")
  func growAheadFails() async {
    let path = path
    await #expect(processExitsWith: .success) { [path = path as String] in
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 2 << 20, rlim_max: 2 << 20)
      #expect(setrlimit(__rlimit_resource_t(1), &limit) == 0)
      let environment = try Environment(
        directory: path, options: FileTests.durable(growAheadBytes: 8 << 20))
      let table = try FileTests.commit(100, to: environment)
      let info = try environment.info()
      #expect(info.growAheadFailures == 1)
      #expect(info.lastGrowAheadError?.name == "EFBIG")
      // What was written of the step is given back.
      #expect(info.fileBytes <= info.usedBytes)
      #expect(try environment.contents(of: table) == FileTests.expected(100))
      // Beyond the limit commits fail, too, and leave what was.
      let large = [UInt8](repeating: 1, count: 3 << 20)
      let thrown = code {
        try environment.write { txn in try txn.put(large.span, for: 1_000, in: table) }
      }
      // LMDB reports a short write as EIO.
      #expect(["EFBIG", "EIO"].contains(thrown?.name))
      #expect(try environment.contents(of: table) == FileTests.expected(100))
    }
  }

  @Test("At each write point the file holds exactly the commits before it")
  func writePoints() throws {
    let log = Mutex<[WritePoint]>([])
    let (path, directory) = (path, directory)
    var options = Self.durable(growAheadBytes: 1 << 20)
    options.onWritePoint = { point in
      let index = log.withLock { log in
        log.append(point)
        return log.count
      }
      let copy = directory.place("copy\(index)")
      try? FileManager.default.createDirectory(
        atPath: copy, withIntermediateDirectories: false)
      try? FileManager.default.copyItem(
        atPath: "\(path)/data.mdb", toPath: "\(copy)/data.mdb")
    }
    let environment = try Environment(directory: path, options: options)
    _ = try Self.commit(12, to: environment)
    let points = log.withLock { $0 }
    // The first commit has made the table.
    #expect(points == (0..<13).flatMap { _ in [WritePoint.beforeCommit, .afterCommit] })
    for index in 2...points.count {
      let copy = try Environment(directory: directory.place("copy\(index)"))
      let table = try copy.openTable("t")
      #expect(try copy.contents(of: table) == Self.expected(UInt64(index / 2 - 1)))
    }
  }

  @Test("An aborted write passes no write point; sync passes two")
  func relaxedWritePoints() throws {
    let log = Mutex<[WritePoint]>([])
    let points = { log.withLock { $0 } }
    let environment = try Environment(
      directory: path,
      options: .quick { $0.onWritePoint = { point in log.withLock { $0.append(point) } } })
    #expect(throws: Abandoned.self) {
      try environment.write { _ in throw Abandoned() }
    }
    #expect(points() == [])
    try environment.sync()
    #expect(points() == [.beforeSync, .afterSync])
  }

  @Test("The lock file has its blocks before it is mapped, and the readers that were asked for")
  func lockFile() throws {
    let environment = try Environment(directory: path, options: Self.durable())
    var status = stat()
    #expect(stat(path + "/lock.mdb", &status) == 0)
    #expect(status.st_size >= 126 * 64)
    #expect(status.st_blocks * 512 >= status.st_size)
    #expect(try environment.info().maximumReaders == 126)
  }

  @Test("A copy has the content, compact if asked, and does not replace another")
  func copying() throws {
    let environment = try Environment(directory: path, options: Self.durable())
    let table = try Self.commit(100, to: environment)
    try environment.write { txn in
      for key in 0..<50 as Range<UInt64> { try txn.delete(key, in: table) }
    }
    let content = try environment.contents(of: table)
    try environment.copy(to: directory.place("plain"))
    try environment.copy(to: directory.place("compact"), compacting: true)
    var sizes: [Int] = []
    for name in ["plain", "compact"] {
      let copy = try Environment(directory: directory.place(name))
      #expect(try copy.contents(of: try copy.openTable("t")) == content)
      sizes.append(try copy.info().usedBytes)
    }
    #expect(sizes[1] < sizes[0])
    let error = #expect(throws: LMDBError.self) {
      try environment.copy(to: directory.place("plain"))
    }
    #expect(error?.code.name == "EEXIST")
  }
}
