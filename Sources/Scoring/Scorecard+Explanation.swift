extension Scorecard {
  /// The card as a Markdown table for documentation: one row for each bin, in declared order,
  /// under a heading that gives the link and the range of margin and score.
  ///
  /// Numbers are printed in the shortest form that reads back to the same bits.
  package func explain() -> String {
    var lines = [
      "### \(definition.id)", "",
      "\(sentence(for: link)) Margin \(minimumMargin) to \(maximumMargin), score "
        + "\(score(margin: minimumMargin)) to \(score(margin: maximumMargin)).", "",
    ]
    if let scale = definition.scale {
      lines += [
        "\(scale.pointsToDoubleOdds) points double the odds; \(scale.anchorPoints) points stand "
          + "for odds of \(scale.anchorOdds) to 1.", "",
      ]
    }
    lines += ["| Feature | Value | Points |", "| --- | --- | ---: |"]
    lines.append(row("(everybody)", "", definition.intercept))
    for (feature, declared) in zip(features, definition.features) {
      lines += rows(of: feature, otherwise: declared.otherwise)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func sentence(for link: Link) -> String {
    switch link {
    case .logistic: "The score is the logistic function of the margin."
    case .clipped: "The score is the margin between 0 and 1."
    case .identity: "The score is the margin."
    }
  }

  private func rows(of feature: CompiledFeature, otherwise: Double?) -> [String] {
    var rows: [String]
    switch feature.bins {
    case .intervals(let intervals):
      rows = intervals.map { row(feature.name, label($0), $0.points) }
    case .categories(let categories):
      rows = categories.map { row(feature.name, "is \($0.text)", $0.points) }
    }
    if let otherwise { rows.append(row(feature.name, "otherwise", otherwise)) }
    rows.append(row(feature.name, "missing", feature.missing))
    if feature.neutral != 0 { rows.append(row(feature.name, "(neutral)", feature.neutral)) }
    return rows
  }

  private func label(_ interval: CompiledFeature.Interval) -> String {
    switch (interval.from == -.infinity, interval.to == .infinity) {
    case (true, true): "any number"
    case (true, false): "below \(interval.to)"
    case (false, true): "from \(interval.from)"
    case (false, false): "from \(interval.from) to below \(interval.to)"
    }
  }

  private func row(_ feature: String, _ value: String, _ points: Double) -> String {
    "| \(escaped(feature)) | \(escaped(value)) | \(points) |"
  }

  /// A bar or a line break would end the cell.
  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "|": result += "\\|"
      case "\n", "\r": result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
