/// Steele, Lea and Flood's generator: a seed always gives the same tests.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A value from -1 to 1 in steps of 2^-52, without the standard library's own method, which
  /// might change.
  mutating func signedUnit() -> Double {
    Double(Int64(bitPattern: next()) >> 11) * 0x1p-52
  }
}
