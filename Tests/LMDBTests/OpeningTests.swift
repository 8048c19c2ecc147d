import Foundation
import LMDB
import TestSupport
import Testing

@Suite("Opening")
struct OpeningTests {
  let directory = TemporaryDirectory()
  var path: String { directory.place("env") }

  func open(_ change: (inout EnvironmentOptions) -> Void = { _ in }) throws -> Environment {
    try Environment(directory: path, options: .quick(change))
  }

  /// An environment with 100 entries and two commits, closed.
  func make() throws {
    let environment = try open()
    let table = try environment.openTable("t", create: true)
    try environment.write { txn in
      for key in 0..<100 as Range<UInt64> {
        try txn.put([UInt8](repeating: 1, count: 500).span, for: key, in: table)
      }
    }
    environment.close()
  }

  func damage(_ change: (inout [UInt8]) -> Void) throws {
    let url = URL(fileURLWithPath: "\(path)/data.mdb")
    var bytes = [UInt8](try Data(contentsOf: url))
    change(&bytes)
    try Data(bytes).write(to: url)
  }

  @Test("A new environment belongs to its user alone")
  func modes() throws {
    let environment = try open { $0.durability = .full }
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o700)
    #expect(stat("\(path)/data.mdb", &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(stat("\(path)/lock.mdb", &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(try environment.info().lastTransaction == 0)
  }

  @Test("The same files cannot be open twice in a process, under whatever name")
  func twice() throws {
    let environment = try open()
    #expect(symlink(path, directory.place("symbolic")) == 0)
    try FileManager.default.createDirectory(
      atPath: directory.place("hard"), withIntermediateDirectories: false)
    #expect(link("\(path)/data.mdb", "\(directory.place("hard"))/data.mdb") == 0)
    for other in [path, "\(path)/", "\(path)/../env", directory.place("symbolic")] {
      let error = #expect(throws: LMDBError.self) { try Environment(directory: other) }
      #expect(error?.code == .alreadyOpen)
    }
    #expect(
      code { _ = try Environment(directory: directory.place("hard")) } == .alreadyOpen)
    // The refused attempts have harmed nothing, and closing gives the files free.
    let table = try environment.openTable("t", create: true)
    try environment.set("k", "v", in: table)
    environment.close()
    let again = try open()
    #expect(try again.tableNames() == ["t"])
  }

  @Test("The last reference closes")
  func deinitCloses() throws {
    for _ in 0..<3 { _ = try open().tableNames() }
  }

  @Test("A missing directory is made only when asked, and one level deep")
  func missingDirectory() throws {
    #expect(code { _ = try open { $0.createDirectory = false } } == .noSuchFile)
    #expect(code { _ = try open { $0.readOnly = true } } == .noSuchFile)
    #expect(code { _ = try Environment(directory: "\(path)/a/b") } == .noSuchFile)
    _ = try open()
  }

  @Test("Read-only reads, and refuses to write or create")
  func readOnly() throws {
    try make()
    let environment = try open { $0.readOnly = true }
    let table = try environment.openTable("t")
    #expect(try environment.contents(of: table).count == 100)
    #expect(code { try environment.set("k", "v", in: table) } == .permissionDenied)
    #expect(code { _ = try environment.openTable("u", create: true) } == .permissionDenied)
    #expect(code { try environment.dropTable(table) } == .permissionDenied)
    #expect(code { try environment.sync() } == .permissionDenied)
  }

  @Test("A directory without permission is refused", .enabled(if: geteuid() != 0))
  func noPermission() throws {
    #expect(mkdir(path, 0o500) == 0)
    #expect(code { _ = try open() } == .permissionDenied)
  }

  @Test("Noise over the header is a clear error", arguments: 0..<64 as Range<UInt64>)
  func noise(seed: UInt64) throws {
    try make()
    var random = SplitMix64(seed: seed)
    let start = seed % 2 == 0 ? 0 : Int.random(in: 0..<160, using: &random)
    let noise = bytes(8_192, seed: seed)
    try damage { $0.replaceSubrange(start..<(start + noise.count), with: noise) }
    let error = #expect(throws: LMDBError.self) { try open() }
    #expect([.invalidFile, .versionMismatch, .corrupted].contains(error?.code))
    #expect(error?.description.contains(path) == true)
  }

  @Test("A few wrong bytes in the header never crash opening", arguments: 0..<200 as Range<UInt64>)
  func fewWrongBytes(seed: UInt64) throws {
    try make()
    var random = SplitMix64(seed: seed)
    try damage { bytes in
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let page = Int.random(in: 0...1, using: &random) * 4_096
        bytes[page + Int.random(in: 0..<152, using: &random)] ^= UInt8.random(
          in: 1...255, using: &random)
      }
    }
    do {
      try open().close()
    } catch let error as LMDBError {
      #expect(!error.description.isEmpty)
    }
  }

  @Test(
    "A file that is cut off, or no LMDB file, is refused",
    arguments: [1, 100, 4_096, 4_200, 8_192, 12_288])
  func cutOff(count: Int) throws {
    try make()
    try damage { $0.removeSubrange(count...) }
    let error = #expect(throws: LMDBError.self) { try open() }
    #expect([.invalidFile, .corrupted].contains(error?.code))
    #expect(error?.code.remedy != nil)
  }

  @Test("A page size that cannot be is refused", arguments: [0, 1, 255, 4_097, 1 << 20, .max])
  func pageSize(size: UInt32) throws {
    try make()
    try damage { bytes in
      for index in 0..<4 { bytes[40 + index] = UInt8(truncatingIfNeeded: size >> (8 * index)) }
    }
    let error = #expect(throws: LMDBError.self) { try open() }
    #expect(error?.code == .corrupted)
    #expect(error?.detail.contains("page size") == true)
  }

  @Test("Another version of the format is refused as such")
  func version() throws {
    try make()
    try damage { bytes in
      bytes[20] = 99
      bytes[4_096 + 20] = 99
    }
    #expect(code { _ = try open() } == .versionMismatch)
  }

  @Test("One read too many is an error that goes away")
  func readersFull() throws {
    let environment = try open { $0.maximumReaders = 2 }
    let reader = try Reader(environment)
    try environment.read { txn in
      let error = #expect(throws: LMDBError.self) { try environment.read { _ in } }
      #expect(error?.code == .readersFull)
      #expect(error?.description.contains("maximumReaders") == true)
    }
    try environment.read { (_) throws(LMDBError) in }
    #expect(try environment.info().maximumReaders == 2)
    _ = consume reader
  }

  @Test("The reader slots of a process that died are taken over")
  func staleReaders() async throws {
    let environment = try open { $0.maximumReaders = 2 }
    let path = path
    await #expect(processExitsWith: .exitCode(7)) { [path = path as String] in
      let environment = try Environment(directory: path, options: .quick())
      let first = try Reader(environment)
      let second = try Reader(environment)
      // Dies without giving its slots up.
      if try environment.info().usedReaderSlots == 2 { _exit(7) }
      _ = consume first
      _ = consume second
    }
    try environment.read { (_) throws(LMDBError) in
      try environment.read { (_) throws(LMDBError) in }
    }
  }
}
