import Simulation
import Testing

@Suite("SplitMix64")
struct SplitMix64Tests {
  /// The first words of seed 1234567, as published with the reference implementation's tests.
  @Test("The sequence is the published one")
  func publishedSequence() {
    var random = SplitMix64(seed: 1_234_567)
    let words = (0..<5).map { _ in random.next() }
    #expect(
      words == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test("Draws are evenly spread and below their bound", arguments: [1, 2, 3, 10, 1_000])
  func evenDraws(bound: Int) {
    var random = SplitMix64(seed: UInt64(bound))
    var counts = Array(repeating: 0, count: bound)
    let draws = 2_000 * bound
    for _ in 0..<min(draws, 200_000) { counts[random.below(bound)] += 1 }
    let expected = min(draws, 200_000) / bound
    // Six standard deviations of a count.
    for count in counts { #expect((count - expected) * (count - expected) < 36 * expected + 1) }
  }

  @Test("A chance is its ratio, and its ends are certain")
  func chances() {
    var random = SplitMix64(seed: 4)
    var hits = 0
    for _ in 0..<100_000 {
      if random.chance(3, of: 20) { hits += 1 }
      let never = random.chance(0, of: 20)
      let always = random.chance(20, of: 20)
      #expect(!never && always)
    }
    #expect(abs(hits - 15_000) < 600)
  }

  @Test("Streams of different owners, purposes and ordinals differ")
  func streams() {
    var first: Set<UInt64> = []
    for owner in 0..<20 as Range<UInt64> {
      for purpose in 0..<20 as Range<UInt64> {
        for ordinal in 0..<20 as Range<UInt64> {
          var random = SplitMix64(seed: 1, owner: owner, purpose: purpose, ordinal: ordinal)
          first.insert(random.next())
        }
      }
    }
    #expect(first.count == 8_000)
  }
}
