internal import Scoring

extension ProgramReader {
  /// Boosted trees: the file of XGBoost's `save_model` that the model names.
  func trees(
    _ root: YAMLNode, id: String, files: [String: [UInt8]], read: inout [String: [UInt8]]
  ) -> BoostedTrees? {
    let before = problems.count
    guard let fields = modelFields(root, id: id, ProgramFormat.trees), let node = fields["file"]
    else { return nil }
    let file = text(node, "the model's file")
    guard file.hasPrefix("models/"), file.hasSuffix(".json") || file.hasSuffix(".ubj") else {
      report(
        node.place, "the model's file cannot be \"\(file)\"",
        mend: "name a file of XGBoost's save_model, models/\(id).ubj or models/\(id).json")
      return nil
    }
    guard let bytes = files[file] else {
      let known = sortedByBytes(files.keys).filter {
        $0.hasPrefix("models/") && !$0.hasSuffix(".yaml")
      }
      report(
        node.place, "there is no file \(file)",
        mend: known.isEmpty ? "add it" : NearestName.mend(for: file, among: known))
      return nil
    }
    modelFiles.insert(file)
    read[file] = bytes
    let names = fields["features"].map { node in
      elements(node, "the model's features", limit: ProgramLimits.features).map {
        text($0, "a feature of the model")
      }
    }
    let categories = entries(
      fields["categories"], "the model's categories", limit: ProgramLimits.features
    ).map { entry in
      let what = "the categories of \"\(entry.key)\""
      let texts = elements(entry.value, what, limit: ProgramLimits.categories)
      return (feature: entry.key, texts: texts.map { text($0, "one of \(what)") })
    }
    let margin = fields["baseMargin"].map { Float(number($0, "the model's baseMargin")) }
    let table = calibration(fields["calibration"])
    let reasons = modelReasons(fields)
    guard problems.count == before else { return nil }
    do {
      return try BoostedTrees(
        xgboost: bytes, id: id, reasons: reasons, calibration: table, categories: categories,
        baseMargin: margin, names: names)
    } catch {
      let whole = Place(file: file, line: 1, column: 1)
      let place =
        if error.place.hasPrefix("categories") {
          fields["categories"]?.place ?? whole
        } else if error.place.hasPrefix("features") {
          fields["features"]?.place ?? whole
        } else {
          whole
        }
      report(place, "\(error.place): \(error.message)", mend: error.mend)
      return nil
    }
  }
}
