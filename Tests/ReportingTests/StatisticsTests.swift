import Mathematics
import Reporting
import Testing

@Suite("Statistics of metrics")
struct StatisticsTests {
  private static let tails: [(a: Double, x: Double, q: Double)] = [
    (0.5, 0.001, 0.96432940827032011), (0.5, 1.920729410347062, 0.050000000000000057),
    (0.5, 5.0, 0.0015654022580025497), (0.5, 50, 1.5239706048321052e-23),
    (0.5, 600, 6.0995688148084337e-263), (1, 2.5, 0.082084998623898795),
    (1.5, 0.3, 0.89643237334191143), (2, 4.743864518390577, 0.050000000000000057),
    (4.5, 9.4, 0.026948185023042237), (10, 3, 0.99889751186988452),
    (10, 30, 7.1217508628155771e-6), (100, 90, 0.84177901081356983),
    (100, 140, 0.00016105717471255586), (1000, 1000, 0.49579475581978449),
  ]

  @Test("The upper tail of the gamma distribution is that of 30 digits", arguments: tails.indices)
  func upperGamma(index: Int) {
    let (a, x, q) = Self.tails[index]
    let value = Deterministic.upperGamma(a, x)
    #expect((value - q).magnitude <= 2e-12 * q, "\(value) for \(q)")
  }

  @Test("Beyond its domain the tail is no number")
  func domain() {
    #expect(Deterministic.upperGamma(0, 1).isNaN && Deterministic.upperGamma(1, -1).isNaN)
    #expect(Deterministic.upperGamma(2, 0) == 1 && Deterministic.upperGamma(2, .infinity) == 0)
  }

  /// Newcombe 1998 (Statistics in Medicine 17, 857-872), table I, method 3.
  @Test(
    "Wilson's intervals are the published ones",
    arguments: [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611),
      (1, 29, 0.0061, 0.1718),
    ] as [(UInt64, UInt64, Double, Double)])
  func wilson(successes: UInt64, trials: UInt64, low: Double, high: Double) throws {
    let interval = try #require(Proportion(successes, of: trials).interval)
    #expect((interval.lowerBound - low).magnitude < 0.00005)
    #expect((interval.upperBound - high).magnitude < 0.00005)
  }

  /// Newcombe 1998 (Statistics in Medicine 17, 873-890), table II, method 10.
  @Test(
    "Intervals of differences are the published ones",
    arguments: [
      ([56, 70, 48, 80], 0.0524, 0.3339), ([9, 10, 3, 10], 0.1705, 0.8090),
      ([6, 7, 2, 7], 0.0582, 0.8062), ([5, 56, 0, 29], -0.0381, 0.1926),
      ([0, 10, 0, 20], -0.1611, 0.2775), ([10, 10, 0, 10], 0.6075, 1.0000),
    ] as [([UInt64], Double, Double)])
  func newcombe(counts: [UInt64], low: Double, high: Double) throws {
    let difference = try #require(
      Proportion(counts[0], of: counts[1]).difference(from: Proportion(counts[2], of: counts[3])))
    #expect((difference.interval.lowerBound - low).magnitude < 0.00005)
    #expect((difference.interval.upperBound - high).magnitude < 0.00005)
  }

  @Test("Of none there is neither share nor interval nor difference")
  func none() {
    let none = Proportion(0, of: 0)
    #expect(none.share == nil && none.interval == nil)
    #expect(none.difference(from: Proportion(1, of: 2)) == nil)
  }

  @Test("A sample whose ratio does not fit is called out, one that fits is not")
  func ratios() throws {
    let good = try #require(RatioCheck(counts: [498, 9_502], expected: [0.05, 0.95]))
    #expect(good.fits)
    let bad = try #require(RatioCheck(counts: [400, 9_600], expected: [0.05, 0.95]))
    #expect(!bad.fits)
    // 100 fewer than 500, and 100 more than 9,500.
    #expect((bad.chiSquared - (20 + 10_000.0 / 9_500)).magnitude < 1e-9)
    #expect(RatioCheck(counts: [5], expected: [1]) == nil)
    #expect(RatioCheck(counts: [0, 0], expected: [0.5, 0.5]) == nil)
  }
}
