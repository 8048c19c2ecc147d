internal import Expressions

extension ProgramReader {
  /// Learns the names of states, exits and variables before expressions and targets are read.
  func collectJourney(_ node: YAMLNode?) {
    guard let node else { return }
    for entry in (node["states"]?.entries ?? []).prefix(ProgramLimits.states) {
      journey.states.append((entry.key, entry.keyPlace))
    }
    for entry in (node["exits"]?.entries ?? []).prefix(ProgramLimits.exits) {
      journey.exits.append((entry.key, entry.keyPlace))
    }
    collectVariables(node, depth: 0)
  }

  /// Every `set` of the journey, but not those inside parameters and variables of effects.
  private func collectVariables(_ node: YAMLNode, depth: Int) {
    guard depth < ProgramLimits.yamlDepth else { return }
    for element in node.elements ?? [] { collectVariables(element, depth: depth + 1) }
    for entry in node.entries ?? [] where entry.key != "with" && entry.key != "variables" {
      guard entry.key == "set" else {
        collectVariables(entry.value, depth: depth + 1)
        continue
      }
      for variable in entry.value.entries ?? [] {
        guard journey.variables.count <= ProgramLimits.runVariables else { return }
        if !journey.variables.contains(variable.key) { addVariable(variable) }
      }
    }
  }

  private func addVariable(_ entry: YAMLEntry) {
    checkIdentifier(entry.key, entry.keyPlace, "variable")
    if ProgramDeclarations.builtInRunFields[entry.key] != nil {
      report(
        entry.keyPlace, "the variable \"\(entry.key)\" has the name of a field that run has anyway",
        mend: "use another name")
    }
    journey.variables.append(entry.key)
    if journey.variables.count == ProgramLimits.runVariables + 1 {
      report(
        entry.keyPlace,
        "the journey has more than \(ProgramLimits.runVariables) variables")
    }
  }

  /// `journey`.
  func journey(_ node: YAMLNode?) -> Program.Journey {
    let fields = fields(node, "the journey", ProgramFormat.journey)
    let stateEntries = entries(fields?["states"], "states", limit: ProgramLimits.states)
    let exitEntries = entries(fields?["exits"], "exits", limit: ProgramLimits.exits)
    if let node = fields?["states"], stateEntries.isEmpty, node.entries != nil {
      report(node.place, "the journey has no state", mend: "add one")
    }
    if let node = fields?["exits"], exitEntries.isEmpty, node.entries != nil {
      report(
        node.place, "the journey has no exit", mend: "add one such as expired: {fromStart: 30d}")
    }
    for exit in journey.exits where journey.states.contains(where: { $0.name == exit.name }) {
      report(
        exit.place, "\"\(exit.name)\" is a state and an exit", mend: "rename one of them")
    }
    let set = assignments(fields?["set"], "the journey")
    let watches = watches(fields?["watch"])
    let start = startState(fields?["start"])
    let exits = exitEntries.enumerated().map { exit($0.element, $0.offset) }
    let states = stateEntries.enumerated().map { state($0.element, $0.offset) }
    let handlers = handlers(fields?["on"], "the journey", from: nil)
    if let node {
      JourneyCheck(names: journey, start: start, exits: exits, place: node.place).run(self)
    }
    return Program.Journey(
      set: set, start: start, watches: watches, states: withPlannedSends(states, exits),
      exits: exits, handlers: handlers)
  }

  private func startState(_ node: YAMLNode?) -> Int {
    let name = text(node, "\"start\" of the journey")
    if let index = journey.states.firstIndex(where: { $0.name == name }) { return index }
    let names = journey.states.map(\.name)
    if let node, !name.isEmpty {
      report(
        node.place, "the journey starts in the unknown state \"\(name)\"",
        mend: NearestName.mend(for: name, among: names))
    }
    return NearestName.nearest(to: name, among: names).flatMap { names.firstIndex(of: $0) } ?? 0
  }

