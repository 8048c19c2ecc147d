/// The checks that make a definition a scorecard, in the order in which faults are reported.
struct ScorecardCheck {
  let definition: ScorecardDefinition

  /// The link by its name.
  func link() throws(ScorecardError) -> Scorecard.Link {
    guard let link = Scorecard.Link(rawValue: definition.link) else {
      throw error(
        .unknownLink, "the link \(quoted(definition.link)) is unknown",
        "write one of " + Scorecard.Link.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return link
  }

  /// The card's own numbers: intercept, count of reasons, scale.
  func numbers() throws(ScorecardError) {
    guard definition.intercept.isFinite else {
      throw error(.notFinite, "the intercept is \(definition.intercept)", "write a finite number")
    }
    guard definition.reasons >= 0 else {
      throw error(
        .negativeReasons, "\(definition.reasons) reasons are asked for", "write 0 or more")
    }
    guard let scale = definition.scale else { return }
    guard definition.link == Scorecard.Link.logistic.rawValue else {
      throw error(
        .invalidScale, "a scale makes log-odds, which the link \(definition.link) does not take",
        "leave the scale out or write link: logistic")
    }
    guard scale.anchorPoints.isFinite else {
      throw error(
        .notFinite, "the scale's anchor points are \(scale.anchorPoints)", "write a finite number")
    }
    for (name, value) in [
      ("points to double the odds", scale.pointsToDoubleOdds), ("anchor odds", scale.anchorOdds),
    ] where !(value > 0 && value.isFinite) {
      throw error(
        .invalidScale, "the scale's \(name) are \(value)", "write a finite number above 0")
    }
  }

  /// All features, compiled.
  func features() throws(ScorecardError) -> [CompiledFeature] {
    var compiled: [CompiledFeature] = []
    for feature in definition.features {
      guard !feature.name.isEmpty else {
        throw error(
          .emptyName, "the feature at index \(compiled.count) has no name", "name it")
      }
      if compiled.contains(where: { $0.name.hasSameBytes(as: feature.name) }) {
        throw error(
          .duplicateFeature, "the name comes twice", "join the two or rename one", feature)
      }
      compiled.append(try self.compiled(feature))
    }
    return compiled
  }

  /// The ends of the margin, which bound every partial sum too: each point moves at most as far
  /// as the magnitudes below add up to.
  func margins(from lowest: Double, to highest: Double) throws(ScorecardError) {
    let magnitude = definition.features.reduce(definition.intercept.magnitude) { sum, feature in
      let points = feature.bins.map(\.points) + [feature.missing ?? 0, feature.otherwise ?? 0]
      return sum + points.reduce(feature.neutral.magnitude) { max($0, $1.magnitude) } * 2
    }
    guard magnitude.isFinite && lowest.isFinite && highest.isFinite else {
      throw error(
        .sumOverflow, "the points can add up to more than a Double holds", "use smaller points")
    }
  }

  private func compiled(
    _ feature: ScorecardDefinition.Feature
  ) throws(ScorecardError) -> CompiledFeature {
    for (name, value) in [
      ("neutral", feature.neutral), ("missing", feature.missing ?? 0),
      ("otherwise", feature.otherwise ?? 0),
    ] where !value.isFinite {
      throw error(.notFinite, "the \(name) points are \(value)", "write a finite number", feature)
    }
    for (index, bin) in feature.bins.enumerated() {
      try checkShape(bin, index, feature)
    }
    let hasCategories = feature.bins.first?.equals != nil
    let missing = feature.missing ?? feature.neutral
    return CompiledFeature(
      name: feature.name, neutral: feature.neutral,
      bins: hasCategories
        ? .categories(try categories(of: feature)) : .intervals(try intervals(of: feature)),
      missing: missing, otherwise: feature.otherwise ?? missing)
  }

  /// One bin by itself, and that it is of the first bin's kind.
  private func checkShape(
    _ bin: ScorecardDefinition.Bin, _ index: Int, _ feature: ScorecardDefinition.Feature
  ) throws(ScorecardError) {
    guard bin.points.isFinite else {
      throw error(
        .notFinite, "the points are \(bin.points)", "write a finite number", feature, index)
    }
    let isInterval = bin.from != nil || bin.to != nil
    guard !(isInterval && bin.equals != nil) else {
      throw error(
        .mixedBins, "the bin has an interval and a category", "keep one of them", feature, index)
    }
    guard (bin.equals != nil) == (feature.bins[0].equals != nil) else {
      throw error(
        .mixedBins, "intervals and categories are mixed", "split the feature in two", feature, index
      )
    }
    for end in [bin.from, bin.to] {
      if let end, !end.isFinite {
        throw error(
          .notFinite, "an end of the interval is \(end)",
          "leave the end out where it is open", feature, index)
      }
    }
  }

  private func intervals(
    of feature: ScorecardDefinition.Feature
  ) throws(ScorecardError) -> [CompiledFeature.Interval] {
    var intervals: [CompiledFeature.Interval] = []
    for (index, bin) in feature.bins.enumerated() {
      let (from, to) = (bin.from ?? -.infinity, bin.to ?? .infinity)
      guard from < to else {
        throw error(
          .emptyBin, "no number is in [\(from), \(to))", "let it end above its beginning", feature,
          index)
      }
      if let last = intervals.last {
        guard to > last.from else {
          throw error(
            .unorderedBins, "[\(from), \(to)) comes after [\(last.from), \(last.to))",
            "put the intervals in ascending order", feature, index)
        }
        guard from >= last.to else {
          throw error(
            .overlappingBins, "[\(from), \(to)) overlaps [\(last.from), \(last.to))",
            "let it begin at \(last.to)", feature, index)
        }
      }
      try checkGap(from: intervals.last?.to ?? -.infinity, to: from, feature, index)
      intervals.append(.init(from: from, to: to, points: bin.points))
    }
    try checkGap(from: intervals.last?.to ?? -.infinity, to: .infinity, feature, nil)
    return intervals
  }

  private func checkGap(
    from: Double, to: Double, _ feature: ScorecardDefinition.Feature, _ bin: Int?
  ) throws(ScorecardError) {
    guard from == to || feature.otherwise != nil else {
      throw error(
        .gapWithoutOtherwise, "no bin holds [\(from), \(to))",
        "add otherwise points or close the gap", feature, bin)
    }
  }

  private func categories(
    of feature: ScorecardDefinition.Feature
  ) throws(ScorecardError) -> [CompiledFeature.Category] {
    var categories: [CompiledFeature.Category] = []
    for (index, bin) in feature.bins.enumerated() {
      let text = bin.equals ?? ""
      if categories.contains(where: { $0.text.hasSameBytes(as: text) }) {
        throw error(
          .duplicateCategory, "the category \(quoted(text)) comes twice", "keep one of them",
          feature, index)
      }
      categories.append(.init(text: text, points: bin.points))
    }
    // A flag has two texts only; for any other text there must be an answer.
    let isFlag = ["true", "false"].allSatisfy { text in
      categories.contains { $0.text.hasSameBytes(as: text) }
    }
    guard isFlag || feature.otherwise != nil else {
      throw error(
        .gapWithoutOtherwise, "a text may be none of the \(categories.count) categories",
        "add otherwise points", feature)
    }
    return categories
  }

  private func quoted(_ text: String) -> String { "\"\(text)\"" }

  private func error(
    _ code: ScorecardError.Code, _ message: String, _ mend: String,
    _ feature: ScorecardDefinition.Feature? = nil, _ bin: Int? = nil
  ) -> ScorecardError {
    ScorecardError(
      code: code, scorecard: definition.id, feature: feature?.name, bin: bin, message: message,
      mend: mend)
  }
}
