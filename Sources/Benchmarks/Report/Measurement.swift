/// What the design or the README promises of a figure.
package enum Goal: Sendable, Equatable {
  case atLeast(Double)
  case atMost(Double)

  /// Whether `figure` keeps the promise.
  package func isMet(by figure: Double) -> Bool {
    switch self {
    case .atLeast(let bound): figure >= bound
    case .atMost(let bound): figure <= bound
    }
  }

  /// `≥ 600,000` or `≤ 110`.
  package var text: String {
    switch self {
    case .atLeast(let bound): "≥ \(Figure.text(bound))"
    case .atMost(let bound): "≤ \(Figure.text(bound))"
    }
  }
}

/// Repeated measurements of one thing.
package struct Measurement: Sendable {
  /// What was measured, with its size.
  package let name: String
  /// Which system, where several are compared; empty: Recount.
  package let system: String
  /// `events/s` and the like.
  package let unit: String
  /// Each round's figure, in the order of the rounds.
  package let runs: [Double]
  /// The figure that the design asks for; nil: none.
  package let goal: Goal?

  package init(
    name: String, system: String = "", unit: String, runs: [Double], goal: Goal? = nil
  ) {
    self.name = name
    self.system = system
    self.unit = unit
    self.runs = runs
    self.goal = goal
  }

  package var minimum: Double { runs.min() ?? 0 }
  package var maximum: Double { runs.max() ?? 0 }

  /// The middle one; of an even number the lower of the two in the middle.
  package var median: Double {
    runs.isEmpty ? 0 : runs.sorted()[(runs.count - 1) / 2]
  }
}

/// Figures as people read them.
package enum Figure {
  /// `1,234,567` from 1,000 on; below 100 two digits after the point, below 1,000 one.
  package static func text(_ figure: Double) -> String {
    let magnitude = figure.magnitude
    guard magnitude.isFinite, magnitude < 1e15 else { return "\(figure)" }
    let digits = magnitude < 100 ? 2 : magnitude < 1_000 ? 1 : 0
    let scale = [1.0, 10.0, 100.0][digits]
    let scaled = Int((magnitude * scale).rounded())
    var whole = String(scaled / Int(scale))
    var grouped = ""
    while whole.count > 3 {
      grouped = "," + whole.suffix(3) + grouped
      whole.removeLast(3)
    }
    var text = (figure < 0 ? "-" : "") + whole + grouped
    var rest = String(scaled % Int(scale) + Int(scale)).dropFirst()
    while rest.last == "0" { rest.removeLast() }
    if !rest.isEmpty { text += ".\(rest)" }
    return text
  }

  /// `1.2M`, `230K`, `950`.
  package static func short(_ figure: Double) -> String {
    if figure >= 1e6 { return "\(text((figure / 1e4).rounded() / 100))M" }
    if figure >= 1e4 { return "\(text((figure / 1e3).rounded()))K" }
    if figure >= 1e3 { return "\(text((figure / 1e2).rounded() / 10))K" }
    return text(figure)
  }

  /// A ratio of two figures, `0.35×`.
  package static func ratio(_ figure: Double, to base: Double) -> String {
    guard base > 0 else { return "" }
    let ratio = figure / base
    guard ratio < 0.1 else { return "\(text(ratio))×" }
    let thousandths = String(1_000 + Int((ratio * 1_000).rounded())).dropFirst()
    return "0.\(thousandths)×"
  }

  /// Microseconds as `85 µs` or `1.2 ms`.
  package static func time(microseconds: Double) -> String {
    microseconds < 1_000
      ? "\(text(microseconds < 10 ? microseconds : microseconds.rounded())) µs"
      : "\(text((microseconds / 10).rounded() / 100)) ms"
  }
}
