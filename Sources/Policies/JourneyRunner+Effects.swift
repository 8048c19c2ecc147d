import Binding
import CBOR
import Engine
import Expressions
import Facts
import Journeys
import Ledger
import Programs

extension JourneyRunner {
  // MARK: - Actions

  /// Requests actions of the world outside. Those who are held out are left alone.
  func act(_ acts: [Program.Act], _ draft: inout RunDraft) {
    for act in acts {
      scope.run = draft.facts
      guard !draft.row.isHeldOut, scope.holds(act.when) else { continue }
      let step = binding.program.steps[act.step]
      let ordinal = draft.row.requestCount(step: step, target: act.action, isDelivery: false)
      let id = Identifiers.effect(
        run: draft.row.id, step: step, ordinal: ordinal, target: act.action)
      draft.row.countRequest(step: step, target: act.action, isDelivery: false)
      draft.actions.append(act.action)
      draft.emit(
        .effect, EventType.actionRequested, subject: subject,
        [
          ("actionId", .text(id)), ("action", .text(act.action)), ("step", .text(step)),
          ("version", .text(draft.row.version)), ("parameters", scope.cbor(of: act.parameters)),
          ("idempotencyKey", .text(id)),
        ])
    }
  }

  // MARK: - Deliveries

  /// Requests deliveries, each after everything that could withhold it was asked again.
  /// - Parameter isExit: Whether the run ends with that, so that nothing can wait.
  func send(_ sends: [Program.Send], _ draft: inout RunDraft, isExit: Bool = false) {
    for send in sends {
      scope.run = draft.facts
      guard scope.holds(send.when) else { continue }
      var read: CBORValue?
      if let reason = reasonToWithhold(send, draft, &read) {
        draft.emissions += withhold([(send, planned)], reason: reason, draft, read: read)
        continue
      }
      if let quiet = quietNow(send) {
        if quiet.hours.mode == .withhold || isExit || !postpone(send, until: quiet.end, &draft) {
          draft.emissions += withhold(
            [(send, planned)], reason: "quiet-hours", draft, read: record(of: quiet.hours))
        }
        continue
      }
      request(send, &draft)
    }
  }

  private func reasonToWithhold(
    _ send: Program.Send, _ draft: RunDraft, _ read: inout CBORValue?
  ) -> String? {
    if draft.row.isHeldOut { return "holdout" }
    if isLate { return "late" }
    if send.messageClass == .marketing {
      if filters.hasOptedOut() { return "opted-out" }
      if let topic = send.topic, !filters.isWanted(topic, channel: send.channel.rawValue) {
        return "topic"
      }
    }
    for filter in binding.program.filters where filter.isAskedAgain {
      guard filter.test.concerns(send.channel) else { continue }
      if !filters.passes(filter) {
        read = filters.ask(filter).record
        return filter.id
      }
    }
    let address = address(send)
    if address.isEmpty { return "no-address" }
    read = filters.suppression(of: address, send)
    return read == nil ? nil : "suppressed"
  }

  private func address(_ send: Program.Send) -> String {
    guard case .string(let address)? = scope.optional(send.to) else { return "" }
    return address
  }

  private func request(_ send: Program.Send, _ draft: inout RunDraft) {
    let step = binding.program.steps[send.step]
    let channel = send.channel.rawValue
    let ordinal = draft.row.requestCount(step: step, target: channel, isDelivery: true)
    let id = Identifiers.effect(
      run: draft.row.id, step: step, ordinal: ordinal, target: channel)
    draft.row.countRequest(step: step, target: channel, isDelivery: true)
    draft.row.touch = step
    let template = scope.marketplace?.templates[send.template] ?? send.template
    let variables = send.variables.map { variable in
      (variable.name, (scope.optional(variable.value) ?? .null).cborValue)
    }
    draft.emit(
      .effect, EventType.deliveryRequested, subject: subject,
      [
        ("deliveryId", .text(id)), ("step", .text(step)), ("channel", .text(channel)),
        ("class", .text(send.messageClass.rawValue)), ("to", .text(address(send))),
        ("template", .text(binding.program.templates[template].id)),
        ("version", .text(draft.row.version)), ("variables", .object(variables)),
        ("idempotencyKey", .text(id)),
      ])
    draft.facts.sent.add(1, channel: channel)
    filters.pendingSends.add(
      customer: draft.row.subject, program: draft.row.program, channel: send.channel)
  }

  /// The events that say why planned sends are not made.
  /// - Parameter steps: The names of the steps, where the sends are of another version.
  func withhold(
    _ sends: [(Program.Send, Int64)], reason: String, _ draft: RunDraft,
    read: CBORValue? = nil, steps: [String]? = nil
  ) -> [Emission] {
    let steps = steps ?? binding.program.steps
    return sends.map { send, planned in
      var fields = draft.identity
      fields.append(("step", .text(steps[send.step])))
      fields.append(("channel", .text(send.channel.rawValue)))
      fields.append(("planned", .time(planned)))
      fields.append(("reason", .text(reason)))
      fields.append(("trigger", .unsigned(event.position)))
      if let read { fields.append(("filter", read)) }
      return Emission(
        kind: .decision, type: EventType.deliveryWithheld, program: draft.row.program,
        subject: subject, payload: CBORValue.object(fields).encoded())
    }
  }
}
