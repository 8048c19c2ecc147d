internal import Expressions

/// Where in the journey a list of transitions stands.
struct TransitionSpot {
  /// For messages.
  var what: String
  /// The state that they leave; nil: every state.
  var from: Int?
  /// The name of the step that their sends and acts belong to.
  var step: String
  /// Whether they are taken without an event and without delay.
  var isImmediate: Bool
  var isTimer = false
}

extension ProgramReader {
  /// One transition or a list of them; a single value is a target.
  func transitions(
    _ node: YAMLNode?, _ spot: TransitionSpot
  ) -> [Program.Transition] {
    guard let node else { return [] }
    if node.isNull {
      report(node.place, "\(spot.what) says nothing to do", mend: "name a state or an exit")
      return []
    }
    let nodes = node.elements ?? [node]
    if nodes.isEmpty { report(node.place, "\(spot.what) has no transition") }
    if nodes.count > ProgramLimits.transitions {
      report(
        node.place,
        "\(spot.what) has \(nodes.count) transitions; at most "
          + "\(ProgramLimits.transitions) are allowed")
    }
    return nodes.enumerated().map { index, node in
      if index < nodes.count - 1, node["when"] == nil {
        report(
          node.place,
          "transition \(index + 1) of \(spot.what) has no \"when\", so that none "
            + "after it is ever taken", mend: "put it last, or give it a \"when\"")
      }
      let mapping = spot.isTimer ? ProgramFormat.timerTransition : ProgramFormat.transition
      return transition(node, spot, mapping)
    }
  }

  private func transition(
    _ node: YAMLNode, _ spot: TransitionSpot, _ mapping: FormatMapping
  ) -> Program.Transition {
    if node.scalar != nil {
      let target = target(node, spot)
      addEdge(target, node.place, spot, isGuarded: false)
      return Program.Transition(
        target: target, when: nil, set: [], acts: [], sends: [], reason: nil,
        lateMicroseconds: nil)
    }
    let fields = fields(
      node, "a transition of \(spot.what)", mapping, asksRequired: false)
    let target = fields?["to"].map { self.target($0, spot) } ?? .stay
    let isGuarded = fields?["when"] != nil
    addEdge(target, fields?["to"]?.place ?? node.place, spot, isGuarded: isGuarded)
    let reason = fields?["reason"].map { text($0, "the reason of \(spot.what)") }
    let late = fields?["late"].map {
      duration($0, "\"late\" of \(spot.what)", allowsZero: true)
    }
    eventRead = nil
    let transition = Program.Transition(
      target: target,
      when: optionalExpression(fields?["when"], "\"when\" of \(spot.what)", .journey, .guardian),
      set: assignments(fields?["set"], spot.what),
      acts: acts(fields?["act"], spot.what, step: spot.step),
      sends: sends(fields?["send"], spot.what, step: spot.step),
      reason: reason, lateMicroseconds: late)
    if spot.isTimer, let eventRead {
      note(
        eventRead, "\(spot.what) reads data of the event, which then is the timer's",
        mend: "keep what is needed in a variable of the run")
    }
    let isEmpty = transition.set.isEmpty && transition.acts.isEmpty && transition.sends.isEmpty
    if let fields, fields["to"] == nil, isEmpty, !isGuarded {
      report(fields.place, "a transition of \(spot.what) does nothing", mend: "give it a \"to\"")
    }
    return transition
  }

  private func addEdge(
    _ target: Program.Target, _ place: Place, _ spot: TransitionSpot, isGuarded: Bool
  ) {
    journey.edges.append(
      JourneyEdge(
        from: spot.from, target: target, place: place, isImmediate: spot.isImmediate,
        isTimer: spot.isTimer, isGuarded: isGuarded))
  }

