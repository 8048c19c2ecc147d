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
  func send(_ sends: [Program.Send], _ draft: inout RunDraft) {
    for send in sends {
      scope.run = draft.facts
      guard scope.holds(send.when) else { continue }
      var read: CBORValue?
      if let reason = reasonToWithhold(send, draft, &read) {
        draft.emissions += withhold([(send, planned)], reason: reason, draft, read: read)
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
    if send.messageClass == .marketing && filters.hasOptedOut() { return "opted-out" }
    for filter in binding.program.filters where filter.isAskedAgain {
      if case .cap(let cap) = filter.test, cap.channel != send.channel { continue }
      if !filters.passes(filter) {
        read = filters.ask(filter).record
        return filter.id
      }
    }
    return address(send).isEmpty ? "no-address" : nil
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
    let variables = send.variables.map { variable in
      (variable.name, (scope.optional(variable.value) ?? .null).cborValue)
    }
    draft.emit(
      .effect, EventType.deliveryRequested, subject: subject,
      [
        ("deliveryId", .text(id)), ("step", .text(step)), ("channel", .text(channel)),
        ("class", .text(send.messageClass.rawValue)), ("to", .text(address(send))),
        ("template", .text(binding.program.templates[send.template].id)),
        ("version", .text(draft.row.version)), ("variables", .object(variables)),
        ("idempotencyKey", .text(id)),
      ])
    draft.facts.sent.add(1, channel: channel)
    filters.pendingSends.add(program: draft.row.program, channel: send.channel)
  }

  /// The events that say why planned sends are not made.
  func withhold(
    _ sends: [(Program.Send, Int64)], reason: String, _ draft: RunDraft,
    read: CBORValue? = nil
  ) -> [Emission] {
    sends.map { send, planned in
      var fields = draft.identity
      fields.append(("step", .text(binding.program.steps[send.step])))
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
