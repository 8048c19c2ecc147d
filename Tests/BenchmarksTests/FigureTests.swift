import Benchmarks
import Testing

@Suite("Figures and reports")
struct FigureTests {
  @Test(
    "A figure has as many digits as people read",
    arguments: [
      (0, "0"), (0.126, "0.13"), (1.5, "1.5"), (99.999, "100"), (123.45, "123.5"),
      (999.96, "1,000"), (1_234.4, "1,234"), (1_234_567, "1,234,567"), (-12.5, "-12.5"),
    ] as [(Double, String)])
  func text(figure: Double, text: String) {
    #expect(Figure.text(figure) == text)
  }

  @Test(
    "Large figures are shortened to three digits or so",
    arguments: [
      (950, "950"), (1_234, "1.2K"), (230_400, "230K"), (1_700_000, "1.7M"),
      (12_345_678, "12.35M"),
    ] as [(Double, String)])
  func short(figure: Double, text: String) {
    #expect(Figure.short(figure) == text)
  }

  @Test(
    "A small ratio keeps three digits after the point",
    arguments: [(50, 100, "0.5×"), (3, 1_000, "0.003×"), (150, 100, "1.5×"), (1, 0, "")]
      as [(Double, Double, String)])
  func ratio(figure: Double, base: Double, text: String) {
    #expect(Figure.ratio(figure, to: base) == text)
  }

  @Test("A percentile is the smallest figure that so many do not exceed")
  func percentiles() {
    var latencies = Latencies()
    for microseconds in (1...1_000).reversed() { latencies.add(UInt64(microseconds) * 1_000) }
    #expect(latencies.percentiles.figures == [500, 900, 990, 999, 1_000])
    #expect(Latencies().percentiles.figures == [0, 0, 0, 0, 0])
  }

  @Test("A goal is kept by its bound")
  func goals() {
    #expect(Goal.atLeast(10).isMet(by: 10) && !Goal.atLeast(10).isMet(by: 9.9))
    #expect(Goal.atMost(10).isMet(by: 10) && !Goal.atMost(10).isMet(by: 10.1))
  }

  @Test("The median is the middle run, of an even number the lower")
  func median() {
    #expect(Measurement(name: "", unit: "", runs: [3, 1, 2]).median == 2)
    #expect(Measurement(name: "", unit: "", runs: [4, 1, 3, 2]).median == 2)
    #expect(Measurement(name: "", unit: "", runs: []).median == 0)
  }
}
