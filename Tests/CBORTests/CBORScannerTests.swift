import CBOR
import TestSupport
import Testing

struct CBORScannerTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    var hex: String
    var kind: CBORError.Kind
    var offset: Int
    var testDescription: String { "\(hex): \(kind) at \(offset)" }

    init(_ hex: String, _ kind: CBORError.Kind, _ offset: Int) {
      self.hex = hex
      self.kind = kind
      self.offset = offset
    }
  }

  static let invalid: [Refusal] = [
    Refusal("", .truncated, 0),
    Refusal("18", .truncated, 0),
    Refusal("1a000102", .truncated, 0),
    Refusal("6261", .truncated, 0),
    Refusal("820102 03", .trailingBytes, 3),
    Refusal("8201", .truncated, 0),
    Refusal("8281 0180 00", .trailingBytes, 4),
    Refusal("9bffffffffffffffff", .truncated, 0),
    Refusal("bb8000000000000000", .truncated, 0),
    Refusal("5bffffffffffffffff00", .truncated, 0),
    Refusal("7b7fffffffffffffff00", .truncated, 0),
    Refusal("a16161", .truncated, 3),
    Refusal("1c", .reservedForm, 0),
    Refusal("81fd", .reservedForm, 1),
    Refusal("1f", .reservedForm, 0),
    Refusal("df00", .reservedForm, 0),
    Refusal("f818", .invalidSimpleValue, 0),
    Refusal("f814", .invalidSimpleValue, 0),
    Refusal("ff", .misplacedBreak, 0),
    Refusal("82ff00", .misplacedBreak, 1),
    Refusal("62c328", .invalidUTF8, 1),
    Refusal("63eda080", .invalidUTF8, 1),
    Refusal("62c080", .invalidUTF8, 1),
    Refusal("64f4908080", .invalidUTF8, 1),
    Refusal("6b6162636465666768696ac3", .invalidUTF8, 11),
    Refusal("6180", .invalidUTF8, 1),
    Refusal("a2616100616101", .duplicateKey, 4),
  ]

  static let lax: [Refusal] = [
    Refusal("1817", .notShortest, 0),
    Refusal("1900ff", .notShortest, 0),
    Refusal("1a0000ffff", .notShortest, 0),
    Refusal("1b00000000ffffffff", .notShortest, 0),
    Refusal("3800", .notShortest, 0),
    Refusal("580100", .notShortest, 0),
    Refusal("78016b", .notShortest, 0),
    Refusal("980100", .notShortest, 0),
    Refusal("81d80100", .notShortest, 1),
    Refusal("fa3f800000", .notShortest, 0),
    Refusal("fb3ff0000000000000", .notShortest, 0),
    Refusal("fb40f86a0000000000", .notShortest, 0),
    Refusal("f97e01", .notShortest, 0),
    Refusal("f9fe00", .notShortest, 0),
    Refusal("f97c01", .notShortest, 0),
    Refusal("fa7fc00001", .notShortest, 0),
    Refusal("fb7ff8000000000001", .notShortest, 0),
    Refusal("9f01ff", .indefiniteLength, 0),
    Refusal("81bfff", .indefiniteLength, 1),
    Refusal("5fff", .indefiniteLength, 0),
    Refusal("a2616200616100", .unsortedKeys, 4),
    Refusal("a262616100616200", .unsortedKeys, 5),
    Refusal("a2616100 0000", .unsortedKeys, 4),
  ]

  static let malformedIndefinite: [Refusal] = [
    Refusal("9f01", .truncated, 2),
    Refusal("5f4101", .truncated, 3),
    Refusal("5f6161ff", .misplacedChunk, 1),
    Refusal("7f7f6161ffff", .misplacedChunk, 1),
    Refusal("7f61c3ff", .invalidUTF8, 2),
    Refusal("bf6161ff", .misplacedBreak, 3),
    Refusal("bf61610061 6101ff", .duplicateKey, 4),
  ]

  @Test("An item that is not valid is refused under both rules", arguments: invalid)
  func refusesInvalid(refusal: Refusal) {
    let encoded = bytes(hex: refusal.hex)
    let expected = CBORError(refusal.kind, at: refusal.offset)
    #expect(throws: expected) { try CBORScanner.validate(encoded) }
    #expect(throws: expected) { try CBORValue(decoding: encoded) }
    #expect(throws: expected) { try CBORValue(decoding: encoded, rules: .wellFormed) }
  }

  @Test("A valid item in another encoding is refused by the strict rules alone", arguments: lax)
  func refusesNonDeterministic(refusal: Refusal) throws {
    let encoded = bytes(hex: refusal.hex)
    let expected = CBORError(refusal.kind, at: refusal.offset)
    #expect(throws: expected) { try CBORScanner.validate(encoded) }
    #expect(throws: expected) { try CBORValue(decoding: encoded) }
    let value = try CBORValue(decoding: encoded, rules: .wellFormed)
    try CBORScanner.validate(value.encoded())
  }

  @Test("A broken indefinite-length item is refused", arguments: malformedIndefinite)
  func refusesMalformedIndefinite(refusal: Refusal) {
    let encoded = bytes(hex: refusal.hex)
    #expect(throws: CBORError(refusal.kind, at: refusal.offset)) {
      try CBORValue(decoding: encoded, rules: .wellFormed)
    }
  }

  @Test(
    "Nesting is taken to the limit and refused one level deeper",
    arguments: [0x81, 0xc1] as [UInt8], [0, 1, 32, 512])
  func limitsNesting(container: UInt8, limit: Int) throws {
    let fits = [UInt8](repeating: container, count: limit) + [0]
    try CBORScanner.validate(fits, maximumDepth: limit)
    _ = try CBORValue(decoding: fits, maximumDepth: limit)
    let tooDeep = [container] + fits
    let expected = CBORError(.tooDeep, at: limit)
    #expect(throws: expected) { try CBORScanner.validate(tooDeep, maximumDepth: limit) }
    #expect(throws: expected) { try CBORValue(decoding: tooDeep, maximumDepth: limit) }
  }

  @Test("A limit above the ceiling is lowered, so that the stack cannot overflow")
  func ceilsNesting() {
    let deep = [UInt8](repeating: 0x81, count: 1_000_000)
    #expect(throws: CBORError(.tooDeep, at: CBORScanner.depthCeiling)) {
      try CBORScanner.validate(deep, maximumDepth: .max)
    }
  }

  @Test("A range of an array is checked by itself, offsets counted from its start")
  func validatesRange() throws {
    let encoded = bytes(hex: "ff 8201 02 ff")
    try CBORScanner.validate(encoded, in: 1..<4)
    #expect(throws: CBORError(.trailingBytes, at: 3)) {
      try CBORScanner.validate(encoded, in: 1..<5)
    }
  }

  @Test(
    "UTF-8 is accepted exactly where the standard library decodes it unchanged",
    arguments: 0..<32 as Range<UInt64>)
  func agreesOnUTF8(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let interesting: [UInt8] = [
      0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef,
      0xf0, 0xf1, 0xf4, 0xf5, 0xff,
    ]
    for _ in 0..<2000 {
      var text = Array(CBORValue.randomText(using: &random).utf8)
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let index = Int.random(in: 0...text.count, using: &random)
        text.insert(interesting.randomElement(using: &random) ?? 0, at: index)
      }
      var encoder = CBOREncoder()
      encoder.text(utf8: text)
      let isValid = Array(String(decoding: text, as: UTF8.self).utf8) == text
      let isAccepted = (try? CBORScanner.validate(encoder.bytes)) != nil
      #expect(isAccepted == isValid, "\(text)")
    }
  }

  @Test(
    "Random and mutated bytes never trap, and what is accepted encodes to itself",
    arguments: 0..<64 as Range<UInt64>)
  func survivesFuzzing(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for round in 0..<2000 {
      var input: [UInt8]
      if round.isMultiple(of: 2) {
        input = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
      } else {
        input = CBORValue.random(depth: 4, using: &random).encoded()
        for _ in 0..<Int.random(in: 0...3, using: &random) where !input.isEmpty {
          let index = Int.random(in: 0..<input.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: input[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
          case 1: input.removeSubrange(index...)
          default: input.insert(UInt8.random(in: 0...255, using: &random), at: index)
          }
        }
      }
      let strict = Result { () throws(CBORError) in try CBORValue(decoding: input) }
      let check = Result { () throws(CBORError) in try CBORScanner.validate(input) }
      let lenient = Result { () throws(CBORError) in
        try CBORValue(decoding: input, rules: .wellFormed)
      }
      switch (strict, check) {
      case (.success(let value), .success):
        #expect(value.encoded() == input)
        #expect(try lenient.get() == value)
        #expect(CBORView(storage: input).itemRange == 0..<input.count)
      case (.failure(let left), .failure(let right)):
        #expect(left == right && left.offset <= input.count)
      default:
        Issue.record("the decoder and the check disagree about \(input)")
      }
      if case .success(let value) = lenient { try CBORScanner.validate(value.encoded()) }
    }
  }
}
