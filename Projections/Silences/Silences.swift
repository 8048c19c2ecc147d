import Binding
package import CBOR
import Catalog
import CivilTime
package import Engine
import Expressions
package import Facts
package import Ledger
import Profiles
import Programs

/// Which keys are silent since when, for the events that silence brings about: carts that nobody
/// touches become abandoned.
///
/// Arming asks the program's expressions over features and profiles, so this projection folds
/// together with them.
package final class Silences: Projection {
  package let name = "silences"
  package let version = "1"
  package var group: String { Profiles.stateGroup }

  private let context: FoldContext
  private let programs: ProgramSet
  private let scope: Scope
  private let owner: UInt8
  private let keys = EntityTable(name: "silences.keys")
  private let rows = Table<SilenceRow>(name: "silences")
  private let programNames = EntityTable(name: "silences.programs")
  private let activations = Table<DefinitionRow>(name: "silences.activations")
  private var watches: [Watch] = []
  private lazy var byType = RoleMap<[(index: Int, ends: Bool)]>(names: context.names) {
    [unowned self] in watches(ofType: $0)
  }

  /// A derived event of an active program.
  private struct Watch {
    let program: String
    let derive: Program.Derive
    let key: EventExpression
    let binding: ProgramBinding
    /// What a key begins with in the table of keys.
    let keyPrefix: [UInt8]
  }

  private static func keyPrefix(program: String, eventType: String) -> [UInt8] {
    Array("\(program)\u{0}\(eventType)\u{0}".utf8)
  }

  /// An event that silence has brought about.
  package struct Derivation {
    package let program: String
    package let type: String
    package let data: CBORValue
  }

  /// - Parameter owner: The number under which it sets timers.
  package init(context: FoldContext, programs: ProgramSet, scope: Scope, owner: UInt8) {
    self.context = context
    self.programs = programs
    self.scope = scope
    self.owner = owner
  }

  package var tables: [any StoredTable] { [keys, rows, programNames, activations] }

  package func concerns(type: String) -> Bool {
    type == EventType.timerFired || type == EventType.programActivated
      || type == EventType.programDeactivated
      || watches.contains { watch in
        watch.derive.eventType == type || (watch.derive.types?.contains(type) ?? true)
      }
  }

  package func reset() {
    watches = []
    byType.removeAll()
    activations.forEach { _, row in
      if row.activation > 0 { watch(row.activation) }
    }
  }

  // MARK: - The fold

  package func project(_ event: Event, subject: UInt32) {
    switch context.names.name(.type, event.type) {
    case EventType.programActivated?, EventType.programDeactivated?: register(event)
    case EventType.timerFired?: disarm(event)
    default: break
    }
  }

  package func settle(_ event: Event, subject: UInt32) {
    guard event.kind == .input || event.kind == .decision,
      let concerned = byType.role(ofType: event.type)
    else { return }
    var ordinal: UInt32 = 0
    for (index, ends) in concerned {
      guard ends || event.kind == .input,
        let key = watches[index].key.key(event, names: context.names)
      else { continue }
      note(watches[index], key, event, subject, ends: ends, &ordinal)
    }
  }

  /// The watches that an event of this type concerns, and whether it ends their silence for good.
  private func watches(ofType type: String) -> [(index: Int, ends: Bool)]? {
    let concerned = watches.indices.filter { index in
      let derive = watches[index].derive
      return derive.eventType == type || (derive.types?.contains(type) ?? true)
    }
    guard !concerned.isEmpty else { return nil }
    return concerned.map { ($0, watches[$0].derive.eventType == type) }
  }

  private func note(
    _ watch: Watch, _ key: [UInt8], _ event: Event, _ subject: UInt32, ends: Bool,
    _ ordinal: inout UInt32
  ) {
    let text = String(decoding: key, as: UTF8.self)
    let isArmed = !ends && isArmed(watch, text, event, subject)
    let id = watch.keyPrefix + key
    if !isArmed && keys.number(of: id) == nil { return }
    let number = keys.intern(id)
    let due = isArmed ? event.recordedAt + watch.derive.silenceMicroseconds : 0
    rows.update(
      number,
      orInsert: SilenceRow(
        program: watch.program, eventType: watch.derive.eventType, key: text)
    ) { row in
      row.subject = subject
      row.since = event.recordedAt
      row.due = due
      row.setBy = event.position
      row.ordinal = ordinal
    }
    guard isArmed else { return }
    context.timers.queue.insert(
      Timer(
        due: due, setBy: event.position, ordinal: ordinal, owner: owner, item: number, slot: 0))
    ordinal += 1
  }

  private func isArmed(
    _ watch: Watch, _ key: String, _ event: Event, _ subject: UInt32
  ) -> Bool {
    scope.begin(
      watch.binding, event: nil, customer: subject, now: event.recordedAt,
      position: event.position)
    scope.key = key
    return scope.holds(watch.derive.arm)
  }

  private func disarm(_ event: Event) {
    let data = event.payload
    guard data.text(Field.owner) == Self.ownerName, let number = number(in: data) else { return }
    _ = rows.update(number) { $0.due = 0 }
  }

  private func number(in data: CBORView) -> UInt32? {
    let prefix = Self.keyPrefix(
      program: data.text(Field.program), eventType: data.text(Field.event))
    return keys.number(of: prefix + data.text(Field.key).utf8)
  }

  // MARK: - Definitions

  private func register(_ event: Event) {
    let id = event.payload.text(Field.program)
    watches.removeAll { $0.program == id }
    let isActivated =
      context.names.name(.type, event.type) == EventType.programActivated
    activations.set(
      programNames.intern(Array(id.utf8)),
      DefinitionRow(activation: isActivated ? event.position : 0, index: 0))
    if isActivated { watch(event.position) }
    context.concernsChanged = true
    byType.removeAll()
  }

  private func watch(_ activation: UInt64) {
    guard let binding = programs.binding(activatedAt: activation) else { return }
    for derive in binding.program.derives {
      watches.append(
        Watch(
          program: binding.program.id, derive: derive, key: EventExpression(derive.key),
          binding: binding,
          keyPrefix: Self.keyPrefix(
            program: binding.program.id, eventType: derive.eventType)))
    }
  }

  // MARK: - What silence brings about

  /// The event that a fired timer brings about, or nil if there is nothing to say any more.
  package func derivation(of event: Event, subject: UInt32) -> Derivation? {
    guard let number = number(in: event.payload), let row = rows.row(number),
      let watch = watches.first(where: {
        $0.program == row.program && $0.derive.eventType == row.eventType
      })
    else { return nil }
    scope.begin(
      watch.binding, event: nil, customer: subject, now: event.recordedAt,
      position: event.position)
    scope.key = row.key
    guard scope.holds(watch.derive.when) else { return nil }
    return Derivation(
      program: row.program, type: row.eventType, data: scope.cbor(of: watch.derive.data))
  }
}

extension Silences: TimerOwner {
  /// How `timer.fired` names these timers' owner.
  package static let ownerName = "silence"

  package func armAll(in sink: TimerSink) {
    rows.forEach { number, row in
      guard row.due > 0 else { return }
      sink.queue.insert(
        Timer(
          due: row.due, setBy: row.setBy, ordinal: row.ordinal, owner: owner, item: number,
          slot: 0))
    }
  }

  package func firing(of timer: Timer) -> TimerFiring? {
    guard let row = rows.row(timer.item), row.due == timer.due, row.setBy == timer.setBy else {
      return nil
    }
    let payload: CBORValue = [
      "owner": .text(Self.ownerName), "program": .text(row.program),
      "event": .text(row.eventType), "key": .text(row.key),
      "since": .text(RFC3339.string(microseconds: row.since)),
      "due": .text(RFC3339.string(microseconds: row.due)),
    ]
    return TimerFiring(
      owner: "\(row.program)/\(row.eventType)/\(row.key)", program: row.program,
      subject: context.subjects.bytes(of: row.subject), payload: payload.encoded())
  }
}
