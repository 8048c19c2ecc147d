import CBOR
import Catalog
import Engine
import Host
import Ledger
import Policies
import Programs
import TestSupport
import Testing
import TimeZones

import struct Foundation.Data
import class Foundation.FileManager
import struct Foundation.URL

/// How the rules of time zones come into a ledger.
@Suite("Rules of time zones")
struct TimeZoneTests {
  private let directory = TemporaryDirectory()

  private var zoneFolder: String { directory.inside("zoneinfo") }

  private func writeZones(_ zones: [String: [UInt8]]) throws {
    for (name, bytes) in zones {
      let path = zoneFolder + "/" + name
      let folder = path.split(separator: "/").dropLast().joined(separator: "/")
      try FileManager.default.createDirectory(
        atPath: "/" + folder, withIntermediateDirectories: true)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
  }

  private func program(_ more: String) throws -> Program {
    let text = """
      id: waits
      title: Waits
      \(more)
      trigger: {event: go, key: event.key}
      journey:
        start: only
        exits: {over: {fromStart: 1d}}
        states: {only: {at: [{local: "10:00", to: over}]}}

      """
    return try Program(
      body: ProgramBody(files: ["program.yaml": Array(text.utf8)]), folder: "waits")
  }

  private func host() throws -> Host {
    var options = HostOptions(directory: directory.inside("data"))
    options.clock = .event
    options.timeZoneFolder = zoneFolder
    // A program that asks for no local times, so that it loads no rules.
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    options.programsFolder = "/\(root)/Projections/Programs/abandoned-cart"
    return try Host(options) { _ in nil }
  }

  @Test("Activating a program with local times loads them once, and again when they have changed")
  func loading() throws {
    try writeZones(RuleZone.zones)
    let host = try host()
    #expect(host.store.timeZones.all.isEmpty)
    _ = try host.activate([program("timeZone: Europe/Berlin")])
    let loads = host.store.timeZones.all
    #expect(loads.count == 1)
    let first = try #require(try host.store.ledger.event(at: loads[0].position))
    #expect(first.payload.value["zones"]?.uint64 == 4)
    _ = try host.activate([program("timeZone: Asia/Tokyo")])
    #expect(host.store.timeZones.all.count == 1)
    try writeZones(["Asia/Seoul": RuleZone.tzif("KST-9")])
    _ = try host.activate([program("timeZone: Asia/Seoul")])
    #expect(host.store.timeZones.all.count == 2)
    // An earlier event still goes by the earlier rules.
    let second = host.store.timeZones.all[1].position
    #expect(host.store.timeZones.rules(at: second - 1)?.table("Asia/Seoul") == nil)
    #expect(host.store.timeZones.rules(at: second)?.table("Asia/Seoul") != nil)
    #expect(host.store.timeZones.rules(at: loads[0].position - 1) == nil)
    try host.close()
  }

  @Test("A zone that the database does not know is refused, and so is a machine without one")
  func refusal() throws {
    let host = try host()
    #expect(throws: TimeZoneFolderError.self) { try host.activate([program("")]) }
    try writeZones(RuleZone.zones)
    #expect(throws: UnknownTimeZone.self) {
      try host.activate([program("timeZone: Europe/Berln")])
    }
    #expect(try host.activate([program("")]).count == 1)
    try host.close()
  }

  @Test("A schedule's zone comes into the ledger with its program, and must be known")
  func schedule() throws {
    func program(_ zone: String) throws -> Program {
      let text = """
        id: nightly
        title: Nightly
        schedule: {cron: "0 2 * * *", timeZone: \(zone)}
        population: {of: customers}
        journey: {start: s, exits: {done: {}}, states: {s: {after: {1h: done}}}}

        """
      return try Program(body: ProgramBody(files: ["program.yaml": Array(text.utf8)]))
    }
    try writeZones(RuleZone.zones)
    let host = try host()
    #expect(throws: UnknownTimeZone.self) { try host.activate([program("Europe/Berln")]) }
    #expect(host.store.timeZones.all.isEmpty)
    _ = try host.activate([program("Europe/Berlin")])
    #expect(host.store.timeZones.all.count == 1)
    try host.close()
  }

  @Test("A damaged file is told by name")
  func damage() throws {
    try writeZones(["Asia/Tokyo": Array(RuleZone.tzif("JST-9").dropLast(3))])
    let host = try host()
    #expect(throws: TimeZoneBodyError.self) { try host.activate([program("")]) }
    try host.close()
  }

  @Test("The body comes back, and bytes of any other kind are refused")
  func body() throws {
    let body = try TimeZoneBody(zones: RuleZone.zones)
    let again = try TimeZoneBody(decoding: body.encoded())
    #expect(again.encoded() == body.encoded())
    #expect(again.zones.count == 4)
    var random = SplitMix64(seed: 7)
    let bytes = body.encoded()
    for _ in 0..<2_000 {
      var damaged = bytes
      damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      if let read = try? TimeZoneBody(decoding: damaged) {
        #expect(read.zones.allSatisfy { $0.file < read.files.count })
      }
    }
  }
}
