import CBOR
import Engine
import Programs
import ShippedPrograms
import Simulation

/// One thing that is done to a store.
enum Step {
  case turn([Input], TurnClock)
  case advance(to: Int64)
  /// Reports something of the n-th effect, modulo how many there are.
  case answer(Int, type: String, id: String, at: Int64)
  case activate(Program, inFlight: String)
  case register(ModelBody)
  /// Does the next slice of the batches that are running, under the machine's clock.
  case slice(now: Int64)
  /// Answers the n-th request to a scorer, modulo how many there are; nil: with an error.
  case answerScore(Int, score: Double?, id: String, at: Int64)
}

/// Histories that nobody would think of: few customers who do everything at once, late events,
/// duplicates and conflicts, exact ends of windows, new versions of programs in mid-run.
struct RandomHistory {
  private(set) var steps: [Step] = []
  /// The programs that are active from the start.
  private(set) var programs: [Program] = []
  let isWallClock: Bool
  private var random: SplitMix64
  private var now: Int64 = 1_709_546_400_000_000
  private var count = 0
  /// Whether the shipped programs over populations take part: in some histories, for their nights
  /// are long.
  private let hasPopulations: Bool
  private static let nightly: Set<String> = [
    "churn-prevention", "proactive-refunds", "product-recommendations", "win-back",
  ]
  private var sent: [Input] = []

  private static let minute: Int64 = 60_000_000
  private static let gaps: [Int64] = [
    0, 0, 0, 1, 1_000_000, minute, 5 * minute, 10 * minute, 29 * minute, 30 * minute,
    30 * minute + 1, 60 * minute, 61 * minute, 3 * 60 * minute, 23 * 60 * minute,
    48 * 60 * minute,
  ]

  init(seed: UInt64, steps stepCount: Int, wallClock: Bool = false) throws {
    random = SplitMix64(seed: seed)
    isWallClock = wallClock
    hasPopulations = seed % 4 == 3
    for id in ShippedPrograms.ids where hasPopulations || !Self.nightly.contains(id) {
      guard let body = ShippedPrograms.body(id) else { continue }
      let holdout = ProgramOverride(path: "holdout", value: id == "abandoned-cart" ? "30" : "0")
      programs.append(try Program(body: body, folder: id, overrides: [holdout]))
    }
    programs.append(try NudgeProgram.program())
    programs.append(try ScoredProgram.program())
    programs.append(try BatchPrograms.program(BatchPrograms.sweep))
    programs.append(try BatchPrograms.program(BatchPrograms.flash))
    programs.append(try RemoteProgram.program())
    programs.append(try ClubProgram.program())
    for customer in 0..<4 { steps.append(turn([join(customer)])) }
    for _ in 0..<stepCount { steps.append(try step()) }
    // What silence starts must have its own forty days.
    now += 24 * 60 * Self.minute
    steps.append(wallClock ? turn([]) : .advance(to: now))
    now += 40 * 24 * 60 * Self.minute
    steps.append(wallClock ? turn([]) : .advance(to: now))
    guard wallClock else { return }
    for _ in 0..<24 { steps.append(.slice(now: now)) }
    // What silence has brought about in that late turn ends in another.
    now += 40 * 24 * 60 * Self.minute
    steps.append(turn([]))
    for _ in 0..<24 { steps.append(.slice(now: now)) }
  }

  private mutating func turn(_ inputs: [Input]) -> Step {
    .turn(inputs, isWallClock ? .wall(now: now) : .event)
  }

