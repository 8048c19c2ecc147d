import CBOR
import Engine
import Ledger
import Places
import TestSupport
import Testing

import struct Foundation.Data
import struct Foundation.URL

/// Writing places into events.
@Suite("Places of events")
struct PlaceResolverTests {
  private let directory = TemporaryDirectory(inMemory: true)

  private func database(_ file: MMDBFile, _ name: String) throws -> PlaceDatabase {
    let path = directory.place(name)
    try Data(file.bytes).write(to: URL(filePath: path))
    return try PlaceDatabase(path: path)
  }

  private func resolver() throws -> PlaceResolver {
    PlaceResolver([
      try database(.systems(), "asn.mmdb"), try database(.cities(), "city.mmdb"),
    ])
  }

  private func input(_ data: CBORValue, kind: EventKind = .input) -> Input {
    Input(
      kind: kind, type: "login.attempted", subject: Array("alice".utf8), source: Array("//s".utf8),
      externalID: [1], occurredAt: nil, payload: data.encoded())
  }

  private func resolved(_ data: CBORValue, _ resolver: inout PlaceResolver) throws -> CBORValue {
    var input = input(data)
    resolver.resolve(&input)
    // Deterministic: the keys stand where they belong.
    return try CBORView(validating: input.payload).value
  }

  @Test("An event with an ip gets location and network, each with the file's hash")
  func both() throws {
    var resolver = try resolver()
    let value = try resolved(["ip": "203.0.113.9", "attemptId": "l1", "z": 1], &resolver)
    let location = try #require(value["location"])
    #expect(location["country"] == "RU")
    #expect(location["city"] == "Moscow")
    #expect(location["lat"] == 55.7)
    #expect(location["lon"] == 37.6)
    #expect(location["subdivision"] == "X1")
    #expect(location["accuracyKm"] == 20)
    #expect(location["timeZone"] == "Europe/Moscow")
    #expect(value["network"]?["asn"] == 64_500)
    #expect(value["network"]?["organisation"] == "Example Hosting")
    let city = try database(.cities(), "again.mmdb").hash.prefix(16)
    #expect(location["source"] == .text("recount:places/\(city)"))
    #expect(value["network"]?["source"] != location["source"])
    #expect(value["attemptId"] == "l1" && value["z"] == 1)
    #expect(resolver.tally == .init(resolved: 1))
  }

  @Test("What the producer sent stays, field by field, be it null")
  func producer() throws {
    var resolver = try resolver()
    let own: CBORValue = ["ip": "203.0.113.9", "location": ["country": "DE"], "network": .null]
    let kept = try resolved(own, &resolver)
    #expect(kept == own)
    let place: CBORValue = ["ip": "203.0.113.9", "location": ["country": "DE"]]
    let value = try resolved(place, &resolver)
    #expect(value["location"] == ["country": "DE"])
    #expect(value["network"]?["asn"] == 64_500)
  }

  @Test(
    "Events without an address that is known stay as they are",
    arguments: [
      "8.8.8.8", "not an address", "203.0.113.9:443", "", "::ffff:8.8.8.8", "fe80::1%eth0",
    ])
  func unknown(_ text: String) throws {
    var resolver = try resolver()
    let event: CBORValue = ["ip": .text(text), "a": [1, 2]]
    let kept = try resolved(event, &resolver)
    #expect(kept == event)
    #expect(resolver.tally == .init(unknown: 1))
  }

  @Test("An ip that is no text, none at all, and outcomes are not looked at")
  func untouched() throws {
    var resolver = try resolver()
    for event: CBORValue in [["ip": 7], ["a": 1], ["ip": .null]] {
      let kept = try resolved(event, &resolver)
      #expect(kept == event)
    }
    var outcome = input(["ip": "203.0.113.9"], kind: .outcome)
    resolver.resolve(&outcome)
    #expect(outcome.payload == CBORValue.object([("ip", "203.0.113.9")]).encoded())
    #expect(resolver.tally == .init())
  }

  @Test("An address of version 4 may be written as version 6; a country alone is a place")
  func mapped() throws {
    var resolver = try resolver()
    let value = try resolved(["ip": "::FFFF:192.0.2.1"], &resolver)
    #expect(value["location"]?["country"] == "FR")
    #expect(value["location"]?["lat"] == nil)
  }

  @Test("An event that has no room for its place keeps to the limit without it")
  func limit() throws {
    var resolver = try resolver()
    let filler = String(repeating: "x", count: Limits.payloadBytes - 40)
    var input = input(["ip": "203.0.113.9", "note": .text(filler)])
    let before = input.payload
    resolver.resolve(&input)
    #expect(input.payload == before)
    #expect(resolver.tally == .init(withoutRoom: 1))
  }

  @Test("Keys of any kind keep their order", arguments: 0..<64)
  func order(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var resolver = try resolver()
    var fields: [(String, CBORValue)] = [("ip", "2001:db8::5")]
    for index in 0..<Int(random.next() % 12) {
      let letters = "abcdefghijklmnopqrstuvwxyz"
      let length = Int(1 + random.next() % 11)
      let name = String((0..<length).map { _ in letters.randomElement(using: &random)! })
      fields.append(("\(name)\(index)", .array([.unsigned(random.next()), .text(name)])))
    }
    let event = CBORValue.object(fields)
    let value = try resolved(event, &resolver)
    #expect(value["location"]?["city"] == "Tokyo")
    for (name, field) in fields { #expect(value[name] == field) }
    #expect(value.entries?.count == fields.count + 1)
  }
}
