import CBOR
import Programs
import Testing

@Suite("A reference table")
struct ReferenceTableTests {
  private func table(_ keys: ReferenceTable.Keys, _ rows: [String]) throws -> ReferenceTable {
    let body = try ReferenceTable.body(keys, rows.map { ($0, [("name", .text($0))]) })
    return try ReferenceTable(decoding: body)
  }

  private func name(_ table: ReferenceTable, _ key: String) -> String? {
    table.row(Array(key.utf8))?.view(forKey: "name")?.string
  }

  @Test("finds a text by its bytes alone")
  func texts() throws {
    let table = try table(.text, ["Zoë", "zoe", "10.0.0.0/8"])
    #expect(table.count == 3)
    #expect(name(table, "Zoë") == "Zoë")
    #expect(name(table, "Zoe\u{308}") == nil)
    #expect(name(table, "10.0.0.1") == nil)
  }

  @Test("finds an address by the longest prefix that holds it")
  func prefixes() throws {
    let table = try table(
      .prefix,
      ["0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "2001:db8::/32", "2001:db8:1::/48"])
    let expected = [
      "192.0.2.1": "0.0.0.0/0", "10.9.9.9": "10.0.0.0/8", "10.1.9.9": "10.1.0.0/16",
      "10.1.2.3": "10.1.2.3", "2001:db8:2::1": "2001:db8::/32",
      "2001:db8:1::1": "2001:db8:1::/48",
    ]
    for (address, prefix) in expected { #expect(name(table, address) == prefix) }
    #expect(name(table, "2001:db9::1") == nil)
    #expect(name(table, "somewhere") == nil)
    #expect(name(table, "") == nil)
  }

  @Test("refuses keys that are the same, and keys that are no prefixes")
  func refusals() throws {
    #expect(throws: CBORError.self) { try table(.text, ["a", "a"]) }
    #expect(throws: ReferenceTableError.self) { try table(.prefix, ["10.0.0.0/8", "10.1.0.0/8"]) }
    #expect(throws: ReferenceTableError.self) { try table(.prefix, ["10.0.0.0/33"]) }
    #expect(throws: ReferenceTableError.self) { try ReferenceTable(decoding: [0xa0]) }
    #expect(throws: ReferenceTableError.self) { try ReferenceTable(decoding: [0xff, 1]) }
    #expect(ReferenceTable.canonicalKey("10.1.2.3/8", .prefix) == "4:167772160/8")
    #expect(ReferenceTable.canonicalKey("x", .prefix) == nil)
    #expect(ReferenceTable.canonicalKey("", .text) == nil)
  }
}
