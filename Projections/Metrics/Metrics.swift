import CBOR
package import Engine
package import Ledger

/// One counter.
package struct CounterRow: TableRow {
  /// How often.
  package var count: UInt64
  /// The sum of what was counted, where it has an amount: minor units.
  package var amount: Int64

  package init(count: UInt64 = 0, amount: Int64 = 0) {
    self.count = count
    self.amount = amount
  }

  package init(from reader: inout ByteReader) {
    count = reader.unsigned()
    amount = reader.signed()
  }

  package func write(to writer: inout ByteWriter) {
    writer.unsigned(count)
    writer.signed(amount)
  }
}

/// What each program did and what came of it, as counters: a fold over decisions, effects and
/// outcomes.
///
/// A counter's key is its program and the words that lead to it, as `metrics` shows them:
/// `abandoned-cart`, `rejected`, `cart-value`.
package final class Metrics: Projection {
  enum Role {
    case decision
    case runStarted
    case runExited
    case delivery
    case withheld
    case action
    case outcome(String)
  }

  package let name = "metrics"
  package let version = "1"
  private let keys = EntityTable(name: "metrics.keys")
  private let counters = Table<CounterRow>(name: "metrics")
  private var roles: RoleMap<Role>
  private let deliveries: EffectSteps

  package init(names: Names) {
    deliveries = EffectSteps()
    roles = RoleMap(names: names) { Self.role(of: $0) }
  }

  package var tables: [any StoredTable] { [keys, counters, deliveries.ids, deliveries.steps] }

  private static func role(of type: String) -> Role? {
    switch type {
    case EventType.decisionMade: .decision
    case EventType.runStarted: .runStarted
    case EventType.runExited: .runExited
    case EventType.deliveryRequested: .delivery
    case EventType.deliveryWithheld: .withheld
    case EventType.actionRequested: .action
    case EventType.deliverySent: .outcome("sent")
    case EventType.deliveryDelivered: .outcome("delivered")
    case EventType.deliveryOpened: .outcome("opened")
    case EventType.deliveryClicked: .outcome("clicked")
    case EventType.deliveryFailed: .outcome("failed")
    case EventType.deliveryBounced: .outcome("bounced")
    case EventType.deliveryComplained: .outcome("complained")
    default: nil
    }
  }

  package func concerns(type: String) -> Bool { Self.role(of: type) != nil }

  package func reset() {
    // After a commit that failed, the numbers of its new types are given to others.
    roles.removeAll()
  }

  package func project(_ event: Event, subject: UInt32) {
    guard let role = roles.role(ofType: event.type) else { return }
    let data = event.payload
    let program = data.text(Field.program)
    switch role {
    case .decision:
      let outcome = data.text(Field.outcome)
      add([program, "triggered"])
      add([program, "outcomes", outcome])
      if outcome == "rejected" { add([program, "rejected", data.text(Field.reason)]) }
    case .runStarted:
      add([program, "runs", "started"])
    case .runExited:
      let exit = data.text(Field.exit)
      add([program, "runs", "exited", exit])
      if let revenue = data.view(forKey: Field.revenue)?.int64 {
        let touch = data.text(Field.touch)
        add([program, "converted", touch.isEmpty ? "before-any" : touch], amount: revenue)
      }
    case .delivery:
      let step = data.text(Field.step)
      add([program, "deliveries", step, data.text(Field.channel), "requested"])
      deliveries.remember(event, program: program, step: step, data)
    case .withheld:
      add([
        program, "deliveries", data.text(Field.step), data.text(Field.channel), "withheld",
        data.text(Field.reason),
      ])
    case .action:
      add([program, "actions", data.text(Field.action)])
    case .outcome(let word):
      guard let known = deliveries.step(of: event, data) else { return }
      add([known.program, "deliveries", known.step, known.channel, word])
    }
  }

  private func add(_ words: [String], amount: Int64 = 0) {
    var key: [UInt8] = []
    for word in words {
      if !key.isEmpty { key.append(0) }
      key += word.utf8
    }
    counters.update(keys.intern(key), orInsert: CounterRow()) { row in
      row.count += 1
      row.amount += amount
    }
  }

  /// Calls `body` for every counter with its words, in the order in which they first counted.
  package func forEach(_ body: ([String], CounterRow) -> Void) {
    counters.forEach { number, row in
      let words = keys.bytes(of: number).split(separator: 0, omittingEmptySubsequences: false)
      body(words.map { String(decoding: $0, as: UTF8.self) }, row)
    }
  }
}

/// Which program, step and channel a delivery belongs to, so that its outcomes count there.
final class EffectSteps {
  struct Step: TableRow {
    var program: String
    var step: String
    var channel: String

    init(program: String, step: String, channel: String) {
      self.program = program
      self.step = step
      self.channel = channel
    }

    init(from reader: inout ByteReader) {
      program = reader.text()
      step = reader.text()
      channel = reader.text()
    }

    func write(to writer: inout ByteWriter) {
      writer.text(program)
      writer.text(step)
      writer.text(channel)
    }
  }

  let ids = EntityTable(name: "metrics.delivery-ids")
  let steps = Table<Step>(name: "metrics.delivery-steps")

  func remember(_ event: Event, program: String, step: String, _ data: CBORView) {
    guard let id = data.view(forKey: Field.deliveryId)?.textBytesRange else { return }
    steps.set(
      ids.intern(event.record, in: id),
      Step(program: program, step: step, channel: data.text(Field.channel)))
  }

  func step(of event: Event, _ data: CBORView) -> Step? {
    data.view(forKey: Field.deliveryId)?.textBytesRange
      .flatMap { ids.number(of: event.record, in: $0) }
      .flatMap { steps.row($0) }
  }
}
