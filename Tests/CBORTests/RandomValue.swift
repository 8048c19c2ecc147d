import CBOR
import TestSupport

extension CBORValue {
  /// A value of any kind, nested at most `depth` deep.
  static func random(depth: Int, using random: inout SplitMix64) -> CBORValue {
    switch Int.random(in: 0..<(depth > 0 ? 14 : 10), using: &random) {
    case 0: .unsigned(magnitude(using: &random))
    case 1: .negative(magnitude(using: &random))
    case 2: .bytes(randomBytes(using: &random))
    case 3, 4: .text(randomText(using: &random))
    case 5: .bool(Bool.random(using: &random))
    case 6: .null
    case 7: .double(randomDouble(using: &random))
    case 8: .simple(UInt8.random(in: 32...255, using: &random))
    case 9: .undefined
    case 10, 11:
      .array(
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
          .random(depth: depth - 1, using: &random)
        })
    case 12: .map(randomMap(depth: depth - 1, using: &random))
    default: .tag(magnitude(using: &random), .random(depth: depth - 1, using: &random))
    }
  }

  /// An integer whose encoded width varies as much as its value.
  private static func magnitude(using random: inout SplitMix64) -> UInt64 {
    random.next() >> UInt64.random(in: 0..<64, using: &random)
  }

  private static func randomBytes(using random: inout SplitMix64) -> [UInt8] {
    (0..<Int.random(in: 0...30, using: &random)).map { _ in
      UInt8.random(in: 0...255, using: &random)
    }
  }

  static func randomText(using random: inout SplitMix64) -> String {
    let alphabet: [Unicode.Scalar] = ["a", "b", "\u{0}", "\"", "é", "水", "𐅑", "\u{301}", "~"]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...30, using: &random) {
      text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
    }
    return String(text)
  }

  private static func randomDouble(using random: inout SplitMix64) -> Double {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: Double(bitPattern: random.next())
    case 1: Double(Float(bitPattern: UInt32(truncatingIfNeeded: random.next())))
    case 2: CBORFloat.value(half: UInt16(truncatingIfNeeded: random.next()))
    default: Double(Int.random(in: -1000...1000, using: &random)) / 4
    }
  }

  private static func randomMap(depth: Int, using random: inout SplitMix64) -> CBORMap {
    var map = CBORMap()
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      map[.random(depth: min(depth, 1), using: &random)] =
        .random(depth: depth, using: &random)
    }
    return map
  }
}
