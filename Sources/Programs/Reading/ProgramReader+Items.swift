internal import Expressions
internal import Scoring

extension ProgramReader {
  /// Item-to-item similarity, counted from events.
  func items(_ root: YAMLNode, id: String) -> ItemModel? {
    let before = problems.count
    let what = "the model"
    guard let fields = modelFields(root, id: id, ProgramFormat.items) else { return nil }
    let types = eventTypes(fields["event"], "\"event\" of \(what)")
    concern(types)
    let element = element(fields, what)
    let scope = Scope.event(element: element.isEmpty ? nil : element)
    let measure = ItemSimilarity.Measure(
      choice(fields["measure"], "the model's measure", default: .cosine),
      shrinkage: Int64(
        fields["shrinkage"].map { integer($0, "the model's shrinkage", in: 0...1_000_000) } ?? 10))
    let capacity =
      fields["capacity"].map {
        integer($0, "the model's capacity", in: 1...ProgramLimits.keptValues)
      } ?? 128
    let kept =
      fields["itemsOfCustomer"].map {
        integer($0, "the model's itemsOfCustomer", in: 1...ProgramLimits.keptValues)
      } ?? ProgramLimits.defaultKeptValues
    let model = ItemModel(
      types: types,
      each: optionalExpression(
        fields["each"], "\"each\" of \(what)", .event(element: nil), .list),
      elementName: element,
      filter: optionalExpression(fields["where"], "\"where\" of \(what)", scope, .guardian),
      item: expression(fields["item"], "\"item\" of \(what)", scope, .key), measure: measure,
      capacity: capacity, itemsOfCustomer: kept, reasons: modelReasons(fields),
      identity: canonical([
        "items", types.joined(separator: ","), canonicalSource(fields["each"]), element,
        canonicalSource(fields["where"]), canonicalSource(fields["item"]), "\(capacity)", "\(kept)",
      ]))
    return problems.count == before ? model : nil
  }
}
