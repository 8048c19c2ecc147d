import Foundation
import Mathematics
import Scoring
import TestSupport
import Testing

@Suite("Boosted trees")
struct BoostedTreesTests {
  @Test("Every margin is libxgboost's to the bit", arguments: TreeFixture.all)
  func margins(fixture: TreeFixture) throws {
    let model = try fixture.model()
    let rows = try fixture.rows()
    #expect(rows.count == 96)
    for (index, row) in rows.enumerated() {
      let margin = model.margin(for: model.numbers(for: row.values))
      #expect(margin.bitPattern == row.margin.bitPattern, "row \(index)")
      #expect(model.output(for: row.values).margin == Double(row.margin))
    }
  }

  @Test("The parts are libxgboost's approximate contributions", arguments: TreeFixture.all)
  func contributions(fixture: TreeFixture) throws {
    let model = try fixture.model()
    for row in try fixture.rows() {
      guard let contributions = row.contributions else { continue }
      let parts = model.parts(for: model.numbers(for: row.values))
      // libxgboost sums in single precision and writes seven digits.
      for (part, expected) in zip(parts + [model.expectedMargin], contributions) {
        #expect((part - expected).magnitude < 2e-5)
      }
    }
  }

  @Test("The expected margin and the parts add up to the margin", arguments: TreeFixture.all)
  func partsAddUp(fixture: TreeFixture) throws {
    let model = try fixture.model()
    for row in try fixture.rows() {
      let sum = model.parts(for: model.numbers(for: row.values)).reduce(model.expectedMargin, +)
      let bound = Double(model.treeCount) * 0x1p-24 * 8
      #expect((sum - Double(row.margin)).magnitude < bound)
    }
  }

  @Test("Reasons are the strongest parts, the strongest first")
  func reasons() throws {
    let fixture = TreeFixture.named("logistic")
    let model = try fixture.model(reasons: 2)
    for row in try fixture.rows() {
      let output = model.output(for: row.values)
      let parts = model.parts(for: model.numbers(for: row.values))
      let ranked = parts.enumerated().filter { $0.element != 0 }
        .sorted { ($1.element.magnitude, $0.offset) < ($0.element.magnitude, $1.offset) }
      #expect(
        output.reasons
          == ranked.prefix(2).map {
            Reason(name: model.featureNames[$0.offset], points: $0.element)
          })
    }
    let silent = try fixture.model(reasons: 0)
    #expect(try silent.output(for: fixture.rows()[0].values).reasons.isEmpty)
  }

  @Test(
    "The objective's link makes the score",
    arguments: [("logistic", 0.25), ("pruned", 0.25), ("gamma", 0.25), ("raw", 0.25)])
  func links(name: String, margin: Double) throws {
    let model = try TreeFixture.named(name).model()
    let expected =
      switch model.objective {
      case .binaryLogistic: Deterministic.logistic(margin)
      case .gamma: Deterministic.exp(margin)
      default: margin
      }
    #expect(model.score(margin: margin) == expected)
  }

  @Test("A calibration table turns the score into what it stands for")
  func calibration() throws {
    let table = try CalibrationTable(
      [.init(score: 0, value: 0.1), .init(score: 1, value: 0.3)], interpolation: .linear)
    let fixture = TreeFixture.named("logistic")
    let model = try BoostedTrees(xgboost: fixture.bytes(), id: "m", calibration: table)
    let plain = try fixture.model()
    for row in try fixture.rows() {
      let (output, bare) = (model.output(for: row.values), plain.output(for: row.values))
      #expect(output.score == table.value(for: bare.score))
      #expect(output.margin == bare.margin && output.reasons == bare.reasons)
    }
  }

  @Test("Flags are 1 and 0; unknown kinds and categories are missing")
  func kinds() throws {
    let frame = try TreeFixture.named("frame-binary").model()
    #expect(frame.featureNames == ["age", "country", "plan"])
    let known = frame.numbers(for: [.flag(true), .text("Köln"), .number(10)])
    #expect(known == [1, 2, 1])
    for values: [FeatureValue] in [
      [.text("old"), .text("Ko\u{308}ln"), .number(11)], [.missing, .number(2), .text("10")],
      [.number(.nan), .flag(true), .number(10.5)], [.missing, .missing, .flag(true)],
    ] {
      #expect(frame.numbers(for: values).allSatisfy { $0.isNaN })
    }
  }

  @Test("A number is rounded to single precision before it is compared")
  func singlePrecision() throws {
    let model = try TreeFixture.named("raw").model()
    for row in try TreeFixture.named("raw").rows() {
      let nudged = row.values.map { value -> FeatureValue in
        guard case .number(let number) = value else { return value }
        return .number(number + Double(Float(number).ulp) / 4)
      }
      #expect(model.margin(for: model.numbers(for: nudged)) == row.margin)
    }
  }

  @Test("Texts for codes can be given beside the file")
  func givenCategories() throws {
    let fixture = TreeFixture.named("codes")
    let model = try BoostedTrees(
      xgboost: fixture.bytes(), id: "m", categories: [("f2", ["a", "b", "c", "d"])])
    #expect(model.numbers(for: [.missing, .number(7), .text("c")])[1...] == [7, 2])
    for (feature, texts) in [
      ("f9", ["a"]), ("f0", ["a"]), ("f2", ["a", "a"]),
    ] {
      #expect(throws: BoostedTreesError.self) {
        try BoostedTrees(xgboost: fixture.bytes(), id: "m", categories: [(feature, texts)])
      }
    }
    let frame = try TreeFixture.named("frame").bytes()
    let garbled = try TreeFixture.named("frame-binary").bytes()
    for (bytes, texts) in [(frame, ["a", "b", "c", "d", "e"]), (garbled, ["a"]), (garbled, [])] {
      let error = try #require(throws: BoostedTreesError.self) {
        try BoostedTrees(
          xgboost: bytes, id: "m", categories: texts.isEmpty ? [] : [("country", texts)])
      }
      #expect(error.code == .invalidCategories && error.place == "categories.country")
    }
  }

  @Test("The base margin follows from the base score, or is given")
  func baseMargin() throws {
    #expect(try TreeFixture.named("raw").model().baseMargin == 0.3)
    #expect(try TreeFixture.named("gamma").model().baseMargin == Float(Deterministic.log(0.3)))
    let text = try TreeFixture.named("raw").text()
      .replacingOccurrences(of: "binary:logitraw", with: "binary:logistic")
    for (score, margin) in [("5E-1", Float(0)), ("2.5E-1", -1.0986123), ("[7.5E-1]", 1.0986122)] {
      let model = try BoostedTrees(
        xgboost: Array(text.replacingOccurrences(of: "[3E-1]", with: score).utf8), id: "m")
      #expect(model.baseMargin == margin)
    }
    let given = try BoostedTrees(xgboost: Array(text.utf8), id: "m", baseMargin: 1.5)
    #expect(given.baseMargin == 1.5)
  }

  @Test("Reading JSON and UBJSON of one model gives one model")
  func formatsAgree() throws {
    let fixture = TreeFixture.named("frame")
    let json = try fixture.model()
    let binary = try BoostedTrees(
      xgboost: UBJSONWriter.bytes(ofJSON: fixture.bytes()), id: json.id)
    #expect(json == binary)
  }
}
