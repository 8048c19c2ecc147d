internal import CBOR
internal import Expressions
internal import Scoring

extension ProgramReader {
  /// Learns the names of `scores` before expressions that read them are compiled.
  func collectScores(_ node: YAMLNode?) {
    scoreNames = (node?.entries ?? []).prefix(ProgramLimits.scores).map(\.key)
  }

  /// `score` and `scores`, with the models that they name.
  func scoring(
    _ node: YAMLNode?, named: YAMLNode?, _ body: ProgramBody
  ) -> Program.Scoring? {
    guard let named else { return single(node, body) }
    let entries = entries(named, "scores", limit: ProgramLimits.scores)
    if entries.isEmpty { report(named.place, "scores has no score", mend: "add one") }
    let scores = entries.map { score($0, body) }
    let main = main(node, named, entries.map(\.key))
    guard let main, scores.allSatisfy({ $0 != nil }) else { return nil }
    return Program.Scoring(scores: scores.compactMap { $0 }, main: main)
  }

  /// The only score of a program, without a name.
  private func single(_ node: YAMLNode?, _ body: ProgramBody) -> Program.Scoring? {
    guard let node else { return nil }
    for key in ["main", "combine"] where node[key] != nil {
      report(
        node.place, "the score has \"\(key)\", but the program has no scores",
        mend: "name them: scores: {NAME: {model, features}}")
      return nil
    }
    if node["remote"] != nil { return remote(node) }
    guard let fields = fields(node, "the score", ProgramFormat.score) else { return nil }
    let given = namedExpressions(
      fields["features"], "the score's features", .trigger, limit: ProgramLimits.features)
    return score(fields, given, name: "", levels: [], body)
      .map { Program.Scoring(scores: [$0], main: .score(0)) }
  }

  /// The only score of a program, from a scorer elsewhere.
  private func remote(_ node: YAMLNode) -> Program.Scoring? {
    let fields = fields(node, "the score", ProgramFormat.remoteScore)
    let what = "the remote scorer"
    let remote = self.fields(fields?["remote"], what, ProgramFormat.remote)
    guard let remote else { return nil }
    let url = text(remote["url"], "the url of \(what)")
    if let place = remote["url"]?.place,
      !["http://", "https://"].contains(where: { url.hasPrefix($0) && url != $0 })
    {
      report(place, "the url of \(what) cannot be \"\(url)\"", mend: "begin it with https://")
    }
    let timeout = duration(remote["timeout"], "the timeout of \(what)")
    if let place = remote["timeout"]?.place, timeout > ProgramLimits.remoteMicroseconds {
      report(place, "a decision may wait for \(what) at most an hour")
    }
    let features = namedExpressions(
      fields?["features"], "the score's features", .trigger, limit: ProgramLimits.features)
    let score = Program.Score(
      name: "",
      model: .remote(Program.RemoteScorer(url: url, timeoutMicroseconds: timeout)),
      features: features, fallback: number(remote["fallback"], "the fallback of \(what)"),
      levels: [], specification: specification(of: features))
    return Program.Scoring(scores: [score], main: .score(0))
  }

  /// A batch goes on from item to item, and waits for nobody.
  func refuseRemote(_ scoring: Program.Scoring?, at place: Place?) {
    guard let place, case .remote? = scoring?.scores.first?.model else { return }
    report(
      place, "a program with a population cannot have a remote score",
      mend: "register the model, or put its file into the program's folder")
  }

  /// One of several scores.
  private func score(_ entry: YAMLEntry, _ body: ProgramBody) -> Program.Score? {
    let what = "score \"\(entry.key)\""
    checkIdentifier(entry.key, entry.keyPlace, "score")
    guard let fields = fields(entry.value, what, ProgramFormat.namedScore) else { return nil }
    let given = namedExpressions(
      fields["features"], "the features of \(what)", .scoring, limit: ProgramLimits.features)
    let earlier = scoreNames.prefix { $0 != entry.key }
    for feature in given {
      for attribute in feature.value.attributes where attribute.root == "scores" {
        guard let read = attribute.path.first, !earlier.contains(read) else { continue }
        report(
          fields["features"]?.place ?? fields.place,
          "\"\(feature.name)\" of \(what) reads scores.\(read), which is computed later",
          mend: "put \"\(read)\" before it")
      }
    }
    return score(fields, given, name: entry.key, levels: levels(fields["levels"]), body)
  }

