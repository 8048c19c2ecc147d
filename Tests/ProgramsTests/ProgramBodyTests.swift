import CBOR
import Programs
import TestSupport
import Testing

@Suite("A program's body")
struct ProgramBodyTests {
  @Test("comes back from its encoding, which does not depend on the order of files")
  func roundTrip() throws {
    for name in Shipped.names {
      let body = try Shipped.body(name)
      let reversed = Dictionary(
        uniqueKeysWithValues: body.files.sorted { $0.key > $1.key }.map { ($0.key, $0.value) })
      #expect(try ProgramBody(files: reversed).encoded() == body.encoded())
      #expect(try ProgramBody(decoding: body.encoded()) == body)
    }
  }

  @Test("is loaded without README files, the program first")
  func loads() throws {
    let names = try Shipped.body("abandoned-cart").names
    #expect(
      names == [
        "program.yaml", "models/purchase-intent.yaml", "templates/cart-email.yaml",
        "templates/cart-push.yaml", "templates/cart-sms.yaml",
      ])
    #expect(Shipped.folder("abandoned-cart").name == "abandoned-cart")
    #expect(ProgramFolder(path: "a/b/").name == "b")
  }

  @Test("needs a folder that is there")
  func missingFolder() {
    let error = #expect(throws: ProgramBodyError.self) {
      try ProgramFolder(path: "/nowhere/at-all").body()
    }
    #expect(error?.description.contains("/nowhere/at-all cannot be listed") == true)
  }

  @Test(
    "refuses names that lead elsewhere",
    arguments: ["", "/a", "a/", "a//b", "../a", "a/../b", ".hidden", "a b", "a\\b", "ä", "a\0"])
  func refusesNames(name: String) {
    #expect(throws: ProgramBodyError.self) { try ProgramBody(files: [name: []]) }
  }

  @Test("refuses more than its limits")
  func refusesTooMuch() {
    let large = [UInt8](repeating: 0x61, count: ProgramLimits.bodyBytes)
    #expect(throws: ProgramBodyError.self) {
      try ProgramBody(files: ["program.yaml": large, "b": [1]])
    }
    let many = (0...ProgramLimits.files).map { ("f\($0)", [UInt8]()) }
    #expect(throws: ProgramBodyError.self) {
      try ProgramBody(files: Dictionary(uniqueKeysWithValues: many))
    }
  }

  @Test("refuses bytes that are no body", arguments: 0..<64 as Range<UInt64>)
  func refusesBytes(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let whole = try Sample.body().encoded()
    var bytes = whole
    bytes[Int.random(in: 0..<64, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
    bytes.removeLast(Int.random(in: 0...4, using: &random))
    if let body = try? ProgramBody(decoding: bytes) { #expect(body.encoded() == bytes) }
    for value: CBORValue in [[1], ["a": "text"], 5] {
      #expect(throws: ProgramBodyError.self) { try ProgramBody(decoding: value.encoded()) }
    }
  }

  @Test("has a version that is the hash of what the format says")
  func version() throws {
    let body = try ProgramBody(files: ["program.yaml": Array("id: x".utf8)])
    // {"set": {"holdout.percent": "0"}, "files": {"program.yaml": 'id: x'}} by hand.
    let bytes: [UInt8] =
      [0xA2, 0x63] + Array("set".utf8) + [0xA1, 0x6F] + Array("holdout.percent".utf8)
      + [0x61, 0x30, 0x65] + Array("files".utf8) + [0xA1, 0x6C] + Array("program.yaml".utf8)
      + [0x45] + Array("id: x".utf8)
    let value = try CBORValue(decoding: bytes)
    #expect(value.encoded() == bytes)
    let overrides = [ProgramOverride(path: "holdout", value: "0")]
    let version = ProgramVersion(body: body, overrides: overrides).description
    #expect(version == "85ca3453c2742ae6cda8c1a25183456012dfff2c5af65fd1d804f8f5e288e35e")
    #expect(version != ProgramVersion(body: body, overrides: []).description)
  }

  @Test("has one version whatever the order of overrides")
  func overrideOrder() throws {
    let body = try Sample.body()
    let one = ProgramOverride(path: "params.limit", value: "1")
    let two = ProgramOverride(path: "title", value: "x")
    let old = ProgramOverride(path: "title", value: "y")
    #expect(
      ProgramVersion(body: body, overrides: [one, two])
        == ProgramVersion(body: body, overrides: [old, two, one]))
  }
}
