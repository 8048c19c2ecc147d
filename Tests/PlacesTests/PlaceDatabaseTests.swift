import Engine
import Expressions
import Places
import TestSupport
import Testing

import struct Foundation.Data
import struct Foundation.URL

/// Reading files of MaxMind's format.
@Suite("Databases of places")
struct PlaceDatabaseTests {
  private let directory = TemporaryDirectory(inMemory: true)

  private func write(_ bytes: [UInt8], _ name: String = "places.mmdb") throws -> String {
    let path = directory.place(name)
    try Data(bytes).write(to: URL(filePath: path))
    return path
  }

  private func address(_ text: String) throws -> NetworkAddress {
    try #require(NetworkAddress(parsing: text))
  }

  @Test(
    "An address has the place of its network",
    arguments: [
      ("198.51.100.7", "US", "New York", 40.7), ("203.0.113.127", "RU", "Moscow", 55.7),
      ("2001:db8:ffff::1", "JP", "Tokyo", 35.7),
    ])
  func place(_ text: String, _ country: String, _ city: String, _ latitude: Double) throws {
    let database = try PlaceDatabase(path: write(MMDBFile.cities().bytes))
    let record = try #require(try database.record(of: address(text)))
    #expect(record.country == country)
    #expect(record.subdivision == "X1")
    #expect(record.city == city)
    #expect(record.latitude == latitude)
    #expect(record.accuracyKilometres == 20)
    #expect(record.system == nil)
  }

  @Test("Addresses beside the networks have none", arguments: ["203.0.113.128", "2001:db9::1"])
  func nothing(_ text: String) throws {
    let database = try PlaceDatabase(path: write(MMDBFile.cities().bytes))
    #expect(try database.record(of: address(text)) == nil)
  }

  @Test("A file of networks gives numbers and names, and knows no address of version 6")
  func network() throws {
    let database = try PlaceDatabase(path: write(MMDBFile.systems().bytes))
    let record = try #require(try database.record(of: address("203.0.113.200")))
    #expect(record.system == 64_500)
    #expect(record.organisation == "Example Hosting")
    #expect(record.country == nil)
    #expect(try database.record(of: address("2001:db8::1")) == nil)
  }

  @Test("A file says what it is, and its hash is of all its bytes")
  func metadata() throws {
    let first = try PlaceDatabase(path: write(MMDBFile.cities().bytes))
    let second = try PlaceDatabase(path: write(MMDBFile.cities(builtAt: 1_700_000_001).bytes))
    #expect(first.type == "GeoLite2-City")
    #expect(first.builtAt == 1_700_000_000)
    #expect(first.hash.utf8.count == 64)
    #expect(first.hash != second.hash)
    #expect(first.loading.externalID != second.loading.externalID)
  }

  @Test("Fields of another kind and impossible degrees are left out, long texts are cut")
  func odd() throws {
    var file = MMDBFile()
    file.add(
      [198, 51, 100, 0], length: 24,
      .map([
        ("country", .map([("iso_code", .uint16(7))])),
        ("city", .map([("names", .map([("en", .text(String(repeating: "ü", count: 100)))]))])),
        ("location", .map([("latitude", .double(91)), ("longitude", .double(.nan))])),
      ]))
    let database = try PlaceDatabase(path: write(file.bytes))
    let record = try #require(try database.record(of: address("198.51.100.1")))
    #expect(record.country == nil)
    #expect(record.city == String(repeating: "ü", count: 64))
    #expect(record.latitude == nil && record.longitude == nil)
  }

  @Test("A file of another kind, an empty one and none are refused by name")
  func refused() throws {
    for bytes in [[], Array("not a database".utf8), Array(MMDBFile.cities().bytes.dropLast(9))] {
      let path = try write(bytes)
      let fault = #expect(throws: PlaceFault.self) { try PlaceDatabase(path: path) }
      #expect(fault?.description.contains(path) == true)
      #expect(fault?.description.contains("name a .mmdb file") == true)
    }
    #expect(throws: PlaceFault.self) { try PlaceDatabase(path: directory.place("absent")) }
  }

  @Test("Damaged files never crash: refused, told, or read as something else", arguments: 0..<200)
  func damage(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    var bytes = MMDBFile.cities().bytes
    if seed.isMultiple(of: 4) {
      bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
    } else {
      for _ in 0..<(1 + random.next() % 8) {
        // Every second one in the metadata, where sizes are.
        let tail = random.next().isMultiple(of: 2) ? 200 : bytes.count
        let index = bytes.count - 1 - Int(random.next() % UInt64(min(tail, bytes.count)))
        bytes[index] = UInt8(truncatingIfNeeded: random.next())
      }
    }
    let path = try write(bytes)
    guard let database = try? PlaceDatabase(path: path) else { return }
    for text in ["198.51.100.7", "203.0.113.1", "192.0.2.1", "2001:db8::1", "::", "8.8.8.8"] {
      let record = try? database.record(of: address(text))
      if let city = record?.city { #expect(city.utf8.count <= 128) }
    }
  }
}