  /// A state or an exit by name. An unknown name counts as the nearest one, so that nothing else
  /// is reported because of it.
  private func target(_ node: YAMLNode, _ spot: TransitionSpot) -> Program.Target {
    let name = text(node, "the target of \(spot.what)")
    if let target = target(named: name) { return target }
    let names = journey.states.map(\.name) + journey.exits.map(\.name)
    if !name.isEmpty {
      report(
        node.place, "\(spot.what) leads to the unknown state or exit \"\(name)\"",
        mend: NearestName.mend(for: name, among: names))
    }
    if !hasEnoughProblems,
      let nearest = NearestName.nearest(to: name, among: names).flatMap(target(named:))
    {
      return nearest
    }
    journey.hasUnknownTarget = true
    return .stay
  }

  private func target(named name: String) -> Program.Target? {
    if let index = journey.states.firstIndex(where: { $0.name == name }) { return .state(index) }
    return journey.exits.firstIndex { $0.name == name }.map { .exit($0) }
  }

  /// The timers of a state: `after`, then `fromStart`, then `at`, each in the order of the file.
  func timers(
    _ fields: Fields?, _ what: String, _ state: Int, _ name: String
  ) -> [Program.Timer] {
    guard let fields else { return [] }
    var timers: [Program.Timer] = []
    for (key, words) in [("after", "after"), ("fromStart", "from start")] {
      var seen: [Int64] = []
      for entry in entries(fields[key], "\"\(key)\" of \(what)", limit: ProgramLimits.timers) {
        let delay = duration(
          entry.key, entry.keyPlace, "\"\(key)\" of \(what)", allowsZero: key == "after")
        if seen.contains(delay) {
          report(entry.keyPlace, "\"\(key)\" of \(what) has \(entry.key) twice", mend: "join them")
        }
        seen.append(delay)
        let spot = TransitionSpot(
          what: "\"\(words) \(entry.key)\" of \(what)", from: state,
          step: "\(name)/\(words) \(entry.key)", isImmediate: delay == 0, isTimer: true)
        timers.append(
          Program.Timer(
            index: timers.count, moment: key == "after" ? .after(delay) : .fromStart(delay),
            transitions: transitions(entry.value, spot), reason: "\(words) \(entry.key)",
            planned: []))
      }
    }
    for node in elements(fields["at"], "\"at\" of \(what)", limit: ProgramLimits.timers) {
      timers.append(momentTimer(node, what, state, name, index: timers.count))
    }
    if timers.count > ProgramLimits.timers {
      report(fields.place, "\(what) has more than \(ProgramLimits.timers) timers")
    }
    return timers
  }

  private func momentTimer(
    _ node: YAMLNode, _ what: String, _ state: Int, _ name: String, index: Int
  ) -> Program.Timer {
    let isLocal = node["local"] != nil
    let step = node["local"]?.scalar.map { "\(name)/at \($0.text)" }
    let spot = TransitionSpot(
      what: "\"at\" of \(what)", from: state, step: step ?? "\(name)/at", isImmediate: false,
      isTimer: true)
    if node.entries == nil {
      report(node.place, "\(spot.what) must be a mapping, not \(node.kindName)")
    } else if node["moment"] == nil, !isLocal {
      report(
        node.place, "\(spot.what) has neither \"moment\" nor \"local\"", mend: "add one of them")
    } else if node["moment"] != nil, isLocal {
      report(
        node.place, "\(spot.what) has both \"moment\" and \"local\"", mend: "make two of it")
    }
    let mapping = isLocal ? ProgramFormat.localTransition : ProgramFormat.momentTransition
    let transition = node.entries == nil ? [] : [transition(node, spot, mapping)]
    guard !isLocal else {
      let moment = localMoment(node, spot.what)
      return Program.Timer(
        index: index, moment: .local(moment), transitions: transition,
        reason: "at \(moment.time) local", planned: [])
    }
    let past = choice(node["past"], "\"past\" of \(spot.what)", default: Program.PastMoment.skip)
    let moment = expression(
      node["moment"], "the moment of \(spot.what)", .journey, .timestamp)
    return Program.Timer(
      index: index, moment: .at(moment, past: past), transitions: transition,
      reason: "at moment", planned: [])
  }
}
