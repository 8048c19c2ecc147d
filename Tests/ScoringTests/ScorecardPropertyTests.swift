import Scoring
import TestSupport
import Testing

@Suite("Scorecard properties")
struct ScorecardPropertyTests {
  @Test("The order of the given features does not matter", arguments: 0..<32 as Range<UInt64>)
  func orderIndependence(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<50 {
      let card = try Scorecard(.random(using: &random))
      var features = (card.featureNames + ["unknown"]).map {
        ($0, FeatureValue.random(using: &random))
      }
      let expected = card.output(for: FeatureVector(features))
      features.shuffle(using: &random)
      #expect(card.output(for: FeatureVector(features)) == expected)
      let vector = FeatureVector(features)
      #expect(card.output(for: card.featureNames.map { vector[$0] }) == expected)
    }
  }

  @Test("Any input gives finite output within the card's range", arguments: 0..<32 as Range<UInt64>)
  func finiteOutput(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<50 {
      let card = try Scorecard(.random(using: &random))
      for _ in 0..<20 {
        let output = card.output(for: card.featureNames.map { _ in .random(using: &random) })
        #expect(output.margin.isFinite && output.score.isFinite)
        #expect(output.margin >= card.minimumMargin && output.margin <= card.maximumMargin)
        #expect(card.link == .identity || (0...1).contains(output.score))
        #expect(output.reasons.count <= card.definition.reasons)
        let sizes = output.reasons.map(\.points.magnitude)
        #expect(sizes == sizes.sorted(by: >))
      }
    }
  }

  @Test("Both ends of the margin are reached")
  func marginEnds() throws {
    let card = try loginCard()
    let least = card.output(for: [.number(1), .flag(true), .text("US"), .number(0)])
    let most = card.output(for: [.number(900), .flag(false), .text("FR"), .number(6)])
    #expect(least.margin == card.minimumMargin)
    #expect(most.margin == card.maximumMargin)
  }

  @Test(
    "Points that rise with a value make the score rise with it", arguments: 0..<32 as Range<UInt64>)
  func monotonePoints(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for link in ["logistic", "clipped", "identity"] {
      var points = -3.0
      var bins: [ScorecardDefinition.Bin] = []
      for index in 0..<12 {
        points += random.signedUnit().magnitude
        bins.append(
          .init(
            from: index == 0 ? nil : Double(index), to: index == 11 ? nil : Double(index + 1),
            points: points))
      }
      var definition = ScorecardDefinition.random(using: &random)
      definition.scale = nil
      definition.link = link
      definition.features.append(.init(name: "rising", bins: bins))
      definition.features.shuffle(using: &random)
      let card = try Scorecard(definition)
      var vector = FeatureVector(card.featureNames.map { ($0, .random(using: &random)) })
      var last = -Double.infinity
      for step in -4...60 {
        vector["rising"] = .number(Double(step) / 4)
        let score = card.output(for: vector).score
        #expect(score >= last)
        last = score
      }
      vector["rising"] = .number(.infinity)
      #expect(card.output(for: vector).score == last)
    }
  }

  @Test("An interval search agrees with a scan", arguments: 0..<32 as Range<UInt64>)
  func searchAgreesWithScan(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<20 {
      let feature = ScorecardDefinition.Feature.random("f", using: &random)
      guard feature.bins.first?.equals == nil else { continue }
      let card = try Scorecard(
        ScorecardDefinition(id: "m", link: "identity", features: [feature]))
      for step in -10...130 {
        let value = Double(step) / 2
        let bin = feature.bins.first { $0.from! <= value && value < $0.to! }
        #expect(card.output(for: [.number(value)]).margin == bin?.points ?? feature.otherwise!)
      }
    }
  }

  @Test("Recorded bits of a card come out again")
  func goldenOutput() throws {
    let output = try loginCard().output(
      for: [.number(120), .missing, .text("DE"), .number(7)])
    #expect(output.margin == 0)
    #expect(output.score.bitPattern == 0x3fe0_0000_0000_0000)
    let other = try loginCard().output(for: [.missing, .flag(true), .missing, .missing])
    #expect(other.margin == -3.625)
    #expect(other.score.bitPattern == 0x3f9a_9490_c105_4030)
  }
}
