import Scoring
import Testing

/// A faulty definition and what the error must say about it.
struct Fault: Sendable, CustomTestStringConvertible {
  let definition: ScorecardDefinition
  let code: ScorecardError.Code
  let feature: String?
  let bin: Int?
  let name: String

  var testDescription: String { name }

  init(
    _ name: String, _ code: ScorecardError.Code, feature: String? = nil, bin: Int? = nil,
    _ definition: ScorecardDefinition
  ) {
    self.name = name
    self.definition = definition
    self.code = code
    self.feature = feature
    self.bin = bin
  }

  /// A fault in the bins of a feature `f`.
  init(
    _ name: String, _ code: ScorecardError.Code, bin: Int?, otherwise: Double? = nil,
    _ bins: [ScorecardDefinition.Bin]
  ) {
    self.init(
      name, code, feature: "f", bin: bin,
      ScorecardDefinition(
        id: "m", features: [.init(name: "f", otherwise: otherwise, bins: bins)]))
  }
}

private let scale = ScorecardScale(pointsToDoubleOdds: 20, anchorPoints: 600, anchorOdds: 50)

private func scaled(_ change: (inout ScorecardScale) -> Void) -> ScorecardDefinition {
  var changed = scale
  change(&changed)
  return ScorecardDefinition(id: "m", scale: changed, features: [])
}

private let whole = [ScorecardDefinition.Bin(points: 1)]

private let cardFaults: [Fault] = [
  Fault("unknown link", .unknownLink, ScorecardDefinition(id: "m", link: "probit", features: [])),
  Fault("NaN intercept", .notFinite, ScorecardDefinition(id: "m", intercept: .nan, features: [])),
  Fault("-1 reasons", .negativeReasons, ScorecardDefinition(id: "m", reasons: -1, features: [])),
  Fault("no doubling", .invalidScale, scaled { $0.pointsToDoubleOdds = 0 }),
  Fault("NaN doubling", .invalidScale, scaled { $0.pointsToDoubleOdds = .nan }),
  Fault("negative odds", .invalidScale, scaled { $0.anchorOdds = -1 }),
  Fault("infinite anchor", .notFinite, scaled { $0.anchorPoints = .infinity }),
  Fault("tiny doubling", .sumOverflow, scaled { $0.pointsToDoubleOdds = 0x1p-1060 }),
  Fault(
    "scale without logistic", .invalidScale,
    ScorecardDefinition(id: "m", link: "identity", scale: scale, features: [])),
  Fault(
    "no name", .emptyName,
    ScorecardDefinition(id: "m", features: [.init(name: "", bins: whole)])),
  Fault(
    "twice", .duplicateFeature, feature: "f",
    ScorecardDefinition(
      id: "m", features: [.init(name: "f", bins: whole), .init(name: "f", bins: whole)])),
  Fault(
    "infinite neutral", .notFinite, feature: "f",
    ScorecardDefinition(id: "m", features: [.init(name: "f", neutral: .infinity, bins: whole)])),
  Fault(
    "NaN missing", .notFinite, feature: "f",
    ScorecardDefinition(id: "m", features: [.init(name: "f", missing: .nan, bins: whole)])),
  Fault(
    "overflow", .sumOverflow,
    ScorecardDefinition(
      id: "m", intercept: 1e308, features: [.init(name: "f", bins: [.init(points: 1e308)])])),
]

private let binFaults: [Fault] = [
  Fault("NaN points", .notFinite, bin: 0, [.init(points: .nan)]),
  Fault("infinite end", .notFinite, bin: 0, [.init(from: -.infinity, points: 1)]),
  Fault("NaN end", .notFinite, bin: 0, [.init(to: .nan, points: 1)]),
  Fault("NaN otherwise", .notFinite, bin: nil, otherwise: .nan, whole),
  Fault("empty", .emptyBin, bin: 0, otherwise: 0, [.init(from: 2, to: 2, points: 1)]),
  Fault("reversed", .emptyBin, bin: 0, otherwise: 0, [.init(from: 3, to: 2, points: 1)]),
  Fault(
    "overlap", .overlappingBins, bin: 1,
    [.init(to: 3, points: 1), .init(from: 2.5, points: 1)]),
  Fault(
    "open end within", .overlappingBins, bin: 1, [.init(points: 1), .init(from: 2, points: 1)]),
  Fault(
    "unordered", .unorderedBins, bin: 1, otherwise: 0,
    [.init(from: 5, to: 6, points: 1), .init(from: 1, to: 2, points: 1)]),
  Fault(
    "gap within", .gapWithoutOtherwise, bin: 1,
    [.init(to: 3, points: 1), .init(from: 4, points: 1)]),
  Fault("gap below", .gapWithoutOtherwise, bin: 0, [.init(from: 4, points: 1)]),
  Fault("gap above", .gapWithoutOtherwise, bin: nil, [.init(to: 4, points: 1)]),
  Fault("no bins", .gapWithoutOtherwise, bin: nil, []),
  Fault("open categories", .gapWithoutOtherwise, bin: nil, [.init(equals: "a", points: 1)]),
  Fault(
    "category twice", .duplicateCategory, bin: 1, otherwise: 0,
    [.init(equals: "a", points: 1), .init(equals: "a", points: 2)]),
  Fault(
    "both in one bin", .mixedBins, bin: 0, otherwise: 0,
    [.init(from: 1, to: nil, equals: "a", points: 1)]),
  Fault(
    "both in one feature", .mixedBins, bin: 1, otherwise: 0,
    [.init(to: 1, points: 1), .init(equals: "a", points: 1)]),
]

@Suite("Scorecard errors")
struct ScorecardErrorTests {
  @Test("A fault is refused with its place and its mend", arguments: cardFaults + binFaults)
  func refused(_ fault: Fault) throws {
    let error = try #require(throws: ScorecardError.self) { try Scorecard(fault.definition) }
    #expect(error.code == fault.code)
    #expect(error.feature == fault.feature)
    #expect(error.bin == fault.bin)
    #expect(error.scorecard == "m")
    #expect(!error.message.isEmpty && !error.mend.isEmpty)
  }

  @Test("Every kind of fault has an example")
  func everyCode() {
    for code in ScorecardError.Code.allCases {
      #expect((cardFaults + binFaults).contains { $0.code == code }, "\(code)")
    }
  }

  @Test("An error reads as a line")
  func description() throws {
    let definition = ScorecardDefinition(
      id: "churn",
      features: [
        .init(name: "age", bins: [.init(to: 3, points: 1), .init(from: 2.5, points: 1)])
      ])
    let error = try #require(throws: ScorecardError.self) { try Scorecard(definition) }
    #expect(
      error.description
        == "scorecard churn, feature age, bins[1]: [2.5, inf) overlaps [-inf, 3.0); "
        + "let it begin at 3.0")
  }
}
