import Archiving
import Glibc
import Ledger
import Proofs
import TestSupport
import Testing

@Suite("Backups beside a writer", .enabled(if: RecountProcess.path != nil, "recount is not built"))
struct RunningWriterTests {
  /// Events that trigger nothing.
  private static func lines(_ range: Range<Int>) -> String {
    range.map { number in
      #"{"specversion":"1.0","id":"e\#(number)","source":"//test","type":"page.viewed","#
        + #""subject":"c-\#(number % 500)","time":"2024-03-04T10:00:00Z","#
        + #""data":{"page":"/products/\#(number % 97)"}}"# + "\n"
    }.joined()
  }

  /// Whether the writer has come so far as to make its tables.
  private static func hasLedger(_ directory: String) -> Bool {
    var options = LedgerOptions()
    options.readOnly = true
    guard let ledger = try? Ledger(directory: directory + "/ledger", options: options) else {
      return false
    }
    ledger.close()
    return true
  }

  @Test("Each backup is the ledger at one position, also where backups are killed in their middle")
  func besideWriter() throws {
    let directory = TemporaryDirectory()
    let data = directory.place("data")
    let backup = directory.place("backup")
    let writer = try RecountProcess(
      ["ingest", "-", "--clock", "event", "--data", data], hasInput: true)
    try writer.write(Self.lines(0..<8_000))
    while !Self.hasLedger(data) && writer.isRunning { usleep(1_000) }
    var random = SplitMix64(seed: 1)
    var reports: [Backup.Report] = []
    for chunk in 1..<12 {
      // The writer is at work on the last lines of it while backups are taken.
      try writer.write(Self.lines(chunk * 8_000..<(chunk + 1) * 8_000))
      let cut = try RecountProcess(["backup", backup, "--data", data])
      usleep(UInt32.random(in: 0..<40_000, using: &random))
      cut.kill()
      reports.append(try Backup(of: data, into: backup).run())
    }
    try writer.endInput()
    #expect(writer.end().code == 0)
    reports.append(try Backup(of: data, into: backup).run())
    #expect(Set(reports.map(\.size)).count > 6)
    let ledger = try open(data)
    let tree = ledger.tree
    for report in reports { #expect(try tree.root(report.size) == report.root) }
    #expect(reports.last?.size == ledger.end.position)
    ledger.close()
    let end = try #require(reports.last)
    try expectRestored(backup, data, end, &random)
    try expectImported(data, end.root, directory, &random)
  }

  /// Kills a command somewhere, several times, and expects each time that it left no ledger or,
  /// where it was through, a whole one.
  private func expectNoHalf(
    _ arguments: [String], _ target: String, _ random: inout SplitMix64
  ) throws {
    for round in 0..<3 {
      let directory = "\(target)\(round)"
      let cut = try RecountProcess(arguments + ["--data", directory])
      usleep(UInt32.random(in: 0..<300_000, using: &random))
      cut.kill()
      guard access(directory + "/ledger", F_OK) != 0 else { continue }
      #expect(try RecountProcess(arguments + ["--data", directory]).end().code == 0)
    }
  }

  private func expectRestored(
    _ backup: String, _ data: String, _ end: Backup.Report, _ random: inout SplitMix64
  ) throws {
    let restored = data + ".restored"
    let report = try Restoration(of: backup, into: restored).run()
    #expect(report.size == end.size && report.root == end.root)
    let digest = try RecountProcess(["digest", "--data", restored]).end()
    #expect(try RecountProcess(["digest", "--data", data]).end() == digest)
    #expect(digest.code == 0)
    try expectNoHalf(["restore", backup], data + ".half", &random)
  }

  private func expectImported(
    _ data: String, _ root: MerkleHash, _ directory: TemporaryDirectory,
    _ random: inout SplitMix64
  ) throws {
    let file = directory.place("export")
    let cut = try RecountProcess(["export", file, "--data", data])
    usleep(UInt32.random(in: 0..<100_000, using: &random))
    cut.kill()
    if access(file, F_OK) != 0 {
      _ = try Export(of: data, as: .ndjson).run(into: file)
    }
    #expect(try LedgerImport(of: file, into: data + ".imported").run().root == root)
    try expectNoHalf(["import-ledger", file], data + ".part", &random)
  }
}
