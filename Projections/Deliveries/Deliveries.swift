import CBOR
package import Engine
package import Ledger

/// Deliveries and actions with their stage, and the messages that caps count: a fold over effects
/// and outcomes.
package final class Deliveries: Projection {
  enum Role {
    case delivery
    case action
    case outcome(EffectStage)
    case lifted
  }

  package let name = "deliveries"
  package let version = "2"
  private let ids = EntityTable(name: "deliveries.ids")
  /// Effects by number, in the order in which they were requested.
  package let effects = Table<EffectRow>(name: "deliveries")
  private let sent = Table<SentMessages>(name: "deliveries.sent")
  private let suppressions = Suppressions()
  private let context: FoldContext
  private var roles: RoleMap<Role>

  package init(context: FoldContext) {
    self.context = context
    roles = RoleMap(names: context.names) { Self.role(of: $0) }
  }

  package var tables: [any StoredTable] {
    [ids, effects, sent, suppressions.keys, suppressions.rows]
  }

  private static func role(of type: String) -> Role? {
    switch type {
    case EventType.deliveryRequested: .delivery
    case EventType.actionRequested: .action
    case EventType.deliverySent, EventType.actionCompleted: .outcome(.sent)
    case EventType.deliveryDelivered: .outcome(.delivered)
    case EventType.deliveryOpened: .outcome(.opened)
    case EventType.deliveryClicked: .outcome(.clicked)
    case EventType.deliveryFailed, EventType.actionFailed: .outcome(.failed)
    case EventType.deliveryBounced: .outcome(.bounced)
    case EventType.deliveryComplained: .outcome(.complained)
    case EventType.suppressionLifted: .lifted
    default: nil
    }
  }

  package func concerns(type: String) -> Bool { Self.role(of: type) != nil }

  /// The number of the effect with this id, or nil.
  package func number(of id: String) -> UInt32? {
    ids.number(of: Array(id.utf8))
  }

  /// How many messages were requested for a subject in (now - within, now].
  /// - Parameters:
  ///   - program: Only those of this program; nil: of all.
  ///   - channel: Only those on this channel; nil: on all.
  package func count(
    ofSubject subject: UInt32, program: UInt32?, channel: String?, now: Int64,
    within: Int64
  ) -> Int {
    sent.withRow(subject) { row in
      row.messages.reduce(0) { count, message in
        let counts =
          message.requestedAt > now - within
          && (program == nil || message.program == program)
          && (channel == nil || message.channel == channel)
        return counts ? count + 1 : count
      }
    } ?? 0
  }

  package func reset() {
    // After a commit that failed, the numbers of its new types are given to others.
    roles.removeAll()
  }

  package func project(_ event: Event, subject: UInt32) {
    guard let role = roles.role(ofType: event.type) else { return }
    let data = event.payload
    switch role {
    case .delivery:
      request(event, data, subject, isDelivery: true)
      sent.update(subject, orInsert: SentMessages()) { row in
        row.messages.append(
          SentMessage(
            requestedAt: event.recordedAt, program: event.header.program,
            channel: data.text(Field.channel)))
        if row.messages.count > SentMessages.limit { row.messages.removeFirst() }
      }
    case .action:
      request(event, data, subject, isDelivery: false)
    case .outcome(let stage):
      guard
        let id = (data.view(forKey: Field.deliveryId) ?? data.view(forKey: Field.actionId))?
          .textBytesRange,
        let number = ids.number(of: event.record, in: id)
      else { return }
      _ = effects.update(number) { row in
        if stage.rawValue > row.stage.rawValue { row.stage = stage }
        row.answeredAt = event.recordedAt
      }
      if stage == .bounced || stage == .complained { suppress(number, stage, event) }
    case .lifted:
      suppressions.lift(
        channel: data.text(Field.channel), address: data.text("address"))
    }
  }

  /// Why no message goes to an address any more; nil: nothing is against it.
  package func suppression(channel: String, address: String) -> SuppressionRow? {
    suppressions.row(channel: channel, address: address)
  }

  /// A complaint, and a bounce that is not said to be temporary, end messages to the address.
  private func suppress(_ number: UInt32, _ stage: EffectStage, _ event: Event) {
    if event.payload.view(forKey: "permanent")?.bool == false { return }
    guard let row = effects.row(number), row.isDelivery,
      let request = context.event(row.position)
    else { return }
    suppressions.add(
      channel: row.target, address: request.payload.text(Field.to), isBounce: stage == .bounced,
      at: event.position)
  }

  private func request(
    _ event: Event, _ data: CBORView, _ subject: UInt32, isDelivery: Bool
  ) {
    let idKey = isDelivery ? Field.deliveryId : Field.actionId
    guard let id = data.view(forKey: idKey)?.textBytesRange else { return }
    effects.set(
      ids.intern(event.record, in: id),
      EffectRow(
        isDelivery: isDelivery, position: event.position, requestedAt: event.recordedAt,
        subject: subject, program: data.text(Field.program), run: data.text(Field.run),
        step: data.text(Field.step),
        target: data.text(isDelivery ? Field.channel : Field.action)))
  }
}
