/// What customers hold in their hands.
enum Platform {
  /// The names in events; the last is the attackers'.
  static let names = ["mobile", "desktop", "tablet", "desktop"]

  /// What the browsers say of themselves, by the same numbers.
  static let userAgents = [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_3 like Mac OS X)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
    "Mozilla/5.0 (iPad; CPU OS 17_2 like Mac OS X)",
    "Mozilla/5.0 (X11; Linux x86_64)",
  ]

  /// The number of what attackers use.
  static let attacker: UInt8 = 3

  /// A customer's platform for one session.
  static func draw(_ random: inout SplitMix64) -> UInt8 {
    let percent = random.below(100)
    return percent < 55 ? 0 : percent < 90 ? 1 : 2
  }
}
