import CBOR
import TestSupport
import Testing

struct CBOREncoderTests {
  @Test(
    "A head takes the shortest form on each side of each boundary",
    arguments: [
      (0, "00"), (23, "17"), (24, "1818"), (255, "18ff"), (256, "190100"), (65535, "19ffff"),
      (65536, "1a00010000"), (0xffff_ffff, "1affffffff"), (0x1_0000_0000, "1b0000000100000000"),
      (UInt64.max, "1bffffffffffffffff"),
    ])
  func shortestHead(value: UInt64, hex: String) {
    var encoder = CBOREncoder()
    encoder.unsigned(value)
    #expect(encoder.bytes == bytes(hex: hex))
  }

  @Test(
    "Signed integers reach both ends",
    arguments: [
      (0, "00"), (-1, "20"), (-24, "37"), (-25, "3818"), (Int64.max, "1b7fffffffffffffff"),
      (Int64.min, "3b7fffffffffffffff"),
    ])
  func signed(value: Int64, hex: String) throws {
    var encoder = CBOREncoder()
    encoder.signed(value)
    #expect(encoder.bytes == bytes(hex: hex))
    #expect(CBORView(storage: encoder.bytes).int64 == value)
  }

  @Test("Each binary16 value keeps its two bytes")
  func everyHalf() {
    for bits in UInt16.min...UInt16.max {
      let value = CBORFloat.value(half: bits)
      #expect(value.isNaN || value == Double(Float16(bitPattern: bits)))
      let expected = value.isNaN ? CBORFloat.nanHalf : bits
      guard CBORFloat.shortest(value) != .half(expected) else { continue }
      Issue.record("\(bits) did not come back")
    }
  }

  @Test(
    "A float is as short as its value allows, and no shorter",
    arguments: [
      (5.960464477539063e-8, "f90001"), (2.9802322387695312e-8, "fa33000000"),
      (6.097555160522461e-5, "f903ff"), (65504, "f97bff"), (65505, "fa477fe100"),
      (65536, "fa47800000"), (16_777_217, "fb4170000010000000"), (1e-45, "fb369 6d601ad376ab9"),
      (1.401298464324817e-45, "fa00000001"), (3.4028235677973366e38, "fb47effffff0000000"),
      (.leastNonzeroMagnitude, "fb0000000000000001"), (-0.0, "f98000"),
    ])
  func shortestFloat(value: Double, hex: String) {
    var encoder = CBOREncoder()
    encoder.double(value)
    #expect(encoder.bytes == bytes(hex: hex))
  }

  @Test("Floats of every width come back bit for bit", arguments: 0..<16 as Range<UInt64>)
  func floatsRoundTrip(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<5000 {
      let bits = random.next()
      for value in [Double(bitPattern: bits), Double(Float(bitPattern: UInt32(bits >> 32)))]
      where !value.isNaN {
        var encoder = CBOREncoder()
        encoder.double(value)
        try CBORScanner.validate(encoder.bytes)
        #expect(CBORView(storage: encoder.bytes).double?.bitPattern == value.bitPattern)
      }
    }
  }

  @Test(
    "A map comes out sorted by its encoded keys, whatever the order of its entries",
    arguments: 0..<32 as Range<UInt64>)
  func mapIsSorted(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var keys = (0..<40).map { String(repeating: "k", count: $0) + "\($0 % 7)" }
    keys.shuffle(using: &random)
    var encoder = CBOREncoder()
    try encoder.map { map in
      for key in keys { map.add(text: key) { $0.text(key) } }
    }
    try CBORScanner.validate(encoder.bytes)
    let view = CBORView(storage: encoder.bytes)
    #expect(view.count == keys.count)
    for key in keys { #expect(view.view(forKey: CBORKey(key))?.string == key) }
    #expect(CBORValue.object(keys.map { ($0, .text($0)) }).encoded() == encoder.bytes)
  }

  @Test("A repeated key is refused with its place, and nothing is written")
  func duplicateKey() {
    var encoder = CBOREncoder()
    encoder.null()
    #expect(throws: CBORError(.duplicateKey, at: 2)) {
      try encoder.map { map in
        map.add("a") { $0.unsigned(1) }
        map.add("b") { $0.unsigned(2) }
        map.add("a") { $0.unsigned(3) }
      }
    }
    #expect(encoder.bytes == [0xf6])
  }

  @Test("Maps nest, and views of finished items can be embedded")
  func nestedMaps() throws {
    let inner: CBORValue = ["x": [1.5, .null], "longer": "text"]
    let encoded = inner.encoded()
    var encoder = CBOREncoder(capacity: 64)
    try encoder.map { map in
      map.add("b") { $0.raw(CBORView(storage: encoded)) }
      map.add("a") { $0.raw(encoded) }
      map.add("c") { $0.bytes([1, 2]) }
    }
    #expect(
      try CBORValue(decoding: encoder.bytes) == ["a": inner, "b": inner, "c": .bytes([1, 2])])
  }

  @Test("Values of every kind round-trip", arguments: 0..<64 as Range<UInt64>)
  func valuesRoundTrip(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<200 {
      let value = CBORValue.random(depth: 5, using: &random)
      let encoded = value.encoded()
      try CBORScanner.validate(encoded)
      #expect(try CBORValue(decoding: encoded) == value)
      #expect(CBORView(storage: encoded).value == value)
    }
  }
}
