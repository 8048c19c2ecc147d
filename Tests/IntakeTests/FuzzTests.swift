import CBOR
import Engine
import Intake
import Ledger
import TestSupport
import Testing

struct FuzzTests {
  private static let alphabet =
    Array(#"{}[]",:\0123456789.eE+-truefalsn u/"#.utf8) + [0, 0xff, 0xc2]

  @Test(
    "Spoilt lines never trap, and what is taken keeps the rules", arguments: 0..<8 as Range<UInt64>)
  func mutation(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var reader = CloudEventReader()
    var taken = 0
    for _ in 0..<4_000 {
      var line = Sample.line()
      for _ in 0..<Int.random(in: 1...4, using: &random) { Self.spoil(&line, using: &random) }
      guard case .success(let input) = reader.read(line, requiresTime: false) else { continue }
      taken += 1
      expectRules(input)
    }
    // Many bytes lie inside strings, where another letter does no harm.
    #expect(taken > 50)
  }

  private func expectRules(_ input: Input) {
    #expect(throws: Never.self) {
      try CBORScanner.validate(input.payload, maximumDepth: Limits.nesting)
    }
    #expect(CBORView(storage: input.payload).kind == .map)
    #expect(input.payload.count <= Limits.payloadBytes)
    for text in [input.subject, input.source, input.externalID, Array(input.type.utf8)] {
      #expect((1...Limits.identifierBytes).contains(text.count))
      #expect(String(validating: text, as: UTF8.self) != nil)
      #expect(!text.contains { $0 < 0x20 || $0 == 0x7f })
    }
    #expect(!EventType.reserved.contains(input.type))
    if let time = input.occurredAt { #expect(time >= 0) }
  }

  private static func spoil(_ line: inout [UInt8], using random: inout SplitMix64) {
    guard !line.isEmpty else { return }
    let place = Int.random(in: 0..<line.count, using: &random)
    let byte = alphabet.randomElement(using: &random)!
    switch Int.random(in: 0..<6, using: &random) {
    case 0: line[place] = byte
    case 1: line.insert(byte, at: place)
    case 2: line.remove(at: place)
    case 3: line.removeSubrange(place..<min(place + 8, line.count))
    case 4: line[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    default:
      let end = min(place + Int.random(in: 1...16, using: &random), line.count)
      line.insert(contentsOf: line[place..<end], at: place)
    }
  }
}
