import CBOR
import CivilTime
package import Engine
package import Ledger
package import Programs

/// What each program did and what came of it, as counters by UTC day of ledger time: a fold over
/// decisions, effects and outcomes.
///
/// The words of a counter, `…` being a name from the event:
/// - `triggered`; `outcomes …`; `rejected FILTER`; `segments SEGMENT outcomes …`
/// - `expected`: of decisions about runs with a holdout; the amount is the sum of its share, in
///   basis points
/// - `runs started`, `runs exited EXIT`
/// - `converted STEP CHANNEL` of the last touch within the program's window, and for the others
///   `unattributed REASON` (`held-out`, `before-any` touch, `after-window`); the amount is the
///   revenue
/// - `arms EXPERIMENT VARIANT started` and `… converted` with the revenue; the holdout is an
///   experiment with the variants `treated` and `holdout`; `segments SEGMENT started`,
///   `… converted` and `… exited EXIT`
/// - `deliveries STEP CHANNEL requested`, `… withheld REASON`, `… sent` and the other outcomes; `…
///   cost`, whose amount are thousandths of a minor unit that providers reported
/// - `touches EXPERIMENT VARIANT STEP CHANNEL`, followed by what follows in `deliveries` or by
///   `converted`: of runs with variants, but for the holdout's
/// - `actions ACTION`
///
/// Items of batches that were screened out count as `triggered` too, those that passed and were not
/// chosen with the outcome `unchosen`; whoever is outside of the population does not count.
package final class Metrics: Projection {
  enum Role {
    case decision
    case slice
    case batchCompleted
    case runStarted
    case runExited
    case delivery
    case withheld
    case action
    case outcome(String)
  }

  package let name = "metrics"
  package let version = "4"
  private let keys = EntityTable(name: "metrics.keys")
  private let counters = Table<CounterRow>(name: "metrics")
  private var roles: RoleMap<Role>
  private let deliveries = EffectSteps()
  private let touches: Touches

  /// - Parameter attribution: What the program of a version says about touches; nil: it is not
  ///   known.
  package init(
    names: Names, attribution: @escaping (_ version: String) -> Program.Attribution?
  ) {
    touches = Touches(attribution: attribution)
    roles = RoleMap(names: names) { Self.role(of: $0) }
  }

  package var tables: [any StoredTable] {
    [keys, counters, deliveries.ids, deliveries.steps, touches.ids, touches.rows]
  }

  private static func role(of type: String) -> Role? {
    switch type {
    case EventType.decisionMade: .decision
    case EventType.batchSliced: .slice
    case EventType.batchCompleted: .batchCompleted
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
    touches.reset()
  }

  package func project(_ event: Event, subject: UInt32) {
    guard let role = roles.role(ofType: event.type) else { return }
    let data = event.payload
    let program = data.text(Field.program)
    let day = CivilTime.floorDivide(
      event.recordedAt, CivilTime.secondsPerDay * CivilTime.microsecondsPerSecond)
    func add(_ words: [String], amount: Int64 = 0) {
      self.add(program, day, words, amount)
    }
    func addMany(_ words: [String], _ count: UInt64) {
      if count > 0 { self.add(program, day, words, 0, count: count) }
    }
    switch role {
    case .decision: decide(data, add)
    case .slice: Self.screen(data, addMany)
    case .batchCompleted:
      let unchosen = data.view(forKey: "unchosen")?.uint64 ?? 0
      addMany(["triggered"], unchosen)
      addMany(["outcomes", "unchosen"], unchosen)
    case .runStarted:
      add(["runs", "started"])
      touches.begin(data)
      for arm in Self.arms(data) { add(["arms", arm.experiment, arm.variant, "started"]) }
      if let segment = data.segment { add(["segments", segment, "started"]) }
    case .runExited: exit(data, at: event.recordedAt, add)
    case .delivery:
      let (run, variants) = touches.request(data)
      let step = EffectSteps.Step(
        program: program, step: data.text(Field.step), channel: data.text(Field.channel), run: run,
        variants: variants)
      count(step, ["requested"], day)
      deliveries.remember(event, step, data)
    case .withheld:
      let step = EffectSteps.Step(
        program: program, step: data.text(Field.step), channel: data.text(Field.channel), run: 0,
        variants: touches.row(data)?.variants ?? [])
      count(step, ["withheld", data.text(Field.reason)], day)
    case .action: add(["actions", data.text(Field.action)])
    case .outcome(let word):
      guard let known = deliveries.step(of: event, data) else { return }
      count(known, [word], day)
      touches.note(word, known, at: event.recordedAt)
      if let cost = data.view(forKey: Field.cost).flatMap({ $0.thousandths }) {
        count(known, ["cost"], day, amount: cost)
      }
    }
  }

  /// Counts what became of a message: for its step and channel, and for these of each variant.
  private func count(
    _ step: EffectSteps.Step, _ words: [String], _ day: Int64, amount: Int64 = 0
  ) {
    let place = [step.step, step.channel] + words
    add(step.program, day, ["deliveries"] + place, amount)
    Self.forEachVariant(step.variants) { variant in
      add(step.program, day, ["touches"] + variant + place, amount)
    }
  }

  /// Calls `body` for each entry of a map of variants; no bytes, no entries.
  private static func forEachVariant(_ variants: [UInt8], _ body: (_ words: [String]) -> Void) {
    guard variants.count > 1 else { return }
    CBORView(storage: variants).forEachEntry { experiment, variant in
      body([experiment.string ?? "", variant.string ?? ""])
    }
  }

  private typealias Add = (_ words: [String], _ amount: Int64) -> Void

  private func decide(_ data: CBORView, _ add: Add) {
    let outcome = data.text(Field.outcome)
    add(["triggered"], 0)
    add(["outcomes", outcome], 0)
    if outcome == "rejected" { add(["rejected", data.text(Field.reason)], 0) }
    if let segment = data.segment { add(["segments", segment, "outcomes", outcome], 0) }
    if let share = Self.holdoutShare(data) { add(["expected"], share) }
  }

  /// Counts the items that a slice has screened out; those that passed are decided in full.
  private static func screen(_ data: CBORView, _ add: (_ words: [String], _ count: UInt64) -> Void)
  {
    data.view(forKey: Field.counts)?.forEachEntry { word, count in
      let outcome = word.string ?? ""
      guard outcome != "passed", outcome != "outside", let count = count.uint64 else { return }
      add(["triggered"], count)
      add(["outcomes", outcome], count)
    }
    data.view(forKey: Field.rejected)?.forEachEntry { filter, count in
      add(["rejected", filter.string ?? ""], count.uint64 ?? 0)
    }
  }

  private func exit(_ data: CBORView, at moment: Int64, _ add: Add) {
    defer { touches.end(data) }
    let exit = data.text(Field.exit)
    add(["runs", "exited", exit], 0)
    if let segment = data.segment { add(["segments", segment, "exited", exit], 0) }
    guard let revenue = data.view(forKey: Field.revenue)?.int64 else { return }
    attribute(revenue, data, at: moment, add)
    for arm in Self.arms(data) { add(["arms", arm.experiment, arm.variant, "converted"], revenue) }
    if let segment = data.segment { add(["segments", segment, "converted"], revenue) }
  }

  /// Counts a conversion for its last touch, or says why for none.
  private func attribute(_ revenue: Int64, _ data: CBORView, at moment: Int64, _ add: Add) {
    let row = touches.row(data)
    if let row, row.counts(at: moment) {
      let place = [row.step, row.channel]
      add(["converted"] + place, revenue)
      Self.forEachVariant(row.variants) { add(["touches"] + $0 + place + ["converted"], revenue) }
      return
    }
    let isHeldOut = data.view(forKey: Field.heldOut)?.bool ?? false
    let hasTouch = row.map { !$0.step.isEmpty } ?? false
    let reason = isHeldOut ? "held-out" : hasTouch ? "after-window" : "before-any"
    add(["unattributed", reason], revenue)
  }

  /// The variants of a run: of the holdout, then of the experiments.
  private static func arms(_ data: CBORView) -> [(experiment: String, variant: String)] {
    let isHeldOut = data.view(forKey: Field.heldOut)?.bool ?? false
    var arms = [(experiment: "holdout", variant: isHeldOut ? "holdout" : "treated")]
    data.view(forKey: Field.variants)?.forEachEntry { experiment, variant in
      arms.append((experiment.string ?? "", variant.string ?? ""))
    }
    return arms
  }

  /// The share that is held out, in basis points, as the decision's propensity tells it.
  private static func holdoutShare(_ data: CBORView) -> Int64? {
    guard let variant = data.view(forKey: Field.variant),
      let propensity = data.view(forKey: Field.propensity)
    else { return nil }
    let name = variant.string ?? variant.view(forKey: "holdout")?.string
    let share = propensity.double ?? propensity.view(forKey: "holdout")?.double
    guard let name, let share else { return nil }
    switch name {
    case "holdout": return Int64((share * 10_000).rounded(.toNearestOrEven))
    case "treated": return Int64(((1 - share) * 10_000).rounded(.toNearestOrEven))
    default: return nil
    }
  }

  private func add(
    _ program: String, _ day: Int64, _ words: [String], _ amount: Int64, count: UInt64 = 1
  ) {
    let key = CounterKey.bytes(program: program, day: day, words: words)
    counters.update(keys.intern(key), orInsert: CounterRow()) { row in
      row.count += count
      row.amount &+= amount
    }
  }

  /// Calls `body` for every counter, in the order in which they first counted.
  package func forEach(_ body: (CounterKey, CounterRow) -> Void) {
    counters.forEach { number, row in body(CounterKey(keys.bytes(of: number)), row) }
  }
}

extension CBORView {
  /// The segment that a decision or run belongs to; nil: none.
  fileprivate var segment: String? {
    guard let name = view(forKey: Field.segment)?.string, !name.isEmpty else { return nil }
    return name
  }

  /// A number of minor units as thousandths; nil where it is none, or too large.
  fileprivate var thousandths: Int64? {
    if let whole = int64 {
      let (product, isTooLarge) = whole.multipliedReportingOverflow(by: 1_000)
      return isTooLarge ? nil : product
    }
    guard let number = double, number.magnitude < 1e12 else { return nil }
    return Int64((number * 1_000).rounded(.toNearestOrEven))
  }
}