  private mutating func step() throws -> Step {
    pass()
    switch random.below(20) {
    case 0 where !isWallClock: return .advance(to: now)
    case let kind where isWallClock && (kind == 0 || 4...7 ~= kind): return .slice(now: now)
    case 1, 2:
      count += 1
      let types = [
        "delivery.sent", "delivery.delivered", "delivery.opened", "delivery.clicked",
        "delivery.failed", "action.completed", "delivery.bounced", "delivery.complained",
      ]
      return .answer(
        random.below(1_000), type: types[random.below(types.count)], id: "o\(count)", at: now)
    case 3 where random.chance(1, of: 3):
      return .activate(
        try NudgeProgram.program([
          ProgramOverride(path: "params.limit", value: "\(2 + random.below(5))")
        ]), inFlight: ["pin", "migrate", "exit"][random.below(3)])
    case 5 where random.chance(1, of: 2):
      count += 1
      return .answerScore(
        random.below(1_000), score: random.chance(1, of: 3) ? nil : Double(random.below(10)) / 10,
        id: "s\(count)", at: now)
    case 4 where random.chance(1, of: 4):
      let choice = random.below(9)
      // Now and then one of items, which takes in all history.
      return .register(
        choice < 2
          ? try ScoredProgram.items(id: "goods", where: "product != \"\" || \(choice) == 1")
          : try ScoredProgram.newest(points: 1 + choice))
    case 5 where random.chance(1, of: 6):
      return .activate(
        try ClubProgram.program([
          ProgramOverride(path: "filters.rest.cooldown.per", value: "\(1 + random.below(5))h")
        ]), inFlight: ["pin", "migrate", "exit"][random.below(3)])
    case 8 where random.chance(1, of: 4):
      // Another version of a program whose batch may be in the middle.
      let limit = ProgramOverride(path: "population.limit", value: "\(1 + random.below(4))")
      return .activate(
        random.chance(2, of: 3)
          ? try BatchPrograms.program(BatchPrograms.sweep, [limit])
          : try BatchPrograms.program(
            BatchPrograms.flash,
            [ProgramOverride(path: "dedupe.within", value: "\(10 + random.below(40))m")]),
        inFlight: ["pin", "migrate", "exit"][random.below(3)])
    case 6 where random.chance(1, of: 2):
      // An error that keeps coming.
      let customer = random.below(3)
      let errors = (0...random.below(4)).map { _ in appError(customer) }
      let isAnswered = random.chance(2, of: 3)
      return turn(isAnswered ? errors + (0..<2).map { _ in issueAnswer(customer) } : errors)
    case 7 where random.chance(1, of: 2):
      // A password mistyped at home, maybe.
      let customer = random.below(3)
      return turn((0...random.below(2)).map { _ in login(customer) })
    default:
      let size = 1 + random.below(4)
      return turn(
        (0..<size).map { _ in
          if random.chance(1, of: 2), !isWallClock { pass() }
          return input()
        })
    }
  }

  private mutating func pass() {
    now += Self.gaps[random.below(Self.gaps.count)]
    // A wall clock may be set back.
    if isWallClock && random.chance(1, of: 30) { now -= 3 * Self.minute }
  }

  private mutating func input() -> Input {
    if let old = sent.last, random.chance(1, of: 12) {
      var again = random.chance(1, of: 2) ? old : sent[random.below(sent.count)]
      if random.chance(1, of: 3) { again.payload = CBORValue.object([("x", 1)]).encoded() }
      return again
    }
    let input = fresh()
    sent.append(input)
    return input
  }

