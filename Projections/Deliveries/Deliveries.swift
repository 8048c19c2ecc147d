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
  }

  package let name = "deliveries"
  package let version = "1"
  private let ids = EntityTable(name: "deliveries.ids")
  /// Effects by number, in the order in which they were requested.
  package let effects = Table<EffectRow>(name: "deliveries")
  private let sent = Table<SentMessages>(name: "deliveries.sent")
  private var roles: RoleMap<Role>

  package init(names: Names) {
    roles = RoleMap(names: names) { Self.role(of: $0) }
  }

  package var tables: [any StoredTable] { [ids, effects, sent] }

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
    }
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
