import CBOR
import CivilTime
import Engine
import Host
import Intake
import Ledger
import Places
import Policies
import TestSupport
import Testing

import struct Foundation.Data
import class Foundation.FileManager
import struct Foundation.URL

/// What places do in a ledger: from a file of events with addresses to decisions about distance.
@Suite("Places in a ledger")
struct PlacedLedgerTests {
  private let directory = TemporaryDirectory(inMemory: true)

  private func database(_ file: MMDBFile, _ name: String) throws -> PlaceDatabase {
    let path = directory.place(name)
    try Data(file.bytes).write(to: URL(filePath: path))
    return try PlaceDatabase(path: path)
  }

  private func line(
    _ id: String, _ time: String, _ type: String, _ data: String
  ) -> String {
    #"{"specversion":"1.0","id":"\#(id)","source":"//shop.example","type":"\#(type)","#
      + #""subject":"alice","time":"2024-03-\#(time)Z","data":\#(data)}"#
  }

  private func login(_ id: String, _ time: String, _ device: String, _ more: String) -> String {
    line(
      id, time, "login.attempted",
      #"{"attemptId":"\#(id)","deviceFingerprint":"\#(device)",\#(more)}"#)
  }

  /// A customer at home for two weeks, then an hour later in Moscow on another device.
  private var history: [String] {
    var lines = [line("t1", "01T09:00:00", "customer.updated", #"{"status":"active"}"#)]
    for day in 2...9 {
      lines.append(login("l\(day)", "0\(day)T12:00:00", "home", #""ip":"198.51.100.7""#))
    }
    lines.append(login("far", "09T13:00:00", "evil", #""ip":"203.0.113.9""#))
    return lines
  }

  /// Appends lines as `recount ingest --clock event --geoip` does.
  @discardableResult
  private func ingest(
    _ lines: [String], _ databases: [PlaceDatabase], into name: String,
    _ look: (Host) throws -> Void = { _ in }
  ) throws -> [Receipt] {
    let file = directory.place("events.ndjson")
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file))
    let source = PlacedEvents(
      try EventFile(path: file, requiresTime: true), PlaceResolver(databases))
    var options = HostOptions(directory: directory.place(name))
    options.clock = .event
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    options.programsFolder = "/\(root)/Projections/Programs/suspicious-activity"
    options.loadings = source.resolver.loadings
    let host = try Host(options) { _ in nil }
    var receipts: [Receipt] = []
    while let batch = try source.nextBatch(limit: 4) {
      #expect(batch.rejects.isEmpty)
      receipts += try host.append(batch.inputs)
    }
    try look(host)
    try host.close()
    return receipts
  }

  private func events(_ host: Host, _ type: String) throws -> [Event] {
    var found: [Event] = []
    try host.store.ledger.forEachEvent(from: 1) { (event) -> Bool in
      if host.store.context.names.name(.type, event.type) == type { found.append(event) }
      return true
    }
    return found
  }

  private func lastDecision(_ host: Host) throws -> CBORValue {
    try #require(try events(host, EventType.decisionMade).last).payload.value
  }

  private func feature(_ name: String, of decision: CBORValue) -> CBORValue? {
    decision["features"]?.elements?.first { $0["name"] == .text(name) }?["value"]
  }

  @Test("Logins with an address alone are decided about by distance")
  func distance() throws {
    try ingest(history, [try database(.cities(), "city.mmdb")], into: "with") { host in
      let decision = try lastDecision(host)
      #expect(decision["outcome"] == "eligible")
      let distance = try #require(feature("distance", of: decision)?.double)
      // From New York to Moscow.
      #expect((4_600...4_750).contains(distance))
      #expect(feature("countryKnown", of: decision) == false)
      let first = try #require(try events(host, EventType.referenceLoaded).first)
      #expect(first.payload.value["kind"] == "places")
      #expect(first.payload.value["name"] == "GeoLite2-City")
      let login = try #require(try events(host, "login.attempted").first)
      #expect(first.position < login.position)
      let hash = try #require(first.payload.value["hash"]?.string)
      #expect(
        login.payload.value["location"]?["source"] == .text("recount:places/\(hash.prefix(16))"))
    }
    try ingest(history, [], into: "without") { host in
      let decision = try lastDecision(host)
      #expect(feature("distance", of: decision)?.double == nil)
    }
  }

  @Test("The same events again are duplicates, whatever file they are looked up in now")
  func duplicates() throws {
    let old = try database(.cities(), "old.mmdb")
    let new = try database(.cities(builtAt: 1_800_000_000, moscow: "Khimki"), "new.mmdb")
    let systems = try database(.systems(), "asn.mmdb")
    try ingest(history, [old], into: "data")
    for databases in [[new], [], [new, systems], [old]] {
      let receipts = try ingest(history, databases, into: "data")
      for receipt in receipts {
        guard case .duplicate = receipt else {
          Issue.record("\(receipt)")
          continue
        }
      }
    }
    // A file is named once, however often it is used.
    try ingest([], [old, new, systems], into: "data") { host in
      let loadings = try events(host, EventType.referenceLoaded)
      let logins = try events(host, "login.attempted")
      #expect(loadings.count == 3 && logins.count == 9)
    }
  }

  @Test("An event recorded without a place stays a duplicate when it comes with one")
  func placedLater() throws {
    let file = try database(.cities(), "city.mmdb")
    try ingest(history, [], into: "data")
    for receipt in try ingest(history, [file], into: "data") {
      guard case .duplicate = receipt else {
        Issue.record("\(receipt)")
        continue
      }
    }
  }

  @Test(
    "Another content under the same id is a conflict still",
    arguments: [
      #""ip":"203.0.113.10""#, #""ip":"203.0.113.9","outcome":"success""#,
      #""ip":"203.0.113.9","location":{"country":"RU"}"#,
      #""ip":"203.0.113.9","location":{"country":"RU","source":"recounted"}"#,
    ])
  func conflict(_ more: String) throws {
    let file = try database(.cities(), "city.mmdb")
    try ingest(history, [file], into: "data")
    let receipts = try ingest([login("far", "09T13:00:00", "evil", more)], [file], into: "data")
    guard case .conflict(_, let field) = try #require(receipts.first) else {
      Issue.record("\(receipts)")
      return
    }
    #expect(field == "data")
  }

  @Test("A producer's own place that goes missing is a conflict, not a duplicate")
  func ownPlace() throws {
    let file = try database(.cities(), "city.mmdb")
    let own = #""ip":"203.0.113.9","location":{"country":"DE"}"#
    try ingest([login("a", "09T13:00:00", "d", own)], [file], into: "data")
    let receipts = try ingest(
      [login("a", "09T13:00:00", "d", #""ip":"203.0.113.9""#)], [file], into: "data")
    guard case .conflict = try #require(receipts.first) else {
      Issue.record("\(receipts)")
      return
    }
  }

  @Test("A rebuild gives the same tables, and opens no file of places")
  func rebuild() throws {
    let path = directory.place("city.mmdb")
    var before: [String] = []
    try ingest(history, [try database(.cities(), "city.mmdb")], into: "data") { host in
      before = try host.store.engine.digest().map { "\($0.table) \($0.digest)" }
    }
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.removeItem(atPath: directory.place("data") + "/views")
    let host = try Host(reading: directory.place("data"))
    let after = try host.store.engine.digest().map { "\($0.table) \($0.digest)" }
    #expect(!before.isEmpty && before == after)
    try host.close()
  }
}
