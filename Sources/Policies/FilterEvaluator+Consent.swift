import Binding
import CBOR
import CivilTime
import Consents
import Deliveries
import Engine
import Expressions
import Facts
import Journeys
import Ledger
import Programs

/// Filters that ask what a customer wants, and how lately we wrote.
extension FilterEvaluator {
  func ask(_ id: String, _ cooldown: Program.Cooldown) -> Verdict {
    let program = scope.binding.map { $0.program.id } ?? ""
    let counted = cooldown.countsAllPrograms ? nil : program
    let number = counted.map { names.number(.program, $0) ?? .max }
    let isCooling =
      switch cooldown.measure {
      case .run:
        pendingSends.hasBegun(customer: scope.customer, program: counted)
          || journeys.hasStarted(
            ofSubject: scope.customer, program: number, now: scope.now,
            within: cooldown.perMicroseconds)
      case .delivery:
        pendingSends.count(customer: scope.customer, program: counted, channel: nil) > 0
          || deliveries.count(
            ofSubject: scope.customer, program: number, channel: nil, now: scope.now,
            within: cooldown.perMicroseconds) > 0
      }
    return verdict(
      id, !isCooling,
      [
        ("of", .text(cooldown.measure.rawValue)),
        ("program", .text(counted ?? "all")), ("happened", .bool(isCooling)),
      ])
  }

  func ask(
    _ id: String, _ channel: Program.Channel, _ address: CompiledExpression
  ) -> Verdict {
    var read: [(String, CBORValue)] = [("channel", .text(channel.rawValue))]
    guard case .string(let address)? = scope.optional(address), !address.isEmpty,
      let row = deliveries.suppression(channel: channel.rawValue, address: address)
    else { return verdict(id, true, read) }
    if row.bouncedAt > 0 { read.append(("bounced", .unsigned(row.bouncedAt))) }
    if row.complainedAt > 0 { read.append(("complained", .unsigned(row.complainedAt))) }
    return verdict(id, false, read)
  }

  func ask(_ id: String, _ topic: Program.Topic, _ channel: Program.Channel) -> Verdict {
    let consent = lastWord(topic, channel.rawValue)
    return verdict(
      id, consent ?? !topic.needsOptIn,
      [
        ("topic", .text(topic.name)), ("channel", .text(channel.rawValue)),
        ("optedIn", consent.map { .bool($0) } ?? .null),
      ])
  }

  func ask(_ id: String, _ hours: Program.QuietHours) -> Verdict {
    let window = hours.window.occurrence(around: scope.now, in: scope.zoneTable)
    return verdict(
      id, window == nil,
      [
        ("from", .text(hours.window.from.description)),
        ("to", .text(hours.window.to.description)), ("zone", .text(scope.zoneName)),
      ])
  }

  private func verdict(_ id: String, _ passed: Bool, _ read: [(String, CBORValue)]) -> Verdict {
    Verdict(
      passed: passed,
      record: [
        "id": .text(id), "verdict": .text(passed ? "pass" : "fail"), "read": .object(read),
      ])
  }

  /// Whether the customer wants a topic on a channel.
  func isWanted(_ topic: Program.Topic, channel: String) -> Bool {
    lastWord(topic, channel) ?? !topic.needsOptIn
  }

  private func lastWord(_ topic: Program.Topic, _ channel: String) -> Bool? {
    consents.consent(of: scope.customer, topic: topic.name, channel: channel)?.isOptedIn
  }

  /// What is against a message to an address, as events record it; nil: nothing. A bounce is
  /// against every message, a complaint against marketing.
  func suppression(of address: String, _ send: Program.Send) -> CBORValue? {
    let channel = send.channel.rawValue
    guard let row = deliveries.suppression(channel: channel, address: address),
      row.bouncedAt > 0 || send.messageClass == .marketing
    else { return nil }
    let cause = row.bouncedAt > 0 ? "bounced" : "complained"
    let position = row.bouncedAt > 0 ? row.bouncedAt : row.complainedAt
    return verdict(
      "suppression", false,
      [("channel", .text(channel)), ("cause", .text(cause)), ("position", .unsigned(position))]
    ).record
  }
}

extension Program.FilterTest {
  /// Whether a filter that is asked again concerns messages on a channel.
  func concerns(_ channel: Program.Channel) -> Bool {
    switch self {
    case .cap(let cap): cap.channel == channel
    case .suppression(let own, _), .topic(_, let own): own == channel
    case .expression, .cooldown, .quietHours: true
    }
  }
}
