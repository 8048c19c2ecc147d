internal import Expressions

extension ProgramReader {
  /// `derive`: events that silence brings about.
  func derives(_ node: YAMLNode?) -> [Program.Derive] {
    let nodes = elements(node, "derive", limit: ProgramLimits.derives)
    var types: [String] = []
    return nodes.enumerated().map { index, node in
      let what = "derive \(index + 1)"
      let fields = fields(node, what, ProgramFormat.derive)
      let type = text(fields?["event"], "\"event\" of \(what)")
      if let place = fields?["event"]?.place { checkEventType(type, place, what) }
      if types.contains(type) {
        report(node.place, "\(what) derives \"\(type)\" as another one does", mend: "join them")
      }
      types.append(type)
      concern([type])
      let silence = self.fields(
        fields?["silence"], "the silence of \(what)", ProgramFormat.silence)
      let of = silence?["of"].map { eventTypes($0, "\"of\" of \(what)") }
      if let of { concern(of) } else { concernEveryInput() }
      let data = fields?["data"]
      if let data, data.entries == nil {
        report(data.place, "the data of \(what) must be a mapping, not \(data.kindName)")
      }
      return Program.Derive(
        eventType: type,
        key: expression(
          silence?["key"], "the key of \(what)", .event(element: nil), .key),
        entity: entityIndex(silence?["entity"], what), types: of,
        silenceMicroseconds: duration(silence?["for"], "the silence of \(what)"),
        arm: optionalExpression(fields?["arm"], "\"arm\" of \(what)", .silence, .guardian),
        when: optionalExpression(fields?["when"], "\"when\" of \(what)", .silence, .guardian),
        data: data.map { tree($0, "data of \(what)", .silence) } ?? .map([]))
    }
  }

  private func entityIndex(_ node: YAMLNode?, _ what: String) -> Int? {
    guard let node else { return nil }
    let name = text(node, "\"entity\" of \(what)")
    let index = entities.firstIndex { $0.name == name }
    if index == nil {
      report(
        node.place, "\(what) names the unknown entity \"\(name)\"",
        mend: NearestName.mend(for: name, among: entities.map(\.name)))
    }
    return index
  }

  /// `trigger`; its key may be absent where there is a population, which it starts then.
  func trigger(_ node: YAMLNode?, hasPopulation: Bool) -> Program.Trigger {
    let fields = fields(node, "the trigger", ProgramFormat.trigger)
    let types = eventTypes(fields?["event"], "\"event\" of the trigger")
    concern(types)
    return Program.Trigger(
      types: types, key: expression(fields?["key"], "the key of the trigger", .trigger, .key),
      when: optionalExpression(fields?["when"], "\"when\" of the trigger", .trigger, .guardian),
      startsPopulation: hasPopulation && fields.map { $0["key"] == nil } ?? false)
  }

  /// `dedupe`.
  func dedupe(_ node: YAMLNode?) -> Program.Dedupe? {
    guard let node else { return nil }
    let fields = fields(node, "dedupe", ProgramFormat.dedupe)
    return Program.Dedupe(
      key: optionalExpression(fields?["key"], "the key of dedupe", .trigger, .keys),
      withinMicroseconds: duration(fields?["within"], "\"within\" of dedupe"),
      except: optionalExpression(
        fields?["except"], "\"except\" of dedupe", .trigger, .guardian))
  }

  private enum JoinFilters: String, CaseIterable {
    case again, skip
  }

  /// `join`.
  func join(_ node: YAMLNode?) -> Program.Join? {
    guard let node else { return nil }
    let fields = fields(node, "join", ProgramFormat.join)
    let filters = choice(fields?["filters"], "\"filters\" of join", default: JoinFilters.skip)
    return Program.Join(
      when: optionalExpression(fields?["when"], "\"when\" of join", .trigger, .guardian),
      asksFilters: filters == .again)
  }

  /// `filters`.
  func filters(_ node: YAMLNode?) -> [Program.Filter] {
    var ids: [String] = []
    return elements(node, "filters", limit: ProgramLimits.filters).map { node in
      let filter = filter(node)
      if ids.contains(filter.id), !filter.id.isEmpty {
        report(
          node["id"]?.place ?? node.place, "the filter id \"\(filter.id)\" is used twice",
          mend: "give each filter its own id")
      }
      ids.append(filter.id)
      return filter
    }
  }

  private func filter(_ node: YAMLNode) -> Program.Filter {
    let tests = ProgramFormat.filterTests
    let fields = fields(node, "a filter", ProgramFormat.filter)
    let id = name(fields?["id"], "the id of a filter")
    let what = "filter \"\(id)\""
    let again = flag(fields?["again"], "\"again\" of \(what)")
    let given = tests.filter { fields?[$0] != nil }
    if given.count > 1 {
      report(
        node.place, "\(what) has both \"\(given[0])\" and \"\(given[1])\"",
        mend: "make two filters of it")
    }
    if fields != nil, given.isEmpty {
      report(
        node.place, "\(what) asks nothing",
        mend: "add one of \(tests.joined(separator: ", "))")
    }
    let test =
      given.first.flatMap { self.test(named: $0, fields, what) } ?? pass(fields, again, what)
    if again, case .cooldown = test {
      report(
        node.place, "\(what) is asked again before each send, which would stop the run's own",
        mend: "use a cap for sends")
    }
    return Program.Filter(id: id, test: test, isAskedAgain: again)
  }