  private func score(
    _ fields: Fields, _ given: [Program.NamedExpression], name: String, levels: [Program.Level],
    _ body: ProgramBody
  ) -> Program.Score? {
    let fallback = fields["fallback"].map { number($0, "the fallback of \(fields.what)") }
    guard let node = fields["model"], let model = reference(node, fields, body) else {
      return nil
    }
    var features = given
    if case .own(let own) = model {
      compare(given, own, entries: fields["features"], file: node.place)
      features = own.featureNames.compactMap { name in given.first { $0.name == name } }
    }
    return Program.Score(
      name: name, model: model, features: features, fallback: fallback, levels: levels,
      specification: specification(of: features))
  }

  /// The model of a score: a name for one of the program's own, `{registered: ID}` or
  /// `{hash: HEX}` for one that was registered.
  private func reference(
    _ node: YAMLNode, _ score: Fields, _ body: ProgramBody
  ) -> Program.ModelReference? {
    let what = "the model of \(score.what)"
    guard let entries = node.entries else {
      let id = name(node, what)
      guard !id.isEmpty else { return nil }
      return model(id, files: body.files, place: node.place).map { .own($0) }
    }
    guard let fields = fields(node, what, ProgramFormat.registeredModel) else { return nil }
    guard entries.count == 1, let entry = entries.first else {
      report(node.place, "\(what) must say \"registered\" or \"hash\"", mend: "keep one of them")
      return nil
    }
    if score["fallback"] == nil {
      report(
        score.place, "\(score.what) has no \"fallback\", but a registered model may be missing",
        mend: "add the score that is taken then")
    }
    if let registered = fields["registered"] {
      let id = name(registered, "the id of \(what)")
      return id.isEmpty ? nil : .registered(id: id)
    }
    guard entry.key == "hash" else { return nil }
    let hash = text(entry.value, "the hash of \(what)")
    let isHash =
      hash.utf8.count == 64
      && hash.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    guard isHash else {
      report(
        entry.value.place, "the hash of \(what) is not one",
        mend: "write the 64 hex digits that recount models list shows")
      return nil
    }
    return .hash(hash)
  }

  /// What the score of a decision is, where there are several.
  private func main(
    _ node: YAMLNode?, _ named: YAMLNode, _ names: [String]
  ) -> Program.MainScore? {
    guard let node else {
      if names.count == 1 { return .score(0) }
      report(
        named.place, "nothing says which of the scores counts",
        mend: "add score: {main: NAME} or score: {combine: EXPRESSION}")
      return nil
    }
    guard let fields = fields(node, "the score", ProgramFormat.mainScore) else { return nil }
    guard (fields["main"] != nil) != (fields["combine"] != nil) else {
      report(
        node.place, "with scores, the score has either \"main\" or \"combine\"",
        mend: "write score: {main: NAME} or score: {combine: EXPRESSION}")
      return nil
    }
    if let main = fields["main"] {
      if fields["fallback"] != nil {
        report(
          fields.place(of: "fallback"), "\"fallback\" belongs to the score that \"main\" names",
          mend: "move it there")
      }
      let name = text(main, "\"main\" of the score")
      guard let index = names.firstIndex(of: name) else {
        report(
          main.place, "there is no score \"\(name)\"",
          mend: NearestName.mend(for: name, among: names))
        return nil
      }
      return .score(index)
    }
    let value = expression(fields["combine"], "\"combine\" of the score", .scoring, .number)
    return .combination(
      Program.Combination(
        value: value, hash: hex(sha256(Array(value.source.utf8))),
        fallback: fields["fallback"].map { number($0, "the fallback of the score") }))
  }

  /// Every feature of the model must be given, and every given one be the model's.
  private func compare(
    _ given: [Program.NamedExpression], _ model: ScoringModel, entries: YAMLNode?, file: Place
  ) {
    let names = model.featureNames
    for entry in entries?.entries ?? [] where !names.contains(entry.key) {
      report(
        entry.keyPlace, "the model \"\(model.id)\" has no feature \"\(entry.key)\"",
        mend: NearestName.mend(for: entry.key, among: names))
    }
    for name in names where !given.contains(where: { $0.name == name }) {
      report(
        entries?.place ?? file,
        "the score gives no \"\(name)\", which the model \"\(model.id)\" needs", mend: "add it")
    }
  }

  /// See ``Program/Score/specification``.
  private func specification(of features: [Program.NamedExpression]) -> String {
    let parts = features.map { feature -> CBORValue in
      let expression = feature.value
      let customer = expression.attributes.filter { $0.root == "customer" }.map(\.path.first)
      let read = declaredFeatures.filter { declared in
        switch declared.owner {
        case .customer: customer.contains(declared.name)
        case .entity(let index): expression.hostCalls.contains(entities[index].name)
        }
      }
      return [
        .text(feature.name), .text(expression.source),
        .array(read.map { .text(canonical([$0.name, $0.identity])) }),
      ]
    }
    return hex(sha256(CBORValue.array(parts).encoded()))
  }
}
