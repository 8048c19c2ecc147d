internal import Expressions

extension ProgramReader {
  private enum OptIn: String, CaseIterable {
    case assumed, required
  }

  /// `topic`: a name, or a name and whether silence means no.
  func topic(_ node: YAMLNode?, _ what: String) -> Program.Topic? {
    guard let node, node.scalar?.resolved != .bool(false) else { return nil }
    guard node.entries != nil else {
      return Program.Topic(name: name(node, what), needsOptIn: false)
    }
    let fields = fields(node, what, ProgramFormat.topic)
    let optIn = choice(fields?["optIn"], "\"optIn\" of \(what)", default: OptIn.assumed)
    return Program.Topic(
      name: name(fields?["name"], "the name of \(what)"), needsOptIn: optIn == .required)
  }

  /// The topic of a send: its own, else the program's.
  func topic(of fields: Fields?, _ what: String) -> Program.Topic? {
    guard let node = fields?["topic"] else { return programTopic }
    return topic(node, "the topic of \(what)")
  }

  /// `topic` of a filter: with its channel.
  func topicTest(_ node: YAMLNode, _ what: String) -> Program.FilterTest {
    let place = "the topic of \(what)"
    let fields = fields(node, place, ProgramFormat.filterTopic)
    let optIn = choice(fields?["optIn"], "\"optIn\" of \(place)", default: OptIn.assumed)
    let topic = Program.Topic(
      name: name(fields?["name"], "the name of \(place)"), needsOptIn: optIn == .required)
    return .topic(topic, channel(fields?["channel"], "the channel of \(place)"))
  }

  /// `suppression` of a filter: a channel.
  func suppressionTest(_ node: YAMLNode, _ what: String) -> Program.FilterTest {
    let channel = channel(node, "the suppression of \(what)")
    return .suppression(channel, address: builtIn(channel.usualAddress, .trigger))
  }

  private enum CooldownScope: String, CaseIterable {
    case this, all
  }

  /// `cooldown` of a filter.
  func cooldownTest(_ node: YAMLNode, _ what: String) -> Program.FilterTest {
    let place = "the cooldown of \(what)"
    let fields = fields(node, place, ProgramFormat.cooldown)
    let scope = choice(fields?["program"], "\"program\" of \(place)", default: CooldownScope.this)
    return .cooldown(
      Program.Cooldown(
        perMicroseconds: duration(fields?["per"], "\"per\" of \(place)"),
        measure: choice(fields?["of"], "\"of\" of \(place)", default: .run),
        countsAllPrograms: scope == .all))
  }

  private func channel(_ node: YAMLNode?, _ what: String) -> Program.Channel {
    choice(node, what, default: .email)
  }
}