  /// What a filter asks beside expressions.
  private func test(
    named name: String, _ fields: Fields?, _ what: String
  ) -> Program.FilterTest? {
    guard let node = fields?[name] else { return nil }
    switch name {
    case "cap": return .cap(cap(node, what))
    case "cooldown": return cooldownTest(node, what)
    case "suppression": return suppressionTest(node, what)
    case "topic": return topicTest(node, what)
    case "quietHours":
      return quietHours(node, "the quiet hours of \(what)", hasMode: false).map {
        .quietHours($0)
      }
    default: return nil
    }
  }

  private func pass(_ fields: Fields?, _ again: Bool, _ what: String) -> Program.FilterTest {
    let pass = expression(fields?["pass"], "\"pass\" of \(what)", .trigger, .guardian)
    if again, pass.attributes.contains(where: { $0.root == "event" }), let node = fields?["pass"] {
      report(
        node.place, "\(what) is asked again before each send, when \"event\" is a timer",
        mend: "read run, customer or an entity instead")
    }
    return .expression(pass)
  }

  private enum CapScope: String, CaseIterable {
    case this, all
  }

  private func cap(_ node: YAMLNode, _ what: String) -> Program.Cap {
    let fields = fields(node, "the cap of \(what)", ProgramFormat.cap)
    let scope = choice(fields?["program"], "\"program\" of \(what)", default: CapScope.this)
    return Program.Cap(
      channel: choice(fields?["channel"], "the channel of \(what)", default: .email),
      limit: integer(fields?["max"], "\"max\" of \(what)", in: 0...1_000_000),
      perMicroseconds: duration(fields?["per"], "\"per\" of \(what)"),
      countsAllPrograms: scope == .all)
  }

  /// Learns the fields of all offers before expressions that read them are compiled.
  func collectOffers(_ node: YAMLNode?) {
    for offer in (node?.elements ?? []).prefix(ProgramLimits.offers) {
      for entry in (offer.entries ?? []).prefix(ProgramLimits.parameters)
      where entry.key != "when" {
        if !offerFields.contains(entry.key) { offerFields.append(entry.key) }
      }
    }
  }

  /// `offers`.
  func offers(_ node: YAMLNode?) -> [Program.Offer] {
    let nodes = elements(node, "offers", limit: ProgramLimits.offers)
    let offers = nodes.enumerated().map { index, node in
      let what = "offer \(index + 1)"
      let entries = entries(node, what, limit: ProgramLimits.parameters)
      if index < nodes.count - 1, !entries.contains(where: { $0.key == "when" }) {
        report(node.place, "\(what) has no \"when\", so that no offer after it is ever made")
      }
      let fields = entries.filter { $0.key != "when" }.map { entry in
        checkIdentifier(entry.key, entry.keyPlace, "the field of an offer")
        return Program.NamedExpression(
          name: entry.key, value: expression(entry.value, "\(what).\(entry.key)", .offer, .kept))
      }
      let when = entries.first { $0.key == "when" }?.value
      return Program.Offer(
        when: optionalExpression(when, "\"when\" of \(what)", .offer, .guardian), fields: fields)
    }
    if let last = offers.last, last.when != nil, let place = nodes.last?.place {
      note(
        place, "the last offer has a \"when\", so that a run may be without an offer",
        mend: "end the list with an offer for everybody")
    }
    return offers
  }

  /// `candidate`.
  func candidate(_ node: YAMLNode?) -> Program.Candidate? {
    guard let node else { return nil }
    let fields = fields(node, "the candidate", ProgramFormat.candidate)
    var channels: [Program.Channel] = []
    for element in elements(fields?["channels"], "the candidate's channels", limit: 16) {
      let channel = choice(element, "a channel of the candidate", default: Program.Channel.email)
      if channels.contains(channel), element.scalar?.text == channel.rawValue {
        report(element.place, "the candidate names the channel \"\(channel.rawValue)\" twice")
      }
      channels.append(channel)
    }
    return Program.Candidate(
      item: optionalExpression(fields?["item"], "the candidate's item", .journey, .key)
        ?? builtIn("run.key", .journey),
      ttlMicroseconds: duration(fields?["ttl"], "the candidate's ttl"), channels: channels)
  }

  /// `holdout`.
  func holdout(_ node: YAMLNode?, id: String) -> Program.Holdout {
    var points = 0
    if let node, let fields = fields(node, "the holdout", ProgramFormat.holdout) {
      points = basisPoints(fields["percent"], "the holdout's percent")
    }
    return Program.Holdout(basisPoints: points, salt: "\(id)/holdout")
  }

  /// `levels`, highest threshold first.
  func levels(_ node: YAMLNode?) -> [Program.Level] {
    let levels = entries(node, "levels", limit: ProgramLimits.levels).map { entry in
      checkName(entry.key, entry.keyPlace, "level")
      return Program.Level(
        name: entry.key, threshold: number(entry.value, "level \"\(entry.key)\""))
    }
    return levels.enumerated().sorted {
      ($1.element.threshold, $0.offset) < ($0.element.threshold, $1.offset)
    }.map(\.element)
  }
}