  private mutating func fresh() -> Input {
    let customer = random.below(5)
    if hasPopulations, random.chance(1, of: 6) { return populationInput(customer) }
    let cart: CBORValue = .text("k\(customer)-\(random.below(3))")
    let page: CBORValue = .text("p\(random.below(3))")
    switch random.below(38) {
    case 0: return join(customer)
    case 20, 21: return event("club.joined", customer, ["club": page])
    case 22: return event("club.pinged", customer, [:])
    case 23 where random.chance(1, of: 2): return event("club.left", customer, ["club": page])
    case 24 where random.chance(1, of: 2): return consent(customer)
    case 1: return event("customer.updated", customer, ["optedOut": .bool(random.chance(1, of: 3))])
    case 26, 27: return appError(customer)
    case 28, 29: return login(customer)
    case 30: return answer(customer)
    case 31, 32: return issueAnswer(random.below(3))
    case 2, 3: return event("cart.updated", customer, self.cart(cart))
    case 5: return event("cart.viewed", customer, ["cartId": cart])
    case 6, 34: return event("cart.abandoned", customer, self.cart(cart))
    case 7, 4, 35: return event("order.placed", customer, ["cartId": cart, "total": 9_000])
    case 8:
      return event(
        "product.updated", nil,
        ["productId": .text("P\(random.below(2))"), "inStock": .bool(random.chance(2, of: 3))])
    case 9: return login(customer)
    case 10, 11, 12: return change(customer)
    case 13: return event("verification.started", customer, ["method": "sms_code"])
    case 14, 33:
      return event(
        "verification.completed", customer,
        [
          "method": .text(random.chance(1, of: 2) ? "sms_code" : "photo_id"),
          "outcome": .text(random.chance(1, of: 2) ? "passed" : "denied"),
        ])
    case 19: return event("account.confirmed", customer, [:])
    case 25:
      if random.chance(1, of: 3) {
        return event("product.viewed", customer, ["product": product()])
      }
      if random.chance(1, of: 3) {
        return event(
          "site.pinged", customer, ["site": page, "load": .double(Double(random.below(9)) / 4)])
      }
      let member: CBORValue = random.chance(1, of: 2) ? .text("gold") : .null
      return event(
        "shop.visited", customer,
        ["product": product(), "seconds": .double(Double(random.below(9)) / 2), "member": member])
    case 15: return event("page.pinged", customer, ["page": page])
    case 16: return event("page.left", customer, ["page": page])
    default:
      return event(
        "page.viewed", customer,
        ["page": page, "seconds": .signed(Int64(random.below(90))), "nick": .text("n\(count)")])
    }
  }

  private mutating func product() -> CBORValue { .text("P\(random.below(6))") }

  private mutating func join(_ customer: Int) -> Input {
    event(
      "customer.updated", customer,
      [
        "status": .text(random.chance(9, of: 10) ? "active" : "suspended"),
        "hasPaymentMethod": .bool(random.chance(9, of: 10)), "optedOut": false,
        "email": .text("c\(customer)@example.com"),
        "phone": random.chance(1, of: 8) ? .null : .text("+1555010\(customer)"),
        "pushToken": .text("t\(customer)"),
        "timeZone": .text(["Europe/Berlin", "Asia/Tokyo", "", "Nowhere"][random.below(4)]),
        "lifetimeValue": .signed(random.chance(3, of: 4) ? 40_000 : 900),
        "engagement": .double(random.chance(3, of: 4) ? 0.8 : 0.3),
        "marketplace": .text(["", "DE", "JP", "BR", ""][customer % 5]),
      ])
  }

  private mutating func consent(_ customer: Int) -> Input {
    if random.chance(1, of: 4) {
      return event(
        "suppression.lifted", customer,
        ["channel": "email", "address": .text("C\(customer)@example.com")])
    }
    var data: [(String, CBORValue)] = [
      ("topic", "news"), ("optedIn", .bool(random.chance(1, of: 2))),
    ]
    if random.chance(1, of: 2) {
      data.append(("channel", random.chance(1, of: 2) ? "email" : "sms"))
    }
    return event("consent.changed", customer, .object(data))
  }

  private mutating func cart(_ key: CBORValue) -> CBORValue {
    let items = (0..<random.below(4)).map { item -> CBORValue in
      ["id": .text("P\(item)"), "name": "Thing", "price": 4_000, "category": "Home"]
    }
    return [
      "cartId": key, "cartValue": .signed(Int64(random.below(4)) * 4_000),
      "itemCount": .signed(Int64(items.count)), "items": .array(items),
    ]
  }

  private mutating func place() -> CBORValue {
    random.chance(1, of: 2)
      ? ["country": "US", "city": "New York", "lat": 40.7, "lon": -74.0]
      : ["country": "RU", "city": "Moscow", "lat": 55.7, "lon": 37.6]
  }

  private mutating func login(_ customer: Int) -> Input {
    event(
      "login.attempted", customer,
      [
        "attemptId": .text("l\(count)"), "deviceFingerprint": .text("d\(random.below(3))"),
        "ip": "198.51.100.7", "location": place(),
        "outcome": .text(random.chance(4, of: 5) ? "success" : "failure"),
      ])
  }

