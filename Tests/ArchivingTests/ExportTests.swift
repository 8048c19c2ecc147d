import Archiving
import CBOR
import CivilTime
import Engine
import Foundation
import Intake
import Ledger
import Proofs
import TestSupport
import Testing

@Suite("Exports")
struct ExportTests {
  private let directory = TemporaryDirectory(inMemory: true)
  private var data: String { directory.place("data") }
  private var file: String { directory.place("export") }
  private var imported: String { directory.place("imported") }

  /// Makes a ledger of a history and exports it.
  @discardableResult
  private func export(events count: Int, seed: UInt64 = 1) throws -> Export.Report {
    let history = OddHistory.events(count, seed: seed)
    let ledger = try open(data)
    try ledger.append(history.events, blobs: history.blobs)
    ledger.close()
    return try Export(of: data, as: .ndjson).run(into: file)
  }

  private func lines() throws -> [String] {
    try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
  }

  private func write(_ lines: [String]) throws {
    try (lines.joined(separator: "\n") + "\n")
      .write(toFile: file, atomically: false, encoding: .utf8)
  }

  /// The message of an import that is refused and leaves nothing.
  private func refusal() -> String {
    let text = message { _ = try LedgerImport(of: file, into: imported).run() }
    #expect(!FileManager.default.fileExists(atPath: imported + "/ledger"))
    #expect(!FileManager.default.fileExists(atPath: imported + "/ledger.partial"))
    return text
  }

  @Test("Every record and body comes back, byte for byte", arguments: 0..<4 as Range<UInt64>)
  func roundTrip(seed: UInt64) throws {
    let history = OddHistory.events(600, seed: seed)
    let report = try export(events: 600, seed: seed)
    #expect(report.events == 600 && report.blobs == UInt64(history.blobs.count))
    let imported = try LedgerImport(of: file, into: imported).run()
    #expect(imported.events == 600 && imported.root == report.root)
    let ledger = try open(self.imported)
    defer { ledger.close() }
    var found: [Event] = []
    try ledger.forEachEvent(from: 1) { (event) -> Bool in
      found.append(event)
      return true
    }
    #expect(found == history.events)
    #expect(try ledger.blobPositions(from: 1, through: 600) == history.blobs.map(\.position))
    for blob in history.blobs { #expect(try ledger.blob(at: blob.position) == blob.bytes) }
    #expect(try ledger.names().name(.type, 3) == "typ \u{1}\"é")
  }

  @Test("Base 64 stands only where JSON cannot say it", arguments: OddHistory.payloads.indices)
  func forms(index: Int) throws {
    let (payload, isPlain) = OddHistory.payloads[index]
    let ledger = try open(data)
    let other = event(2)
    try ledger.append([
      OddHistory.naming(1, .type, 2, "page.viewed"),
      Event(
        position: 2, header: other.header, subject: Array("alice".utf8),
        source: Array("//test".utf8), externalID: Array("e2".utf8), payload: payload),
    ])
    ledger.close()
    _ = try Export(of: data, as: .ndjson).run(into: file)
    let line = try lines()[2]
    #expect(line.contains(#","payload":""#) == !isPlain)
    #expect(!line.contains(#","record":""#))
    _ = try LedgerImport(of: file, into: imported).run()
  }

  @Test("The first line says what it is, the last one states the root")
  func frame() throws {
    let report = try export(events: 50)
    let lines = try lines()
    #expect(lines[0].hasPrefix(#"{"export":"recount ledger","version":1,"origin":"recount.local/"#))
    #expect(lines[0].hasSuffix(#","from":1,"to":50}"#))
    #expect(
      lines.last
        == #"{"end":{"events":50,"blobs":\#(report.blobs),"size":50,"root":"\#(report.root)"}}"#
    )
  }

  @Test("An empty ledger is exported and imported")
  func empty() throws {
    try open(data).close()
    #expect(try Export(of: data, as: .ndjson).run(into: file).events == 0)
    #expect(try LedgerImport(of: file, into: imported).run().root == Merkle.emptyRoot)
  }

  @Test("An export that was cut short is refused, wherever that was")
  func cutShort() throws {
    try export(events: 60)
    let whole = try Data(contentsOf: URL(filePath: file))
    var random = SplitMix64(seed: 3)
    let ends = whole.indices.filter { whole[$0] == 0x0a }.dropLast().map { $0 + 1 }
    let cuts =
      ends.suffix(30) + (0..<30).map { _ in Int.random(in: 1..<whole.count - 1, using: &random) }
    for cut in cuts {
      try whole.prefix(cut).write(to: URL(filePath: file))
      let text = refusal()
      #expect(text.contains("cut short"), "\(cut): \(text)")
    }
    try Data().write(to: URL(filePath: file))
    #expect(refusal().contains("is empty: it is no export"))
  }

