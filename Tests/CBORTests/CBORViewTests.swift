import CBOR
import TestSupport
import Testing

struct CBORViewTests {
  static let cart: CBORValue = [
    "platform": "desktop", "session": "sess_000035", "cartId": "sess_000035",
    "items": [["id": "P145", "name": "Product 145", "price": 10358]],
    "itemCount": 1, "cartValue": 10358, "rate": 0.25, "gift": false, "note": .null,
    "a key of more than twenty-three bytes": -7,
  ]

  @Test("Fields are found by key, absent ones are not, at either end of the order")
  func looksUpFields() throws {
    let view = try CBORView(validating: Self.cart.encoded())
    #expect(view.kind == .map && view.count == 10)
    #expect(view.view(forKey: "cartValue")?.int64 == 10358)
    #expect(view.view(forKey: "cartValue")?.uint64 == 10358)
    #expect(view.view(forKey: "rate")?.double == 0.25)
    #expect(view.view(forKey: "gift")?.bool == false)
    #expect(view.view(forKey: "note")?.isNull == true)
    #expect(view.view(forKey: "session")?.string == "sess_000035")
    #expect(view.view(forKey: "a key of more than twenty-three bytes")?.int64 == -7)
    #expect(view.view(forKey: "a key of more than twenty-three bytez") == nil)
    for absent in ["", "zzzzzzzz", "cartValuf", "cartValud", "platforn", "notes"] {
      #expect(view.view(forKey: CBORKey(absent)) == nil, "\(absent)")
    }
    let item = try #require(view.view(forKey: "items")?.element(at: 0))
    #expect(item.view(forKey: "price")?.int64 == 10358)
    #expect(item.view(forKey: "price")?.view(forKey: "price") == nil)
    #expect(view.view(forKey: "items")?.element(at: 1) == nil)
  }

  @Test("Text is compared in place")
  func comparesText() throws {
    let view = try CBORView(validating: Self.cart.encoded())
    let platform = try #require(view.view(forKey: "platform"))
    #expect(platform.textEquals("desktop" as CBORKey))
    #expect(platform.textEquals("desktop" as StaticString))
    #expect(platform.textEquals(Array("desktop".utf8)))
    #expect(!platform.textEquals("desktoq" as CBORKey))
    #expect(!platform.textEquals("desktop2" as StaticString))
    #expect(!platform.textEquals(Array("desk".utf8)))
    #expect(!view.textEquals("desktop" as StaticString))
    let range = try #require(platform.textBytesRange)
    #expect(Array(view.storage[range]) == Array("desktop".utf8))
  }

  @Test("A wrong kind gives nil, not another kind's value")
  func kindsStayApart() {
    let text = CBORView(storage: CBORValue.text("1").encoded())
    #expect(text.int64 == nil && text.uint64 == nil && text.double == nil && text.bool == nil)
    let large = CBORView(storage: CBORValue.unsigned(.max).encoded())
    #expect(large.int64 == nil && large.uint64 == .max && large.double == nil)
    let low = CBORView(storage: CBORValue.negative(.max).encoded())
    #expect(low.int64 == nil && low.uint64 == nil && low.string == nil)
  }

  @Test("Walking, looking up and decoding agree on any value", arguments: 0..<64 as Range<UInt64>)
  func agreesWithDecoding(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<100 {
      let value = CBORValue.random(depth: 4, using: &random)
      // Bytes in front and behind show that offsets are honoured.
      let encoded = [0xff, 0xff] + value.encoded() + [0xff]
      try compare(CBORView(storage: encoded, offset: 2), value)
      compareCursor(CBORCursor(encoded.span.bytes, at: 2), value)
    }
  }

  private func compare(_ view: CBORView, _ value: CBORValue) throws {
    #expect(view.value == value)
    #expect(view.string == value.string && view.int64 == value.int64)
    #expect(view.byteString == value.byteString && view.bool == value.bool)
    var elements: [CBORValue] = []
    view.forEachElement { elements.append($0.value) }
    #expect(elements == value.elements ?? [])
    var entries: [CBORMap.Entry] = []
    view.forEachEntry { entries.append(.init(key: $0.value, value: $1.value)) }
    #expect(entries == value.entries ?? [])
    for (index, element) in (value.elements ?? []).enumerated() {
      try compare(#require(view.element(at: index)), element)
    }
    for case let entry in value.entries ?? [] {
      guard case .text(let key) = entry.key else { continue }
      try compare(#require(view.view(forKey: CBORKey(key))), entry.value)
    }
    if case .tag(_, let content) = value { try compare(#require(view.tagContent), content) }
  }

  private func compareCursor(_ cursor: borrowing CBORCursor, _ value: CBORValue) {
    #expect(cursor.diagnostic == value.diagnostic)
    var elements: [CBORValue] = []
    cursor.forEachElement { elements.append($0.value) }
    #expect(elements == value.elements ?? [])
    cursor.forEachEntry { key, entry in
      let found = value.entries?.first { $0.key == key.value }
      #expect(found?.value == entry.value)
      guard let text = key.string, let again = cursor.cursor(forKey: CBORKey(text)) else { return }
      #expect(again.offset == entry.offset)
    }
  }

  @Test("An error in a function passed in reaches the caller and ends the loop")
  func loopsRethrow() {
    let view = CBORView(storage: ([1, 2, 3] as CBORValue).encoded())
    var seen = 0
    #expect(throws: CBORError(.truncated, at: 9)) {
      try view.forEachElement { (_) throws(CBORError) in
        seen += 1
        if seen == 2 { throw CBORError(.truncated, at: 9) }
      }
    }
    #expect(seen == 2)
  }
}
