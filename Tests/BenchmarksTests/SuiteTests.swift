import Benchmarks
import CBOR
import Foundation
import JSON
import TestSupport
import Testing

@Suite("Suites of the benchmark")
struct SuiteTests {
  private let directory = TemporaryDirectory()

  /// As little as gives a figure.
  private func settings() throws -> BenchmarkSettings {
    var settings = BenchmarkSettings(
      scratch: try ScratchDirectory(below: directory.path), executable: "")
    settings.rounds = 1
    settings.seconds = 0.01
    settings.events = 2_000
    settings.customers = 20
    settings.days = 3
    return settings
  }

  @Test(
    "A suite measures each of its figures in each round",
    arguments: [Suite.append, .scan, .bytes, .ingest])
  func figures(suite: Suite) throws {
    let section = try suite.run(try settings())
    #expect(section.suite == suite.rawValue)
    #expect(!section.measurements.isEmpty && !section.tables.isEmpty)
    for row in section.measurements {
      #expect(row.runs.count == 1 && row.minimum >= 0, "\(row.name)")
    }
    #expect(section.measurements.contains { $0.median > 0 })
  }

  @Test("A report is one JSON object with every measurement, and a page with every suite")
  func report() throws {
    let settings = try settings()
    var report = Report(
      machine: try Machine(scratch: settings.scratch), version: "1", date: "2026-01-02",
      parameters: [("rounds", "1")])
    report.sections = [try Suite.scan.run(settings)]
    var writer = JSONWriter()
    report.write(to: &writer)
    var bytes: [UInt8] = []
    try JSONTranscoder().transcode(writer.bytes, into: &bytes)
    let object = try CBORValue(decoding: bytes)
    #expect(object["measurements"]?.elements?.count == report.sections[0].measurements.count)
    #expect(object["measurements"]?[0]?["suite"]?.string == "scan")
    #expect(object["date"]?.string == "2026-01-02")
    #expect(report.markdown.contains("\n## Scan\n"))
  }

  @Test("Scratch directories disappear with their owner, and count what is in them")
  func scratch() throws {
    var scratch: ScratchDirectory? = try ScratchDirectory(below: directory.path)
    let path = try #require(scratch).path
    let folder = try #require(scratch).folder("a")
    try Data(count: 10_000).write(to: URL(filePath: "\(folder)/file"))
    #expect(try #require(scratch).bytesOnDisk(path) >= 10_000)
    scratch = nil
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
