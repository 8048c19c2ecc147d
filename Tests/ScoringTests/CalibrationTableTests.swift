import Scoring
import TestSupport
import Testing

@Suite("Calibration tables")
struct CalibrationTableTests {
  private static let points: [CalibrationTable.Point] = [
    .init(score: 0.25, value: 0.125), .init(score: 0.5, value: 0.5), .init(score: 0.75, value: 0.5),
    .init(score: 1, value: 1),
  ]

  @Test(
    "Between points the lower one's value or a line holds, outside the ends",
    arguments: [
      (-Double.infinity, 0.125, 0.125), (0.25, 0.125, 0.125), (0.375, 0.125, 0.3125),
      (0.5.nextDown, 0.125, 0.5.nextDown), (0.5, 0.5, 0.5), (0.625, 0.5, 0.5), (0.875, 0.5, 0.75),
      (1, 1, 1), (2, 1, 1), (.infinity, 1, 1),
    ])
  func values(score: Double, step: Double, linear: Double) throws {
    #expect(try CalibrationTable(Self.points, interpolation: .step).value(for: score) == step)
    let value = try CalibrationTable(Self.points, interpolation: .linear).value(for: score)
    #expect((value - linear).magnitude <= 0x1p-52)
  }

  @Test("NaN stays NaN")
  func notANumber() throws {
    #expect(try CalibrationTable(Self.points, interpolation: .linear).value(for: .nan).isNaN)
  }

  @Test("The value never falls as the score rises", arguments: 0..<32 as Range<UInt64>)
  func monotone(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var (score, value) = (random.signedUnit(), random.signedUnit())
    let points = (0..<20).map { _ in
      score += random.signedUnit().magnitude + 0x1p-40
      value += random.next() % 3 == 0 ? 0 : random.signedUnit().magnitude
      return CalibrationTable.Point(score: score, value: value)
    }
    let scores = (points.map(\.score) + (0..<500).map { _ in random.signedUnit() * 20 })
      .flatMap { [$0.nextDown, $0, $0.nextUp] }.sorted()
    for interpolation in CalibrationTable.Interpolation.allCases {
      let table = try CalibrationTable(points, interpolation: interpolation)
      let values = scores.map(table.value(for:))
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
    }
  }

  @Test(
    "Points out of order, falling or not finite are refused with their index",
    arguments: [
      ([], 0), ([(0.0, .nan)], 0), ([(.infinity, 0)], 0), ([(0, 0), (0, 1)], 1),
      ([(0, 0), (1, 1), (0.5, 1)], 2), ([(0, 0), (1, -1)], 1),
    ] as [([(Double, Double)], Int)])
  func refused(points: [(Double, Double)], index: Int) throws {
    let error = try #require(throws: CalibrationError.self) {
      try CalibrationTable(
        points.map { .init(score: $0.0, value: $0.1) }, interpolation: .step)
    }
    #expect(error.index == index)
    #expect(error.description.hasPrefix("calibration[\(index)]: "))
  }
}
