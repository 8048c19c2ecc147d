/// A small generator of 64-bit words with the same sequence everywhere (Steele, Lea and Flood,
/// "Fast splittable pseudorandom number generators", OOPSLA 2014).
///
/// Chances are integer ratios and draws are exact, so that no float takes part in what happens.
/// It deliberately does not conform to `RandomNumberGenerator`: the standard library may change how
/// it turns words into draws, and old seeds must keep their histories.
package struct SplitMix64: Sendable, Equatable {
  private var state: UInt64

  /// Starts the sequence of `seed`.
  package init(seed: UInt64) {
    state = seed
  }

  /// Starts the sequence of one owner and purpose below a seed; other owners and purposes have
  /// sequences that are unrelated to it.
  package init(seed: UInt64, owner: UInt64, purpose: UInt64, ordinal: UInt64 = 0) {
    var word = Self.mixed(seed &+ 0x9e37_79b9_7f4a_7c15)
    word = Self.mixed(word ^ owner &* 0xd6e8_feb8_6659_fd93)
    word = Self.mixed(word ^ purpose &* 0xa0761d6478bd642f)
    state = Self.mixed(word ^ ordinal &* 0xe703_7ed1_a0b4_28db)
  }

  /// The next word, uniform over all 64-bit values.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mixed(state)
  }

  /// A number from 0 to `bound` - 1, each exactly as likely (Lemire, "Fast random integer
  /// generation in an interval", 2019). Traps unless `bound` is positive.
  package mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "a draw needs at least one possible result")
    let width = UInt64(bound)
    var product = next().multipliedFullWidth(by: width)
    if product.low < width {
      // The lowest 2^64 mod width products are one too many for some results.
      let surplus = (0 &- width) % width
      while product.low < surplus { product = next().multipliedFullWidth(by: width) }
    }
    return Int(product.high)
  }

  /// True in exactly `numerator` of `denominator` cases; never for 0 and below, always from
  /// `denominator` up.
  package mutating func chance(_ numerator: Int, of denominator: Int) -> Bool {
    below(denominator) < numerator
  }

  /// The finaliser of the sequence: a bijection in which each input bit reaches every output bit.
  static func mixed(_ word: UInt64) -> UInt64 {
    var word = word
    word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word >> 31
  }
}

/// What a stream of chance is for. A stream belongs to one customer or product and one purpose, so
/// that no draw moves another: the same customer does the same things among ten as among a million,
/// and browses alike whether or not the product wrote to him in between.
enum Purpose: UInt64 {
  case person = 1
  case session = 2
  case cart = 3
  case visit = 4
  case optOut = 5
  case change = 6
  case attack = 7
  case delivery = 8
  case owner = 9
  case device = 10
  case product = 11
  case stock = 12
  case login = 13
  case journey = 14
  case trouble = 15
  case parcel = 16
  case recommendation = 17
  case decline = 18
  case offer = 19
}
