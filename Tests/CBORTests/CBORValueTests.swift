import CBOR
import Testing

struct CBORValueTests {
  @Test("Values are equal exactly where their encodings are")
  func equality() {
    let values: [CBORValue] = [
      1, 1.0, -1, "1", "\u{e9}", "e\u{301}", true, .null, .undefined, 0.0, .double(-0.0), [], [:],
      [1], ["a": 1], ["a": 2], .bytes([1]), .tag(1, 1), .simple(32), .double(.nan),
    ]
    for (i, left) in values.enumerated() {
      for (j, right) in values.enumerated() {
        #expect((left == right) == (i == j), "\(left) \(right)")
        #expect((left.encoded() == right.encoded()) == (i == j))
      }
    }
    let otherNaN = Double(nan: 5, signaling: false)
    #expect(CBORValue.double(otherNaN) == .double(-.nan))
  }

  @Test("Entries are set, replaced and removed by text key")
  func subscripts() {
    var value: CBORValue = ["b": 1]
    value["aa"] = "new"
    value["b"] = [true, .null]
    #expect(value == ["aa": "new", "b": [true, .null]])
    #expect(value["b"]?[0] == true && value["b"]?[1]?.isNull == true)
    #expect(value["b"]?[2] == nil && value[0] == nil && (1 as CBORValue)["b"] == nil)
    value["b"] = .null
    #expect(value["b"]?.isNull == true)
    value["b"] = nil
    #expect(value == ["aa": "new"] && value["b"] == nil)
  }

  @Test("Repeated keys in outside pairs are refused")
  func repeatedKeys() {
    #expect(throws: CBORError(.duplicateKey, at: 1)) {
      try CBORMap([("a", 1), ("a", 2)])
    }
  }

  @Test("Diagnostic notation escapes what would hide in a terminal")
  func diagnosticEscapes() {
    let value: CBORValue = "tab\t nul\0 bell\u{7} del\u{7f} \"\\\n水"
    #expect(value.diagnostic == #""tab\t nul\u0000 bell\u0007 del\u007f \"\\\n水""#)
  }

  @Test("An error says what, where and what to do")
  func errorText() {
    let error = CBORError(.unsortedKeys, at: 12)
    #expect(
      error.description
        == "CBOR byte 12: the map key sorts before the one in front of it; "
        + "sort keys by the bytes of their encoding")
  }
}
