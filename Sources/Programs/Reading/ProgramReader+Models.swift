internal import Expressions
internal import Scoring

extension ProgramReader {
  /// Reads the model `id` from `models/ID.yaml`, whatever its kind.
  ///
  /// - Parameter place: Where the model is named, for a file that is missing.
  /// - Returns: nil after reporting what is wrong.
  func model(_ id: String, files: [String: [UInt8]], place: Place?) -> ScoringModel? {
    if let known = models[id] { return known }
    let model = read(id, files: files, place: place)
    models[id] = .some(model)
    return model
  }

  private func read(_ id: String, files: [String: [UInt8]], place: Place?) -> ScoringModel? {
    let file = "models/\(id).yaml"
    guard let bytes = files[file] else {
      let known = sortedByBytes(files.keys).compactMap {
        Self.identifier(of: $0, below: "models/")
      }
      report(
        place ?? Place(file: file, line: 1, column: 1), "the model \"\(id)\" has no file \(file)",
        mend: NearestName.mend(for: id, among: known) ?? "add the file")
      return nil
    }
    guard let root = parse(file, bytes) else { return nil }
    let before = problems.count
    let kind = choice(root["kind"], "the model's kind", default: ScoringModel.Kind.scorecard)
    guard problems.count == before else { return nil }
    var read = [file: bytes]
    let content: ScoringModel.Content?
    switch kind {
    case .scorecard: content = scorecard(root, id: id).map { .features(.scorecard($0)) }
    case .logistic: content = logistic(root, id: id).map { .features(.logistic($0)) }
    case .trees:
      content = trees(root, id: id, files: files, read: &read).map { .features(.boostedTrees($0)) }
    case .bgNBD: content = purchases(root, id: id, .bgNBD).map { .features(.purchases($0)) }
    case .mbgNBD: content = purchases(root, id: id, .mbgNBD).map { .features(.purchases($0)) }
    case .itemSimilarity: content = items(root, id: id).map { .items($0) }
    }
    return content.map {
      ScoringModel(id: id, kind: kind, hash: ModelBody.hash(of: read), content: $0)
    }
  }

  /// The fields of a model's file.
  func modelFields(_ root: YAMLNode, id: String, _ mapping: FormatMapping) -> Fields? {
    guard let fields = fields(root, "the model", mapping) else { return nil }
    if let node = fields["id"], text(node, "the model's id") != id {
      report(
        node.place, "the model's id \"\(text(node, ""))\" differs from its file's name \"\(id)\"",
        mend: "rename one of them")
    }
    return fields
  }

  /// How many reasons a model gives at most.
  func modelReasons(_ fields: Fields) -> Int {
    fields["reasons"].map { integer($0, "the model's reasons", in: 0...64) } ?? 4
  }

  /// `calibration`: what the model's score stands for.
  func calibration(_ node: YAMLNode?) -> CalibrationTable? {
    guard let node else { return nil }
    let what = "the calibration"
    let fields = fields(node, what, ProgramFormat.calibration)
    let interpolation = choice(
      fields?["interpolation"], "the interpolation of \(what)",
      default: CalibrationTable.Interpolation.linear)
    let nodes = elements(
      fields?["points"], "the points of \(what)", limit: ProgramLimits.calibrationPoints)
    var points: [CalibrationTable.Point] = []
    for node in nodes {
      guard let pair = node.elements, pair.count == 2 else {
        report(node.place, "a point of \(what) must be a pair", mend: "write [score, value]")
        return nil
      }
      points.append(
        CalibrationTable.Point(
          score: number(pair[0], "the score of a point of \(what)"),
          value: number(pair[1], "the value of a point of \(what)")))
    }
    guard fields?["points"] != nil else { return nil }
    do {
      return try CalibrationTable(points, interpolation: interpolation)
    } catch {
      let place = nodes.indices.contains(error.index) ? nodes[error.index].place : node.place
      report(place, "\(what): \(error.message)", mend: error.mend)
      return nil
    }
  }

  /// Where a fault of a feature lies: the feature's node, or one of its bins. Of features with one
  /// name the last is meant.
  func place(ofFeature name: String, bin: Int?, _ nodes: [YAMLNode], _ fields: Fields) -> Place {
    let matching = nodes.filter { $0["name"]?.scalar?.text == name }
    guard let node = matching.last else { return fields.place }
    if let bin, let bins = node["bins"]?.elements, bins.indices.contains(bin) {
      return bins[bin].place
    }
    return node.place
  }
}
