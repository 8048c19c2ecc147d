import Expressions
import TestSupport
import Testing

@Suite("Values")
struct ValueTests {
  @Test("A map finds its keys at any size, across numeric kinds", arguments: [1, 8, 16, 17, 500])
  func mapLookUp(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    let numbers = (0..<count).map { Int64($0) }.shuffled(using: &random)
    var entries: [(key: Value, value: Value)] = numbers.map { (.int($0), .int($0 * 2)) }
    entries += numbers.map { (.string("k\($0)"), .int($0 * 3)) }
    entries.append((.bool(true), .string("yes")))
    let map = try #require(MapValue(entries))
    for number in numbers {
      #expect(map[.int(number)] == .int(number * 2))
      #expect(map[.uint(UInt64(number))] == .int(number * 2))
      #expect(map[.double(Double(number))] == .int(number * 2))
      #expect(map[string: "k\(number)"] == .int(number * 3))
      #expect(map[.double(Double(number) + 0.5)] == nil)
    }
    #expect(map[.bool(true)] == .string("yes"))
    #expect(map[.bool(false)] == nil)
    #expect(map[.null] == nil)
    #expect(map[string: "absent"] == nil)
    #expect(map.keys == entries.map(\.key))
    #expect(map.values == entries.map(\.value))
  }

  @Test("A map refuses twins and keys of other kinds", arguments: [2, 40])
  func mapRefusals(count: Int) {
    let entries: [(key: Value, value: Value)] = (0..<count).map { (.int(Int64($0)), .null) }
    #expect(MapValue(entries) != nil)
    #expect(MapValue(entries + [(.uint(1), .null)]) == nil)
    #expect(MapValue(entries + [(.double(0.5), .null)]) == nil)
    #expect(MapValue(entries + [(.null, .null)]) == nil)
  }

  @Test("Names with the same letters differently composed are different keys")
  func composedKeys() throws {
    let map = try #require(
      MapValue([(.string("\u{E9}"), .int(1)), (.string("e\u{301}"), .int(2))]))
    #expect(map[string: "\u{E9}"] == .int(1))
    #expect(map[string: "e\u{301}"] == .int(2))
  }

  @Test("Identity keeps the numeric kinds apart, CEL's equality does not")
  func equality() {
    #expect(Value.int(1) != .uint(1))
    #expect(Value.int(1).isEqual(to: .uint(1)))
    let ofInt = MapValue([(.int(1), .null)]).map { Value.map($0) }
    let ofUint = MapValue([(.uint(1), .null)]).map { Value.map($0) }
    #expect(ofInt != ofUint)
    #expect(ofInt == MapValue([(.int(1), .null)]).map { Value.map($0) })
    #expect(Value.int(1).isEqual(to: .double(1)))
    #expect(Value.uint(.max).isEqual(to: .double(0x1p64)))
    #expect(!Value.double(.nan).isEqual(to: .double(.nan)))
    #expect(Value.list([.int(1)]).isEqual(to: .list([.double(1)])))
    #expect(!Value.string("1").isEqual(to: .int(1)))
    #expect(Value.optional(.int(1)).isEqual(to: .optional(.uint(1))))
    #expect(!Value.optional(nil).isEqual(to: .optional(.null)))
  }

  @Test("The order of texts and bytes is that of their bytes")
  func order() {
    let texts = ["", "A", "B", "a", "aa", "b", "z", "é", "ﬀ", "😀"]
    for (first, second) in zip(texts, texts.dropFirst()) {
      #expect(Value.string(first).order(.string(second)) == .ascending)
      #expect(Value.string(second).order(.string(first)) == .descending)
      let bytes = Value.bytes(Array(first.utf8)).order(.bytes(Array(second.utf8)))
      #expect(bytes == .ascending)
    }
    #expect(Value.double(.nan).order(.int(0)) == .unordered)
    #expect(Value.int(1).order(.string("1")) == nil)
    #expect(Value.null.order(.null) == nil)
  }

  @Test(
    "The texts of types are read back",
    arguments: [
      "dyn", "null_type", "list(map(string, optional_type(int)))", "type(A)", "tuple(A, dyn)",
      "google.protobuf.Timestamp", "google.protobuf.Duration", "net.IP",
    ])
  func typeTexts(text: String) throws {
    #expect(try #require(ValueType(parsing: text)).description == text)
  }

  @Test("What is no type is refused", arguments: ["", "list(", "list(int))", "map(,)", "a b"])
  func noTypes(text: String) {
    #expect(ValueType(parsing: text) == nil)
  }

  @Test(
    "An address has one canonical text",
    arguments: [
      ("::", "::"), ("::1", "::1"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"),
      ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
      ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"), ("0.0.0.0", "0.0.0.0"),
    ])
  func addresses(text: String, canonical: String) throws {
    #expect(try #require(NetworkAddress(parsing: text)).text == canonical)
  }

  @Test(
    "What is no address is refused",
    arguments: [
      "", ":", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "1.2.3",
      "01.2.3.4",
      "1.2.3.256", "1.2.3.4.5", "fe80::1%eth0", "::ffff:1.2.3.4", "1.2.3.4::", "::1:", "g::",
    ])
  func noAddresses(text: String) {
    #expect(NetworkAddress(parsing: text) == nil)
  }
}
