internal import Expressions

extension Program {
  /// Parses and checks a program whole.
  ///
  /// - Parameter folder: The name of its folder, which its id must equal; nil: it
  ///   comes from none.
  /// - Parameter overrides: Values to take the place of the file's own.
  /// - Throws: Every problem that was found, at most `ProgramLimits.problems`.
  package init(
    body: ProgramBody, folder: String? = nil, overrides: [ProgramOverride] = []
  ) throws(ProgramProblems) {
    let reader = ProgramReader()
    let program = reader.program(body, folder: folder, overrides: overrides)
    guard let program, reader.problems.isEmpty else {
      throw ProgramProblems(problems: inOrder(reader.problems))
    }
    self = program
  }
}

/// Problems by file, `program.yaml` first, then by place; those of one place as they were found.
func inOrder(_ problems: [ProgramProblem]) -> [ProgramProblem] {
  func rank(_ file: String) -> Int { file == "program.yaml" ? 1 : file.hasPrefix("--") ? 0 : 2 }
  let sorted = problems.enumerated().sorted { left, right in
    let (first, second) = (left.element, right.element)
    if rank(first.file) != rank(second.file) { return rank(first.file) < rank(second.file) }
    if first.file != second.file {
      return first.file.utf8.lexicographicallyPrecedes(second.file.utf8)
    }
    let before = (first.line, first.column, left.offset)
    return before < (second.line, second.column, right.offset)
  }
  return sorted.map(\.element)
}

extension ProgramReader {
  /// The program; nil if its file is no YAML mapping. Good only if there are no problems.
  func program(
    _ body: ProgramBody, folder: String?, overrides: [ProgramOverride]
  ) -> Program? {
    guard let bytes = body.files["program.yaml"] else {
      report(
        Place(file: "program.yaml", line: 1, column: 1), "the program has no program.yaml",
        mend: "add the file")
      return nil
    }
    guard var root = parse("program.yaml", bytes) else { return nil }
    addFeaturesFile(body, to: &root)
    apply(ProgramOverride.canonical(overrides), to: &root)
    guard let top = fields(root, "the program", ProgramFormat.program) else { return nil }
    let id = identity(top, folder: folder)
    messageClass = choice(top["class"], "class", default: .marketing)
    readTemplates(body)

    let parameters = parameters(top["params"], marketplaces: top["marketplaces"])
    readTraits(top["traits"])
    readEntities(top["entities"])
    readReferences(top["references"])
    let features = features(top["features"])
    declaredFeatures = features
    collectScores(top["scores"])
    collectOffers(top["offers"])
    collectJourney(top["journey"])
    collectExperiments(top["experiments"])
    declare(parameters, features)

    let traitUpdates = traitUpdates(top["traitUpdates"])
    let derives = derives(top["derive"])
    let timeZone = timeZone(top["timeZone"])
    programQuietHours = quietHours(top["quietHours"], "the quiet hours")
    programTopic = topic(top["topic"], "topic")
    let experiments = experiments(top["experiments"], id: id, parameters)
    let segments = segments(top["segments"])
    let population = population(top["population"])
    let trigger = trigger(top["trigger"], hasPopulation: population != nil)
    let schedule = schedule(top["schedule"], body)
    checkStart(top)
    let scoring = scoring(top["score"], named: top["scores"], body)
    if population != nil { refuseRemote(scoring, at: top["score"]?.place) }
    let offers = offers(top["offers"])
    let journey = journey(top["journey"])
    let candidate = candidate(top["candidate"])
    sentByProgram = self.journey.sends
    let marketplaces = marketplaces(top["marketplaces"], filters: top["filters"], id: id)
    let reports = reports(top["reports"], body)
    checkTemplates()
    checkFiles(body)
    return Program(
      id: id, title: text(top["title"], "title"), messageClass: messageClass, body: body,
      overrides: ProgramOverride.canonical(overrides),
      version: ProgramVersion(body: body, overrides: overrides), notes: inOrder(notes),
      parameters: parameters, marketplaces: marketplaces, traits: traits,
      traitUpdates: traitUpdates, entities: entities,
      features: features, references: references, derives: derives, trigger: trigger,
      schedule: schedule, population: population,
      runs: choice(top["runs"], "runs", default: .key), dedupe: dedupe(top["dedupe"]),
      join: join(top["join"]), filters: filters(top["filters"]), scoring: scoring,
      levels: levels(top["levels"]), threshold: top["threshold"].map { number($0, "threshold") },
      offers: offers, offerFields: offerFields, candidate: candidate,
      costs: costs(top["costs"]),
      attribution: attribution(top["attribution"], candidate: candidate),
      reports: reports, holdout: holdout(top["holdout"], id: id),
      experiments: experiments, segments: segments, topic: programTopic, timeZone: timeZone,
      usesTimeZones: usesTimeZones, journey: journey,
      runVariables: self.journey.variables, steps: self.journey.steps,
      sends: sends, templates: finishedTemplates, eventTypes: concerned.types,
      concernsEveryInput: concerned.everyInput)
  }

  /// Puts what `features.yaml` says into the tree, as if it stood in `program.yaml`.
  private func addFeaturesFile(_ body: ProgramBody, to root: inout YAMLNode) {
    let parts = ProgramFormat.featuresFile.names
    guard let bytes = body.files["features.yaml"], let file = parse("features.yaml", bytes),
      fields(file, "features.yaml", ProgramFormat.featuresFile) != nil,
      case .mapping(var entries) = root.content
    else { return }
    for entry in file.entries ?? [] where parts.contains(entry.key) {
      if let other = entries.first(where: { $0.key == entry.key }) {
        report(
          other.keyPlace, "\"\(entry.key)\" stands here and in features.yaml",
          mend: "put all of it into one file")
        continue
      }
      entries.append(entry)
    }
    root.content = .mapping(entries)
  }

  private func identity(_ top: Fields, folder: String?) -> String {
    let id = name(top["id"], "id")
    if let folder, let node = top["id"], !id.isEmpty, id != folder {
      report(
        node.place, "id \"\(id)\" differs from the folder's name \"\(folder)\"",
        mend: "rename one of them")
    }
    return id
  }

  /// Makes the names of params, traits, features, offers and variables known to expressions.
  private func declare(_ parameters: Program.Parameters, _ features: [Program.Feature]) {
    var declarations = ProgramDeclarations()
    for (name, value) in parameters.base { declarations.parameters[name] = value.staticType }
    for trait in traits { declarations.customer[trait.name] = trait.type.valueType }
    declarations.entities = entities.map { ($0.name, [:]) }
    for feature in features {
      switch feature.owner {
      case .customer: declarations.customer[feature.name] = feature.valueType
      case .entity(let index):
        declarations.entities[index].features[feature.name] = feature.valueType
      }
    }
    declarations.references = references.map { reference in
      (reference.name, reference.fields.map { ($0.name, $0.type.valueType) })
    }
    declarations.scoreNames = scoreNames
    declarations.offerFields = offerFields
    declarations.runVariables = journey.variables
    declarations.experiments = experimentNames
    self.declarations = declarations
  }
}
