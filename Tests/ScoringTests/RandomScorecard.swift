import Scoring
import TestSupport

extension ScorecardDefinition {
  /// A correct definition with up to nine features of all kinds.
  static func random(using random: inout SplitMix64) -> ScorecardDefinition {
    let scale =
      random.next() % 4 == 0
      ? ScorecardScale(pointsToDoubleOdds: 20, anchorPoints: 600, anchorOdds: 50) : nil
    let links = ["logistic", "clipped", "identity"]
    return ScorecardDefinition(
      id: "random", intercept: random.signedUnit() * 5,
      link: scale == nil ? links[Int(random.next() % 3)] : "logistic",
      reasons: Int(random.next() % 6), scale: scale,
      features: (0..<Int(random.next() % 10)).map { Feature.random("f\($0)", using: &random) })
  }
}

extension ScorecardDefinition.Feature {
  static func random(_ name: String, using random: inout SplitMix64) -> Self {
    let isCategory = random.next() % 3 == 0
    let count = Int(random.next() % 5)
    var bins: [ScorecardDefinition.Bin] = []
    for index in 0..<count {
      let points = random.signedUnit() * 3
      if isCategory {
        bins.append(.init(equals: "c\(index)", points: points))
      } else {
        let from = Double(index) * 10
        // Some intervals touch the next, others leave a gap.
        bins.append(.init(from: from, to: from + 5 + Double(random.next() % 6), points: points))
      }
    }
    return Self(
      name: name, neutral: random.next() % 2 == 0 ? 0 : random.signedUnit(),
      missing: random.next() % 2 == 0 ? nil : random.signedUnit(), otherwise: random.signedUnit(),
      bins: bins)
  }
}

extension FeatureValue {
  static func random(using random: inout SplitMix64) -> FeatureValue {
    switch random.next() % 8 {
    case 0: .missing
    case 1: .flag(random.next() % 2 == 0)
    case 2, 3: .text("c\(random.next() % 6)")
    case 4: .number(Double(bitPattern: random.next()))
    default: .number(random.signedUnit() * 60)
    }
  }
}