  @Test("An export that was changed is refused, with the line")
  func changed() throws {
    try export(events: 300)
    let whole = try lines()
    func refusal(_ change: (inout [String]) -> Void) throws -> String {
      var lines = whole
      change(&lines)
      try write(lines)
      return self.refusal()
    }
    let plain = try #require(whole.firstIndex { $0.contains(#""subject":"alice""#) })
    #expect(
      try refusal { $0[plain].replace(#""subject":"alice""#, with: #""subject":"malice""#) }
        .contains("the root of the tree at 300 events is"))
    #expect(
      try refusal { $0.remove(at: plain) }
        .contains("line \(plain + 1): position:"))
    #expect(try refusal { $0.swapAt(5, 6) }.contains("is not the next one"))
    #expect(try refusal { $0.insert("{}", at: 9) }.contains("line 10: it is no event, body or end"))
    #expect(try refusal { $0.insert("[1", at: 9) }.contains("line 10: JSON byte"))
    #expect(try refusal { $0.append($0[4]) }.contains("something follows"))
    #expect(try refusal { $0.insert($0[0], at: 1) }.contains("line 2: a second export begins"))
    #expect(try refusal { $0.remove(at: 0) }.contains("line 1: it comes before the export's first"))
    #expect(
      try refusal { $0[0].replace(#""version":1"#, with: #""version":2"#) }
        .contains("line 1: version: 2 is not 1"))
    #expect(
      try refusal { $0[0].replace("recount ledger", with: "letters") }.contains(
        "\"letters\" is not"))
    let body = try #require(whole.firstIndex { $0.contains(#""sha256""#) && $0.count > 500 })
    #expect(
      try refusal { $0[body].replace(#""bytes":"AA"#, with: #""bytes":"AB"#) }
        .contains("line \(body + 1): size, sha256"))
    #expect(try refusal { $0.remove(at: body) }.contains("bodies are stated"))
    #expect(
      try refusal { $0[1].replace(#""number":2"#, with: #""number":3"#) }.contains("line 2: data"))
    #expect(
      try refusal { $0[plain].replace(#""kind":"#, with: #""sort":1,"kind":"#) }
        .contains("line \(plain + 1): sort: no event has this field"))
    #expect(
      try refusal { $0[plain].replace(#","eventId""#, with: #","flags":70000,"eventId""#) }
        .contains("flags: it is of another form"))
  }

  @Test("A part of a ledger is exported, and not imported")
  func part() throws {
    try export(events: 100)
    let part = directory.place("part")
    let report = try Export(of: data, as: .ndjson, from: 40, to: 60).run(into: part)
    #expect(report.events == 21 && report.size == 60)
    #expect(
      message { _ = try LedgerImport(of: part, into: imported).run() }
        .contains("begins at position 40"))
    let beginning = directory.place("beginning")
    let first = try Export(of: data, as: .ndjson, to: 60).run(into: beginning)
    #expect(try LedgerImport(of: beginning, into: imported).run().root == first.root)
    #expect(first.root == report.root)
    for (from, to) in [(1, 101), (0, 50), (62, 60), (200, nil)] as [(UInt64, UInt64?)] {
      #expect(throws: (any Error).self) {
        _ = try Export(of: data, as: .ndjson, from: from, to: to).run(into: directory.place("no"))
      }
    }
    #expect(!FileManager.default.fileExists(atPath: directory.place("no")))
    #expect(
      message { _ = try Export(of: data, as: .ndjson).run(into: file) }.contains("is there already")
    )
  }

  @Test("CloudEvents have what came from outside, and decisions")
  func cloudEvents() throws {
    let ledger = try open(data)
    var events = [OddHistory.naming(1, .type, 2, "page.viewed")] + (2...40).map { event($0) }
    let outcome = events[9]
    events.append(
      Event(
        position: 41,
        header: EventHeader(
          kind: .decision, type: 2, recordedAt: 41, occurredAt: 41, cause: 10, root: 10,
          id: outcome.header.id, program: 0), subject: [], payload: outcome.payloadBytes))
    try ledger.append(events)
    ledger.close()
    let report = try Export(of: data, as: .cloudevents).run(into: file)
    #expect(report.events == 40)
    let lines = try lines()
    #expect(lines.count == 40)
    var reader = CloudEventReader()
    for (index, line) in lines.dropLast().enumerated() {
      let original = events[index + 1]
      let bytes = Array(line.utf8)
      let input = try reader.read(bytes, in: 0..<bytes.count, requiresTime: true).get()
      #expect(input.externalID == Array(original.externalID.utf8))
      #expect(input.subject == Array(original.subject.utf8))
      #expect(input.payload == original.payloadBytes)
      #expect(input.occurredAt == original.header.occurredAt)
    }
    let decision = try #require(lines.last)
    #expect(decision.contains(#""id":"\#(outcome.header.id.hex)","source":"recount:ledger""#))
    #expect(!decision.contains("subject"))
    #expect(
      decision.contains(
        #""recountposition":"41","recountkind":"decision","recountcause":"10","recountroot":"10""#))
    let inputs = directory.place("inputs")
    #expect(
      try Export(of: data, as: .cloudevents, kinds: [.input]).run(into: inputs).events == 39)
  }

  @Test(
    "The simulated shop comes back with the same views", .enabled(if: RecountProcess.path != nil))
  func shop() throws {
    #expect(try RecountProcess(["demo", "--sample", "--data", data]).end().code == 0)
    let report = try Export(of: data, as: .ndjson).run(into: file)
    #expect(report.blobs > 0)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    for kind in EventKind.allCases { #expect(text.contains(#""kind":"\#(kind.name)""#)) }
    // Only slices of batches hold bytes, which JSON cannot say.
    for line in text.split(separator: "\n") where line.contains(#","payload":""#) {
      #expect(line.contains(#""type":"batch.sliced""#))
    }
    #expect(!text.contains(#","record":""#))
    #expect(try LedgerImport(of: file, into: imported).run().root == report.root)
    let digest = try RecountProcess(["digest", "--data", data]).end()
    #expect(try RecountProcess(["digest", "--data", imported]).end() == digest)
    #expect(digest.code == 0 && digest.output.contains("position \(report.size)"))
  }
}
