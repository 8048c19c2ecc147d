internal import Expressions

extension ProgramReader {
  /// `set`: assignments in the order of the file.
  func assignments(_ node: YAMLNode?, _ what: String) -> [Program.Assignment] {
    let entries = entries(node, "\"set\" of \(what)", limit: ProgramLimits.runVariables)
    return entries.map { entry in
      let slot = journey.variables.firstIndex(of: entry.key) ?? 0
      let value = expression(entry.value, "\"set\" of \(what): \(entry.key)", .journey, .kept)
      return Program.Assignment(name: entry.key, slot: slot, value: value)
    }
  }

  /// `act`: one action or a list.
  func acts(_ node: YAMLNode?, _ what: String, step: String) -> [Program.Act] {
    list(node, "\"act\" of \(what)").map { node in
      let fields = fields(node, "an act of \(what)", ProgramFormat.actMapping)
      let action = name(fields?["action"], "the action of \(what)")
      let place = "the act \"\(action)\" of \(what)"
      if let with = fields?["with"], with.entries == nil {
        report(with.place, "\"with\" of \(place) must be a mapping, not \(with.kindName)")
      }
      return Program.Act(
        step: self.step(fields?["step"], step, of: action), action: action,
        parameters: fields?["with"].map { tree($0, "\"with\" of \(place)", .journey) } ?? .map([]),
        when: optionalExpression(fields?["when"], "\"when\" of \(place)", .journey, .guardian))
    }
  }

  /// `send`: one message or a list.
  func sends(_ node: YAMLNode?, _ what: String, step: String) -> [Program.Send] {
    list(node, "\"send\" of \(what)").map { node in
      let fields = fields(node, "a send of \(what)", ProgramFormat.sendMapping)
      let channel = choice(
        fields?["channel"], "the channel of \(what)", default: Program.Channel.email)
      let template = templateIndex(fields?["template"], what)
      let place = "the send by \(channel.rawValue) of \(what)"
      let earlierRead = eventRead
      eventRead = nil
      defer { eventRead = earlierRead ?? eventRead }
      let variables = namedExpressions(
        fields?["variables"], "the variables of \(place)", .journey,
        limit: ProgramLimits.parameters)
      if fields != nil {
        journey.sends.append(
          SendPlace(
            place: node.place, channel: channel, template: template,
            variables: variables.map(\.name)))
      }
      let messageClass = choice(
        fields?["class"], "the class of \(place)", default: messageClass)
      let send = Program.Send(
        index: self.sends.count,
        step: self.step(fields?["step"], step, of: channel.rawValue), channel: channel,
        template: template ?? 0,
        to: optionalExpression(fields?["to"], "\"to\" of \(place)", .journey, .address)
          ?? builtIn(channel.usualAddress, .journey),
        variables: variables,
        when: optionalExpression(fields?["when"], "\"when\" of \(place)", .journey, .guardian),
        messageClass: messageClass,
        topic: topic(of: fields, place),
        quietHours: quietHours(of: fields, messageClass, place),
        takesProgramQuietHours: fields?["quietHours"] == nil && messageClass != .security)
      self.sends.append(send)
      if let eventRead, let quiet = send.quietHours, quiet.mode != .withhold {
        note(
          eventRead, "\(place) reads data of the event, and is asked anew when quiet hours end",
          mend: "keep what is needed in a variable of the run, or use the mode withhold")
      }
      return send
    }
  }

  private func list(_ node: YAMLNode?, _ what: String) -> [YAMLNode] {
    guard let node, !node.isNull else { return [] }
    if node.entries != nil { return [node] }
    return elements(node, what, limit: ProgramLimits.effects)
  }

  /// The index of the step that an effect belongs to: the place's own name, or the one that the
  /// effect gives; a second effect of the same kind there gets `/2`, so that its id is its own.
  private func step(_ node: YAMLNode?, _ place: String, of kind: String) -> Int {
    let base = node.map { self.name($0, "the step") } ?? place
    var name = base
    var count = 1
    while !journey.usedSteps.insert([name, kind]).inserted {
      if let node, count == 1 {
        report(node.place, "the step \"\(base)\" is used twice by \(kind)", mend: "rename one")
      }
      count += 1
      name = "\(base)/\(count)"
    }
    if let index = journey.steps.firstIndex(of: name) { return index }
    journey.steps.append(name)
    return journey.steps.count - 1
  }
}

extension Program.Channel {
  /// Where messages on the channel go if a send does not say: an expression.
  var usualAddress: String {
    switch self {
    case .email: "customer.email"
    case .sms, .phone: "customer.phone"
    case .push: "customer.pushToken"
    case .inApp, .webhook: "customer.id"
    }
  }
}