  /// What a customer, or the security team, says about a login.
  private mutating func answer(_ customer: Int) -> Input {
    switch random.below(4) {
    case 0: event("login.denied", customer, [:])
    case 1:
      event(
        "login.reviewed", customer, ["verdict": random.chance(1, of: 2) ? "fraud" : "legitimate"])
    default:
      event("login.confirmed", customer, ["twoFactor": random.chance(1, of: 2) ? "passed" : "none"])
    }
  }

  private mutating func appError(_ customer: Int) -> Input {
    event(
      "app.error", customer,
      [
        "errorType": random.chance(2, of: 3) ? "crash" : "timeout", "severity": "critical",
        "appVersion": .text("2.\(random.below(2))"), "deviceType": "mobile",
      ])
  }

  /// What the programs over populations look at.
  private mutating func populationInput(_ customer: Int) -> Input {
    let order: CBORValue = .text("o\(customer)-\(random.below(4))")
    switch random.below(8) {
    case 0, 1:
      return event(
        "order.delivered", customer,
        [
          "orderId": order, "promisedAt": "2024-03-01T00:00:00Z",
          "deliveredAt": .text("2024-03-0\(1 + random.below(8))T00:00:00Z"),
          "value": .signed(Int64(1 + random.below(40)) * 1_000),
          "condition": random.chance(1, of: 2) ? "damaged" : "good",
        ])
    case 2:
      return event(
        "survey.answered", customer,
        ["orderId": order, "satisfied": .bool(random.chance(3, of: 4))])
    case 3:
      return event(
        "subscription.cancelled", customer,
        ["reason": random.chance(2, of: 3) ? "price" : "moved"])
    default:
      return event(
        "product.viewed", customer,
        ["productId": .text("P\(random.below(2))"), "seconds": 200])
    }
  }

  /// What becomes of an error.
  private mutating func issueAnswer(_ customer: Int) -> Input {
    let ticket: CBORValue = ["ticketId": .text("t\(random.below(2))")]
    switch random.below(6) {
    case 0: return event("app.updated", customer, ["appVersion": .text("2.\(random.below(2))")])
    case 1, 3: return event("issue.resolved", customer, ["errorType": "crash"])
    case 2: return event("ticket.opened", customer, ticket)
    case 4: return event("ticket.closed", customer, ticket)
    default: return event("callback.requested", customer, [:])
    }
  }

  private mutating func change(_ customer: Int) -> Input {
    let fields = ["password", "email", "recovery_phone", "payment_method"]
    func one(_ id: String) -> CBORValue {
      let field = fields[random.below(fields.count)]
      return [
        "changeId": .text(id), "field": .text(field),
        "action": field == "payment_method" ? "added" : "changed", "new": .text("new-\(id)"),
      ]
    }
    let id = "ch\(random.chance(1, of: 6) ? random.below(max(count, 1)) : count)"
    var data: [(String, CBORValue)] = [
      ("deviceFingerprint", .text("d\(random.below(5))")), ("ip", "203.0.113.9"),
      ("location", place()), ("ipReputation", .double(Double(random.below(10)) / 10)),
    ]
    if random.chance(1, of: 3) {
      data.append(("changes", .array((0...random.below(3)).map { one("\(id)-\($0)") })))
    } else if case .map(let change) = one(id) {
      data += change.entries.map { ($0.key.string ?? "", $0.value) }
    }
    return event("account.changed", customer, .object(data))
  }

  private mutating func event(_ type: String, _ customer: Int?, _ data: CBORValue) -> Input {
    count += 1
    var time: Int64? = now
    // But the first: it is what gives an empty ledger its time.
    if random.chance(1, of: 15), count > 1 { time = nil }
    // Late: it occurred up to two hours ago.
    if random.chance(1, of: 10) { time = now - Int64(random.below(7_200)) * 1_000_000 }
    return Input(
      type: type, subject: Array((customer.map { "c\($0)" } ?? "stock").utf8),
      source: Array("//test".utf8), externalID: Array("e\(count)".utf8), occurredAt: time,
      payload: data.encoded())
  }
}
