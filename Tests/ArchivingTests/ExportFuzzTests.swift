import Archiving
import Foundation
import Ledger
import TestSupport
import Testing

@Suite("Exports of any bytes")
struct ExportFuzzTests {
  private static func lines(seed: UInt64) throws -> [[UInt8]] {
    let directory = TemporaryDirectory(inMemory: true)
    let history = OddHistory.events(80, seed: seed)
    let ledger = try open(directory.place("data"))
    try ledger.append(history.events, blobs: history.blobs.filter { $0.bytes.count < 2_000 })
    ledger.close()
    let file = directory.place("export")
    _ = try Export(of: directory.place("data"), as: .ndjson).run(into: file)
    let data = try Data(contentsOf: URL(filePath: file))
    return data.split(separator: 0x0a).map { Array($0) }.filter { $0.count < 4_000 }
  }

  /// Changes bytes, cuts, doubles, or puts in what JSON has.
  private static func changed(_ line: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var line = line
    for _ in 0..<Int.random(in: 1...4, using: &random) where !line.isEmpty {
      let place = Int.random(in: 0..<line.count, using: &random)
      let end = min(line.count, place + Int.random(in: 1...20, using: &random))
      switch Int.random(in: 0..<7, using: &random) {
      case 0: line[place] = UInt8.random(in: .min ... .max, using: &random)
      case 1: line[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2: line.removeSubrange(place..<end)
      case 3: line.insert(contentsOf: line[place..<end], at: place)
      case 4: line.removeSubrange(place...)
      case 5:
        let words = ["-1", "1e400", "18446744073709551616", "null", "[]", "{}", "\"\"", "\\u0000"]
        line.replaceSubrange(place..<end, with: words.randomElement(using: &random)!.utf8)
      default: line.replaceSubrange(place..<end, with: #""position":"#.utf8)
      }
    }
    return line
  }

  @Test("A line is read or refused, never a crash", arguments: 0..<4 as Range<UInt64>)
  func lines(seed: UInt64) throws {
    let lines = try Self.lines(seed: seed)
    var random = SplitMix64(seed: seed)
    let reader = ExportLineReader()
    let names = Names()
    _ = names.add(.type, "page.viewed")
    _ = names.add(.type, "typ \u{1}\"é")
    _ = names.add(.program, "a-program")
    var read = 0
    for round in 0..<8_000 {
      let line = Self.changed(lines[round % lines.count], &random)
      if (try? reader.read(line, names: names)) != nil { read += 1 }
    }
    #expect(read > 50 && read < 7_000)
  }

  @Test("A file gives the ledger that it states, or none", arguments: 0..<40 as Range<UInt64>)
  func files(seed: UInt64) throws {
    let directory = TemporaryDirectory(inMemory: true)
    var lines = try Self.lines(seed: seed % 4)
    var random = SplitMix64(seed: seed)
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let index = Int.random(in: 0..<lines.count, using: &random)
      lines[index] = Self.changed(lines[index], &random)
    }
    let file = directory.place("export")
    try Data(lines.joined(separator: [0x0a])).write(to: URL(filePath: file))
    let imported = directory.place("imported")
    do {
      let report = try LedgerImport(of: file, into: imported).run()
      let ledger = try open(imported)
      defer { ledger.close() }
      #expect(try ledger.tree.root(report.events) == report.root)
    } catch {
      #expect(!FileManager.default.fileExists(atPath: imported + "/ledger"))
    }
  }
}
