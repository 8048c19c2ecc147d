import CBOR
import Simulation

/// A product of a few lines that stands in for the real one: it writes about silent carts and
/// locks accounts on bursts of changes. It knows only what events tell.
struct TestProduct {
  private struct Run {
    var customer: String
    var value: Int64
    var step = 0
    var isWatching = true
    var due: Int64
  }

  private struct Burst {
    var first: Int64
    var count = 0
    var isLocked = false
  }

  private static let minute: Int64 = 60_000_000
  /// Silence, then from it to each touch, then between the touches; in minutes.
  private static let delays: [Int64] = [30, 60, 24 * 60, 72 * 60, 23 * 60, 48 * 60]
  private static let channels = ["email", "sms", "push"]

  var minimumCartValue: Int64 = 5_000
  /// Effects requested so far.
  private(set) var effects: [(effect: ShopEffect, time: Int64)] = []
  private var pending: [(effect: ShopEffect, time: Int64)] = []
  private var runs: [String: Run] = [:]
  private var queues: [ArraySlice<(key: String, time: Int64)>] = Array(repeating: [], count: 6)
  private var ordered: Set<String> = []
  private var optedOut: Set<String> = []
  private var contacts: [String: (email: String, phone: String)] = [:]
  private var bursts: [String: Burst] = [:]
  private var devices: [String: Int64] = [:]
  private var unpayable: Set<String> = []

  /// Runs `shop` to its end and hands every event to `body`.
  mutating func run(_ shop: inout Shop, _ body: (ShopEvent) -> Void = { _ in }) {
    while true {
      let timer = nextTimer
      let next = shop.nextTime
      if let timer, next == nil || timer.time <= next! {
        guard timer.time < shop.configuration.end else { break }
        fire(timer.key, at: timer.time)
      } else if let event = shop.next() {
        body(event)
        take(event)
      } else {
        break
      }
      for (effect, time) in pending { shop.observe(effect, at: time) }
      effects += pending
      pending = []
    }
  }

  /// The earliest timer that still holds. Each delay has a queue of its own, which is in order of
  /// time because all its timers wait equally long.
  private var nextTimer: (key: String, time: Int64)? {
    mutating get {
      var earliest: (key: String, time: Int64)?
      for delay in queues.indices {
        while let timer = queues[delay].first, runs[timer.key]?.due != timer.time {
          queues[delay].removeFirst()
        }
        if let timer = queues[delay].first, timer.time < earliest?.time ?? .max {
          earliest = timer
        }
      }
      return earliest
    }
  }

  /// Sets the run's timer anew.
  private mutating func wait(_ delay: Int, _ key: String, from time: Int64) {
    let due = time + Self.delays[delay] * Self.minute
    runs[key]!.due = due
    queues[delay].append((key, due))
  }

  private mutating func take(_ event: ShopEvent) {
    let data = event.data
    switch event.type {
    case "customer.updated": update(event.subject, data)
    case "cart.updated", "cart.viewed", "checkout.progressed":
      let key = data["cartId"]!.string!
      guard !ordered.contains(key) else { return }
      var run = runs[key] ?? Run(customer: event.subject, value: 0, due: 0)
      run.value = data["cartValue"]?.int64 ?? run.value
      run.isWatching = true
      runs[key] = run
      wait(0, key, from: event.time)
    case "order.placed":
      ordered.insert(data["cartId"]!.string!)
      runs[data["cartId"]!.string!] = nil
    case "login.attempted":
      let device = event.subject + data["deviceFingerprint"]!.string!
      if devices[device] == nil { devices[device] = event.time }
    case "account.changed": change(event, data)
    case "verification.completed" where data["outcome"]?.string == "passed":
      act("unlock_account", event.subject, event.time)
      bursts[event.subject] = nil
    case "account.confirmed":
      act("unlock_account", event.subject, event.time)
      bursts[event.subject] = nil
    default: break
    }
  }

  private mutating func update(_ customer: String, _ data: CBORValue) {
    if data["optedOut"]?.bool == true { optedOut.insert(customer) }
    if data["hasPaymentMethod"]?.bool == false || data["status"]?.string == "suspended" {
      unpayable.insert(customer)
    }
    let held = contacts[customer] ?? ("", "")
    contacts[customer] = (data["email"]?.string ?? held.0, data["phone"]?.string ?? held.1)
  }

  /// The silence of a cart, or a touch that is due.
  private mutating func fire(_ key: String, at time: Int64) {
    guard var run = runs[key] else { return }
    if run.isWatching {
      let isEligible =
        run.value >= minimumCartValue && run.step < 3
        && !unpayable.contains(run.customer) && !optedOut.contains(run.customer)
      run.isWatching = false
      run.due = .max
      runs[key] = run
      if isEligible { wait(1 + run.step, key, from: time) }
      return
    }
    let channel = Self.channels[run.step]
    request(
      ShopEffect(
        isDelivery: true, id: "\(key)/\(channel)", program: "abandoned-cart", run: key,
        step: channel, channel: channel, subject: run.customer,
        to: channel == "email" ? contacts[run.customer]!.email : "",
        variables: ["discount": 10, "code": "COMEBACK"]), time)
    run.step += 1
    run.due = .max
    runs[key] = run
    if run.step < 3 { wait(3 + run.step, key, from: time) }
  }

  private mutating func change(_ event: ShopEvent, _ data: CBORValue) {
    let customer = event.subject
    let device = customer + data["deviceFingerprint"]!.string!
    guard event.time - (devices[device] ?? event.time) < 60 * Self.minute else { return }
    var burst = bursts[customer] ?? Burst(first: event.time)
    if event.time - burst.first > 10 * Self.minute { burst = Burst(first: event.time) }
    let held = contacts[customer]!
    burst.count += data["changes"]?.elements?.count ?? 1
    if burst.count >= 2, !burst.isLocked {
      burst.isLocked = true
      act("lock_account", customer, event.time)
      act("revert_changes", customer, event.time)
      for (channel, to) in [("email", held.email), ("sms", held.phone)] {
        request(
          ShopEffect(
            isDelivery: true, id: "\(event.id)/\(channel)", program: "account-takeover",
            run: customer, channel: channel, subject: customer, to: to), event.time)
      }
    }
    bursts[customer] = burst
  }

  private mutating func act(_ action: String, _ customer: String, _ time: Int64) {
    request(
      ShopEffect(
        isDelivery: false, id: "\(customer)/\(action)/\(time)", program: "account-takeover",
        run: customer, channel: action, subject: customer), time)
  }

  private mutating func request(_ effect: ShopEffect, _ time: Int64) {
    pending.append((effect, time))
  }
}
