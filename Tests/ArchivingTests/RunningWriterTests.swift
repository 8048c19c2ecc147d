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
    writer.feed((0..<40).map { Self.lines($0 * 4_000..<($0 + 1) * 4_000) })
    while !Self.hasLedger(data) && writer.isRunning { usleep(1_000) }
    var random = SplitMix64(seed: 1)
    var reports: [Backup.Report] = []
    var killed = 0
    while writer.isRunning {
      let cut = try RecountProcess(["backup", backup, "--data", data])
      usleep(UInt32.random(in: 0..<60_000, using: &random))
      if cut.isRunning { killed += 1 }
      cut.kill()
      reports.append(try Backup(of: data, into: backup).run())
    }
    let end = writer.end()
    #expect(end.code == 0)
    reports.append(try Backup(of: data, into: backup).run())
    let ends = Set(reports.map(\.size))
    #expect(ends.count > 3, "the writer was too fast: \(ends.sorted())")
    #expect(killed > 0)
    let ledger = try open(data)
    let tree = ledger.tree
    for report in reports { #expect(try tree.root(report.size) == report.root) }
    #expect(reports.last?.size == ledger.end.position)
    let restored = directory.place("restored")
    let report = try Restoration(of: backup, into: restored).run()
    #expect(report.size == ledger.end.position && report.root == reports.last?.root)
    let again = try RecountProcess(["digest", "--data", restored]).end()
    ledger.close()
    #expect(try RecountProcess(["digest", "--data", data]).end() == again)
    #expect(again.code == 0)
  }
}