  private func exit(_ entry: YAMLEntry, _ index: Int) -> Program.Exit {
    let what = "exit \"\(entry.key)\""
    checkName(entry.key, entry.keyPlace, "exit")
    let fields = entry.value.isNull ? nil : fields(entry.value, what, ProgramFormat.exit)
    let types = eventTypes(fields?["on"], "\"on\" of \(what)", allowsAny: true)
    concern(types)
    if let fields, fields["when"] != nil, fields["on"] == nil {
      report(
        fields.place(of: "when"), "\(what) has \"when\" without \"on\"",
        mend: "say on which events it is asked, or on: \"*\"")
    }
    return Program.Exit(
      index: index, name: entry.key, types: types.filter { $0 != "*" },
      isAskedForAnyInput: types.contains("*"),
      when: optionalExpression(fields?["when"], "\"when\" of \(what)", .journey, .guardian),
      fromStartMicroseconds: fields?["fromStart"].map { duration($0, "\"fromStart\" of \(what)") },
      revenue: optionalExpression(fields?["revenue"], "the revenue of \(what)", .journey, .number),
      set: assignments(fields?["set"], what),
      acts: acts(fields?["act"], what, step: entry.key),
      sends: sends(fields?["send"], what, step: entry.key))
  }

  private func state(_ entry: YAMLEntry, _ index: Int) -> Program.State {
    let what = "state \"\(entry.key)\""
    checkName(entry.key, entry.keyPlace, "state")
    let fields = entry.value.isNull ? nil : fields(entry.value, what, ProgramFormat.state)
    let always = TransitionSpot(
      what: "\"always\" of \(what)", from: index, step: "\(entry.key)/always", isImmediate: true)
    eventRead = nil
    let set = assignments(fields?["set"], what)
    let acts = acts(fields?["act"], what, step: entry.key)
    let sends = sends(fields?["send"], what, step: entry.key)
    journey.entryReads[index] = eventRead
    return Program.State(
      index: index, name: entry.key, set: set, acts: acts, sends: sends,
      always: transitions(fields?["always"], always),
      handlers: handlers(fields?["on"], what, from: index, stateName: entry.key),
      timers: timers(fields, what, index, entry.key))
  }

  private func handlers(
    _ node: YAMLNode?, _ what: String, from: Int?, stateName: String = "*"
  ) -> Program.Handlers {
    var byType: [Program.TypeHandler] = []
    var joined: [Program.Transition] = []
    var anyInput: [Program.Transition] = []
    for entry in entries(node, "\"on\" of \(what)", limit: ProgramLimits.eventTypes) {
      let spot = TransitionSpot(
        what: "\"\(entry.key)\" of \(what)", from: from, step: "\(stateName)/\(entry.key)",
        isImmediate: false)
      let list = transitions(entry.value, spot)
      switch entry.key {
      case "joined": joined = list
      case "*":
        anyInput = list
        concernEveryInput()
      default:
        checkEventType(entry.key, entry.keyPlace, "\"on\" of \(what)")
        concern([entry.key])
        byType.append(Program.TypeHandler(type: entry.key, transitions: list))
      }
    }
    byType.sort { $0.type.utf8.lexicographicallyPrecedes($1.type.utf8) }
    return Program.Handlers(byType: byType, joined: joined, anyInput: anyInput)
  }

  /// Gives each timer the sends that its firing would make.
  private func withPlannedSends(
    _ states: [Program.State], _ exits: [Program.Exit]
  ) -> [Program.State] {
    states.map { state in
      let timers = state.timers.map { timer in
        let planned = timer.transitions.enumerated().flatMap { index, transition in
          let entered: [Program.Send] =
            switch transition.target {
            case .state(let target): states.indices.contains(target) ? states[target].sends : []
            case .exit(let target): exits.indices.contains(target) ? exits[target].sends : []
            case .stay: []
            }
          return (transition.sends + entered).map {
            Program.PlannedSend(transition: index, send: $0)
          }
        }
        return Program.Timer(
          index: timer.index, moment: timer.moment, transitions: timer.transitions,
          reason: timer.reason, planned: planned)
      }
      return Program.State(
        index: state.index, name: state.name, set: state.set, acts: state.acts,
        sends: state.sends, always: state.always, handlers: state.handlers, timers: timers)
    }
  }
}
