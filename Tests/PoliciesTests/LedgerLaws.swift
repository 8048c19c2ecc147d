import CBOR
import CivilTime
import Ledger

/// Checks a whole ledger against the laws that can be seen in it alone.
struct LedgerLaws {
  private let names: Names
  private(set) var violations: [String] = []
  private var last: Event?
  private var ids: Set<EventID> = []
  private var effectIDs: Set<String> = []
  private var roots: [UInt64: UInt64] = [:]
  private var firedDue: Int64 = .min
  /// Inputs and outcomes with their ledger times, in order.
  private var inputs: [(position: UInt64, time: Int64)] = []
  private var runs: [String: Run] = [:]
  /// Times of messages by subject, program and channel.
  private var sends: [String: [Int64]] = [:]
  private var active: Set<String> = []
  private var triggers: [String: [String]] = [:]
  /// Decisions that are owed, by cause and program.
  private var owed: Set<String> = []
  /// Requests to scorers without a decision yet, with their triggers, by position.
  private var waiting: [UInt64: UInt64] = [:]
  /// Withheld and requested messages by cause, run and channel.
  private var answered: Set<String> = []
  /// Planned messages that must be answered by the event at a position.
  private var expected: [(key: String, words: String)] = []
  private var batches = BatchLaws()

  private struct Run {
    var program: String
    var isHeldOut: Bool
    var startedAt: Int64
    var isActive = true
    var timers: [UInt64: (step: String, due: String)] = [:]
    var sent: Set<String> = []
  }

  private static let day: Int64 = 86_400_000_000
  /// How long the runs of programs with a schedule last.
  private static let longest = [
    "churn-prevention": 30 * day, "proactive-refunds": 30 * day, "product-recommendations": 7 * day,
    "win-back": 90 * day,
  ]
  /// Steps of the cart program that are named like their channel.
  private static let touches: Set<String> = ["email", "sms", "push"]
  private static let caps = [
    (program: "abandoned-cart", limit: 2, within: 7 * day),
    (program: "nudge", limit: 3, within: day / 6),
  ]

  static func violations(in store: [Event], _ names: Names) -> [String] {
    var laws = LedgerLaws(names: names)
    for event in store { laws.take(event) }
    laws.finish()
    return laws.violations
  }

  private init(names: Names) {
    self.names = names
  }

  private mutating func report(_ event: Event, _ words: String) {
    violations.append("\(event.position) \(names.name(.type, event.type) ?? "?"): \(words)")
  }

  private mutating func take(_ event: Event) {
    order(event)
    let data = event.payload.value
    let type = names.name(.type, event.type) ?? ""
    if event.kind == .input || event.kind == .outcome {
      inputs.append((event.position, event.recordedAt))
    }
    switch type {
    case EventType.programActivated: activate(data)
    case EventType.timerFired: fire(event, data)
    case EventType.batchStarted, EventType.batchSliced, EventType.batchCompleted,
      EventType.batchSkipped:
      batches.take(event, type, data)
    case EventType.decisionMade where data["batch"] != nil: batches.decide(event, data)
    case EventType.decisionMade: decide(event, data)
    case EventType.scoreRequested: waiting[event.position] = data["trigger"]?.uint64 ?? 0
    case EventType.runStarted: start(event, data)
    case EventType.runMoved: move(event, data)
    case EventType.runExited: exit(event, data)
    case EventType.deliveryRequested: request(event, data)
    case EventType.deliveryWithheld:
      answered.insert("\(event.header.cause) \(text(data, "runId")) \(text(data, "channel"))")
    case EventType.actionRequested: request(event, data)
    // A failed login is no trigger.
    case "login.attempted" where (data["outcome"]?.string ?? "success") != "success": break
    default:
      for program in triggers[type] ?? [] where active.contains(program) {
        owed.insert("\(event.position) \(program)")
      }
    }
    last = event
  }

  /// Positions, times, ids, causes.
  private mutating func order(_ event: Event) {
    if event.position != (last?.position ?? 0) + 1 { report(event, "positions are not dense") }
    if event.recordedAt < last?.recordedAt ?? .min { report(event, "ledger time goes back") }
    if !ids.insert(event.header.id).inserted { report(event, "the id was there before") }
    let cause = event.header.cause
    if cause == 0 {
      if event.header.root != event.position { report(event, "a first event is not its root") }
    } else if roots[cause] != event.header.root {
      report(event, "the root is not the cause's")
    }
    roots[event.position] = event.header.root
  }

  private mutating func activate(_ data: CBORValue) {
    let program = text(data, "program")
    active.insert(program)
    let types = [
      "abandoned-cart": "cart.abandoned", "account-takeover": "account.changed",
      "nudge": "page.viewed", "scored": "shop.visited", "remote": "site.pinged",
      "club": "club.joined", "predictive-issue-resolution": "app.error",
      "suspicious-activity": "login.attempted",
    ]
    guard let type = types[program], triggers[type]?.contains(program) != true else { return }
    triggers[type, default: []].append(program)
  }

