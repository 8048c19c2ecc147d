import Benchmarks
import CBOR
import Foundation
import TestSupport
import Testing

@Suite("The peers' script")
struct PeersTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/Benchmarks/Peers").path()

  /// Where SQLite can be measured without fetching anything.
  private static let hasSQLite =
    FileManager.default.fileExists(atPath: "/usr/include/sqlite3.h")
    && ["/usr/bin/cc", "/usr/bin/gcc"].contains(where: FileManager.default.fileExists)

  @Test(
    "SQLite appends, loads, scans and reads what it is told to",
    .enabled(if: hasSQLite, "SQLite's header and a C compiler are needed"))
  func sqlite() throws {
    let directory = TemporaryDirectory()
    var settings = BenchmarkSettings(
      scratch: try ScratchDirectory(below: directory.path), executable: "")
    settings.peersFolder = Self.folder
    settings.peers = ["sqlite"]
    let process = try PeersProcess(settings)
    defer { process.close() }
    #expect(process.peers.map(\.id) == ["sqlite"] && process.absent.isEmpty)
    let append = try process.ask("append peer=sqlite per-commit=16 seconds=0.01 seed=1")
    #expect(append["events"]?.int64.map { $0 > 0 && $0 % 16 == 0 } == true)

    let file = directory.place("events.tsv")
    let lines = (1...300).map { number in
      "\(String(format: "%032x", number))\tc\(number % 7)\tcart.updated\t\(number)\t{\"n\":1}\n"
    }
    try lines.joined().write(toFile: file, atomically: true, encoding: .utf8)
    let subjects = directory.place("subjects.txt")
    try "c1\nc2\n".write(toFile: subjects, atomically: true, encoding: .utf8)
    #expect(try process.ask("load peer=sqlite file=\(file)")["events"]?.int64 == 300)
    #expect(try process.ask("scan peer=sqlite")["events"]?.int64 == 300)
    #expect(try process.ask("reads peer=sqlite limit=9 seed=1")["events"]?.int64 == 9)
    #expect(try process.ask("subjects peer=sqlite file=\(subjects)")["events"]?.int64 == 86)
    #expect(try process.ask("bytes peer=sqlite")["bytes"]?.int64.map { $0 > 0 } == true)
    #expect(throws: BenchmarkError.self) { try process.ask("append peer=oracle") }
  }
}
