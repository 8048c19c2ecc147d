import CBOR
import CivilTime
package import Engine
package import Ledger

/// Every run: where it stands, its variables and timers; which are active for a subject; when each
/// dedupe key was last used. A fold over `run.*`, `timer.fired`, `decision.made` and
/// `delivery.requested`, whose data say everything: no program definition is needed here.
package final class Journeys: Projection {
  enum Role {
    case started
    case moved
    case exited
    case timer
    case decision
    case delivery
    case action
  }

  package let name = "journeys"
  package let version = "2"
  /// Runs by number, in the order in which they began.
  package let runs = Table<RunRow>(name: "journeys.runs")
  /// Run ids and their numbers.
  package let runIDs = EntityTable(name: "journeys.run-ids")
  /// Active runs by subject number, in the order in which they began.
  package let active = Table<NumberList>(name: "journeys.active")
  private let dedupeKeys = EntityTable(name: "journeys.dedupe-keys")
  private let dedupe = Table<DedupeRow>(name: "journeys.dedupe")
  /// By subject: when a run of each program last began.
  let watchKeys = EntityTable(name: "journeys.watch-keys")
  /// By watched key: the active runs that watch it, in the order in which they began.
  let watchers = Table<NumberList>(name: "journeys.watchers")
  /// Active runs that watch something, by the version that they are pinned to.
  var watchingCounts: [String: Int] = [:]
  private let starts = Table<LastStarts>(name: "journeys.starts")
  private var roles: RoleMap<Role>
  private let entities: EntityTable
  private let sink: TimerSink
  /// The number under which it sets timers.
  package let owner: UInt8

  /// - Parameters:
  ///   - entities: The engine's subjects.
  ///   - sink: Where timers are set, under the number `owner`.
  package init(names: Names, entities: EntityTable, sink: TimerSink, owner: UInt8) {
    self.entities = entities
    self.sink = sink
    self.owner = owner
    roles = RoleMap(names: names) { Self.role(of: $0) }
  }

  package var tables: [any StoredTable] {
    [runs, runIDs, active, dedupeKeys, dedupe, starts, watchKeys, watchers]
  }

  package func concerns(type: String) -> Bool {
    Self.role(of: type) != nil
  }

  private static func role(of type: String) -> Role? {
    switch type {
    case EventType.runStarted: .started
    case EventType.runMoved: .moved
    case EventType.runExited: .exited
    case EventType.timerFired: .timer
    case EventType.decisionMade: .decision
    case EventType.deliveryRequested: .delivery
    case EventType.actionRequested: .action
    default: nil
    }
  }

  package func reset() {
    // After a commit that failed, the numbers of its new types are given to others.
    roles.removeAll()
    countAllWatching()
  }

  package func project(_ event: Event, subject: UInt32) {
    guard let role = roles.role(ofType: event.type) else { return }
    let data = event.payload
    switch role {
    case .started: start(event, data, subject)
    case .moved: move(event, data)
    case .exited: leave(event, data, subject)
    case .timer: fire(data)
    case .decision: use(event, data)
    case .delivery: count(data, isDelivery: true)
    case .action: count(data, isDelivery: false)
    }
  }

  /// The number of the run with this id, or nil.
  package func number(ofRun id: String) -> UInt32? {
    runIDs.number(of: Array(id.utf8))
  }

  /// When `key` of `program` was last used, or nil.
  package func lastUse(program: String, key: String) -> DedupeRow? {
    dedupeKeys.number(of: Self.dedupeKey(program, key)).flatMap { dedupe.row($0) }
  }

  /// Whether a run began for a subject in (now - within, now].
  /// - Parameter program: Only runs of the program with this number; nil: of any.
  package func hasStarted(
    ofSubject subject: UInt32, program: UInt32?, now: Int64, within: Int64
  ) -> Bool {
    starts.withRow(subject) { row in
      row.starts.contains {
        $0.at > now - within && (program == nil || $0.program == program)
      }
    } ?? false
  }

  private static func dedupeKey(_ program: String, _ key: String) -> [UInt8] {
    Array(program.utf8) + [0] + Array(key.utf8)
  }

  // MARK: - The fold

  private func start(_ event: Event, _ data: CBORView, _ subject: UInt32) {
    guard let id = data.view(forKey: Field.runId)?.string else { return }
    let number = runIDs.intern(Array(id.utf8))
    var run = RunRow(
      id: id, program: data.text(Field.program), version: data.text(Field.version),
      subject: subject, key: data.text(Field.run),
      trigger: data.view(forKey: Field.trigger)?.uint64 ?? 0, startedAt: event.recordedAt)
    run.state = data.text(Field.state)
    if let set = data.view(forKey: Field.set) { run.variables = set.encoded }
    if let offer = data.view(forKey: Field.offer) { run.offer = offer.encoded }
    run.score = data.view(forKey: Field.score)?.double ?? 0
    run.level = data.text(Field.level)
    if let scores = data.view(forKey: Field.scores) { run.scores = scores.encoded }
    run.isHeldOut = data.view(forKey: Field.heldOut)?.bool ?? false
    run.segment = data.text(Field.segment)
    if let variants = data.view(forKey: Field.variants) { run.variants = variants.encoded }
    arm(&run, number, event, data)
    watch(&run, number, data)
    runs.set(number, run)
    starts.update(subject, orInsert: LastStarts()) {
      $0.note(event.header.program, at: event.recordedAt)
    }
    active.update(subject, orInsert: NumberList()) { $0.numbers.append(number) }
  }

  private func move(_ event: Event, _ data: CBORView) {
    guard let number = run(in: data) else { return }
    _ = runs.update(number) { run in
      if let set = data.view(forKey: Field.set) {
        run.variables = CBORMerge.merge(run.variables, with: set)
      }
      if let score = data.view(forKey: Field.score)?.double { run.score = score }
      if let version = data.view(forKey: Field.version)?.string {
        // The run goes over to another version, in the state in which it is.
        countWatching(run, -1)
        run.version = version
        countWatching(run, 1)
        run.timers = []
      } else if let to = data.view(forKey: Field.to)?.string {
        run.state = to
        run.enteredAt = event.recordedAt
        run.timers.removeAll { $0.slot < RunTimer.runLevel }
        if data.view(forKey: Field.dropsWaiting)?.bool == true {
          run.timers.removeAll { $0.slot >= RunTimer.waiting }
        }
      }
      arm(&run, number, event, data)
      watch(&run, number, data)
    }
  }

  private func leave(_ event: Event, _ data: CBORView, _ subject: UInt32) {
    guard let number = run(in: data) else { return }
    _ = runs.update(number) { run in
      run.exit = data.text(Field.exit)
      run.exitedAt = event.recordedAt
      unwatch(&run, number)
      run.timers = []
      run.variables = [0xa0]
      run.requests = []
    }
    _ = active.update(subject) { $0.numbers.removeAll { $0 == number } }
    if active.row(subject)?.numbers.isEmpty == true { active.remove(subject) }
  }

  private func fire(_ data: CBORView) {
    guard data.text(Field.owner) == Self.ownerName, let number = run(in: data),
      let slot = data.view(forKey: Field.slot)?.uint64
    else { return }
    _ = runs.update(number) { run in run.timers.removeAll { UInt64($0.slot) == slot } }
  }

  private func use(_ event: Event, _ data: CBORView) {
    guard let keys = data.view(forKey: Field.dedupe) else { return }
    switch data.text(Field.outcome) {
    case "eligible", "joined", "held-out":
      let program = data.text(Field.program)
      keys.forEachElement { key in
        let number = dedupeKeys.intern(Self.dedupeKey(program, key.string ?? ""))
        dedupe.set(
          number, DedupeRow(lastUsedAt: event.recordedAt, decision: event.position))
      }
    default: break
    }
  }

  private func count(_ data: CBORView, isDelivery: Bool) {
    guard let number = run(in: data) else { return }
    let step = data.text(Field.step)
    let target = data.text(isDelivery ? Field.channel : Field.action)
    _ = runs.update(number) { run in
      run.countRequest(step: step, target: target, isDelivery: isDelivery)
      if isDelivery { run.touch = step }
    }
  }

  private func run(in data: CBORView) -> UInt32? {
    data.view(forKey: Field.runId)?.textBytesRange.flatMap {
      runIDs.number(of: data.storage, in: $0)
    }
  }

  private func arm(_ run: inout RunRow, _ number: UInt32, _ event: Event, _ data: CBORView) {
    var ordinal: UInt32 = 0
    data.view(forKey: Field.timers)?.forEachElement { item in
      guard let slot = item.view(forKey: Field.slot)?.uint64,
        let due = try? RFC3339.microseconds(parsing: item.text(Field.due))
      else { return }
      run.timers.append(
        RunTimer(
          slot: UInt32(slot), due: due, setBy: event.position, ordinal: ordinal,
          step: item.text(Field.step)))
      sink.queue.insert(
        Timer(
          due: due, setBy: event.position, ordinal: ordinal, owner: owner, item: number,
          slot: UInt32(slot)))
      ordinal += 1
    }
  }
}

extension Journeys: TimerOwner {
  /// How `timer.fired` names these timers' owner.
  package static let ownerName = "run"

  package func armAll(in sink: TimerSink) {
    runs.forEach { number, run in
      for timer in run.timers {
        sink.queue.insert(
          Timer(
            due: timer.due, setBy: timer.setBy, ordinal: timer.ordinal, owner: owner,
            item: number, slot: timer.slot))
      }
    }
  }

  package func firing(of timer: Timer) -> TimerFiring? {
    guard let run = runs.row(timer.item), run.isActive,
      let armed = run.timers.first(where: { $0.slot == timer.slot && $0.setBy == timer.setBy })
    else { return nil }
    let payload: CBORValue = [
      "owner": .text(Self.ownerName), "program": .text(run.program), "run": .text(run.key),
      "runId": .text(run.id), "slot": .unsigned(UInt64(armed.slot)), "step": .text(armed.step),
      "state": .text(run.state), "due": .text(RFC3339.string(microseconds: armed.due)),
    ]
    return TimerFiring(
      owner: "\(run.id)/\(run.state)/\(armed.slot)/\(RFC3339.string(microseconds: run.enteredAt))",
      program: run.program, subject: entities.bytes(of: run.subject),
      payload: payload.encoded())
  }
}