  private mutating func fire(_ event: Event, _ data: CBORValue) {
    let due = (try? RFC3339.microseconds(parsing: text(data, "due"))) ?? .max
    if event.recordedAt < due { report(event, "early") }
    if due < firedDue { report(event, "after one that was due later") }
    firedDue = due
    for input in inputs.reversed() {
      if input.position < event.header.cause { break }
      if input.time >= due { report(event, "input \(input.position) came before, at its due time") }
    }
    guard text(data, "owner") == "run" else { return }
    let id = text(data, "runId")
    guard let slot = data["slot"]?.uint64, let timer = runs[id]?.timers.removeValue(forKey: slot)
    else {
      report(event, "of a timer that is not set")
      return
    }
    if runs[id]?.isActive != true { report(event, "of a run that is over") }
    if runs[id]?.program == "abandoned-cart", Self.touches.contains(timer.step),
      runs[id]?.sent.contains(timer.step) == false
    {
      expect(event.position, id, timer.step)
    }
  }

  private mutating func expect(_ position: UInt64, _ run: String, _ channel: String) {
    expected.append(
      ("\(position) \(run) \(channel)", "event \(position): \(channel) neither sent nor withheld"))
  }

  private mutating func decide(_ event: Event, _ data: CBORValue) {
    guard text(data, "reason") != "cascade-depth" else { return }
    if let request = data["request"]?.uint64 {
      // It waited for a score: its cause is the answer or the time-out.
      let trigger = waiting.removeValue(forKey: request)
      if trigger == nil { report(event, "nobody waited for it") }
      if trigger != data["trigger"]?.uint64 { report(event, "of another trigger") }
      return
    }
    let key = "\(event.header.cause) \(text(data, "program"))"
    if data["trigger"]?.uint64 != event.header.cause { report(event, "trigger is not the cause") }
    if owed.remove(key) == nil { report(event, "nobody asked for it") }
    let needsReason = ["rejected", "duplicate", "failed", "held-out"]
    if needsReason.contains(text(data, "outcome")), text(data, "reason").isEmpty {
      report(event, "no reason")
    }
  }

  private mutating func start(_ event: Event, _ data: CBORValue) {
    let id = text(data, "runId")
    if runs[id] != nil { report(event, "the run was there before") }
    runs[id] = Run(
      program: text(data, "program"), isHeldOut: data["heldOut"]?.bool ?? false,
      startedAt: event.recordedAt)
    arm(id, data)
  }

  private mutating func arm(_ id: String, _ data: CBORValue) {
    for timer in data["timers"]?.elements ?? [] {
      guard let slot = timer["slot"]?.uint64 else { continue }
      let armed = (step: text(timer, "step"), due: text(timer, "due"))
      runs[id]?.timers[slot] = armed
    }
  }

  private mutating func move(_ event: Event, _ data: CBORValue) {
    let id = text(data, "runId")
    guard let run = runs[id], run.isActive else {
      report(event, "of a run that is not active")
      return
    }
    if data["version"] != nil {
      // It goes over to another version, whose timers take the place of all others.
      runs[id]?.timers = [:]
    }
    guard data["to"] != nil else {
      arm(id, data)
      return
    }
    if data["dropsWaiting"]?.bool == true {
      for slot in run.timers.keys where slot >= 1 << 17 { runs[id]?.timers[slot] = nil }
    }
    for (slot, timer) in run.timers where slot < 1 << 16 {
      runs[id]?.timers[slot] = nil
      drop(event, id, timer.step)
    }
    arm(id, data)
  }

  private mutating func drop(_ event: Event, _ id: String, _ step: String) {
    guard runs[id]?.program == "abandoned-cart", Self.touches.contains(step) else { return }
    expect(event.header.cause, id, step)
  }

  private mutating func exit(_ event: Event, _ data: CBORValue) {
    let id = text(data, "runId")
    guard let run = runs[id], run.isActive else {
      report(event, "of a run that is not active")
      return
    }
    for (slot, timer) in run.timers where slot < 1 << 16 { drop(event, id, timer.step) }
    runs[id]?.timers = [:]
    runs[id]?.isActive = false
  }

  private mutating func request(_ event: Event, _ data: CBORValue) {
    let id = text(data, "runId")
    let channel = data["channel"]?.string
    let effect = text(data, channel == nil ? "actionId" : "deliveryId")
    if !effectIDs.insert(effect).inserted { report(event, "requested twice") }
    guard let run = runs[id], run.isActive else {
      report(event, "for a run that is not active")
      return
    }
    if run.isHeldOut { report(event, "to someone held out") }
    guard let channel else { return }
    runs[id]?.sent.insert(channel)
    answered.insert("\(event.header.cause) \(id) \(channel)")
    cap(event, run.program, channel)
  }

  private mutating func cap(_ event: Event, _ program: String, _ channel: String) {
    guard channel == "email", let cap = Self.caps.first(where: { $0.program == program }) else {
      return
    }
    let key = "\(event.subject) \(program)"
    let recent = (sends[key] ?? []).filter { $0 > event.recordedAt - cap.within }
    if recent.count >= cap.limit { report(event, "message \(recent.count + 1) within the cap") }
    sends[key] = recent + [event.recordedAt]
  }

  private mutating func finish() {
    for missing in owed.sorted() { violations.append("no decision for \(missing)") }
    for request in waiting.keys.sorted() {
      violations.append("the score of \(request) was never decided with")
    }
    for (key, words) in expected where !answered.contains(key) { violations.append(words) }
    violations += batches.violations
    // Schedules go on to the end, and what they have begun last is not over.
    let end = last?.recordedAt ?? 0
    for (id, run) in runs.sorted(by: { $0.key < $1.key })
    where run.isActive && run.startedAt < end - (Self.longest[run.program] ?? Self.day) {
      violations.append("run \(id) of \(run.program) never ended")
    }
  }

  private func text(_ data: CBORValue, _ name: String) -> String {
    data[name]?.string ?? ""
  }
}
