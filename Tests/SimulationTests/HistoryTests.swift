import CBOR
import Simulation
import Testing

@Suite("A shop's history")
struct HistoryTests {
  static let small = ShopConfiguration(seed: 3, customers: 40, days: 12)

  @Test(
    "The same seed gives the same events, another seed others", arguments: 0..<8 as Range<UInt64>)
  func seeds(seed: UInt64) {
    let configuration = ShopConfiguration(seed: seed, customers: 60, days: 10)
    let next = ShopConfiguration(seed: seed + 1, customers: 60, days: 10)
    let events = history(configuration)
    #expect(events.count > 500)
    #expect(digest(events) == digest(history(configuration)))
    #expect(digest(events) != digest(history(next)))
  }

  /// Pins the generator: a change of it changes every recorded history, and must be meant.
  @Test("Seed 3 gives the history that it always gave")
  func pinnedHistory() {
    #expect(digest(history(Self.small)) == 18_072_875_793_717_063_270)
  }

  @Test("Time never goes back, and the next time is always known", arguments: [false, true])
  func timeOrder(isAnswered: Bool) {
    var configuration = ShopConfiguration(seed: 9, customers: 300, days: 20)
    configuration.attackersPerThousand = 200
    var shop = Shop(configuration)
    var last = configuration.start
    var count = 0
    func check(_ event: ShopEvent) {
      #expect(event.time >= last && event.time < configuration.end)
      last = event.time
      count += 1
    }
    if isAnswered {
      var product = TestProduct()
      product.run(&shop, check)
      #expect(product.effects.count > 300)
    } else {
      while let time = shop.nextTime {
        let event = shop.next()
        #expect(event?.time == time)
        if let event { check(event) }
      }
      #expect(shop.next() == nil)
    }
    #expect(count > 15_000)
  }

  @Test("Every event keeps the limits, and its data are a map in deterministic CBOR")
  func limits() {
    var configuration = ShopConfiguration(seed: 5, customers: 200, days: 20)
    configuration.attackersPerThousand = 300
    configuration.travellingChangesPerThousand = 300
    configuration.daysBetweenAccountChanges = 15
    var shop = Shop(configuration)
    var product = TestProduct()
    var ids: Set<String> = []
    var types: Set<String> = []
    product.run(&shop) { event in
      for text in [event.subject, event.source, event.id] {
        #expect((1...256).contains(text.utf8.count))
      }
      #expect((1...128).contains(event.type.utf8.count))
      #expect(event.payload.count <= 65_536)
      #expect(event.data.entries?.isEmpty == false)
      #expect(event.data.encoded() == event.payload)
      #expect(ids.insert(event.source + " " + event.id).inserted, "an id comes once")
      types.insert(event.type)
    }
    #expect(
      types == [
        "account.changed", "account.confirmed", "action.completed", "app.error", "app.updated",
        "cart.updated", "cart.viewed", "checkout.progressed", "customer.updated",
        "delivery.bounced",
        "delivery.clicked", "delivery.delivered", "delivery.failed", "delivery.opened",
        "delivery.sent", "ip.rated", "login.attempted", "order.delivered", "order.placed",
        "page.viewed",
        "product.updated", "product.viewed", "support.contacted", "survey.answered",
        "verification.completed",
        "verification.started",
      ])
  }

  @Test("A customer does the same in a small shop as in a large one")
  func independence() {
    var few = ShopConfiguration(seed: 11, customers: 50, days: 15)
    few.attackersPerThousand = 200
    var many = few
    many.customers = 700
    // A customer's events have ids that begin with his number; products are nobody's.
    let first = history(few)
    let same = history(many).filter { $0.id.hasPrefix("P") || $0.id < "000050" }
    #expect(first == same)
  }

  @Test("Messages do not change how customers browse")
  func pairedHistories() {
    var configuration = ShopConfiguration(seed: 12, customers: 150, days: 20)
    configuration.attackersPerThousand = 0
    configuration.travellingChangesPerThousand = 0
    configuration.daysBetweenAccountChanges = 3_650
    configuration.optOutsPerTenThousandSessions = 0
    func sessions(_ event: ShopEvent) -> String? {
      guard let session = event.data["session"]?.string, session.hasPrefix("s-") else {
        return nil
      }
      return "\(event.time) \(event.type) \(session)"
    }
    var answered: [String] = []
    var shop = Shop(configuration)
    var product = TestProduct()
    product.run(&shop) { event in
      if let line = sessions(event) { answered.append(line) }
    }
    #expect(product.effects.count > 200)
    #expect(answered == history(configuration).compactMap(sessions))
  }

  @Test("Customers join first, in the first days, with all their traits")
  func joining() {
    var seen: Set<String> = []
    let configuration = ShopConfiguration(seed: 13, customers: 2_000, days: 4)
    var withoutPayment = 0
    var suspended = 0
    var optedOut = 0
    for event in history(configuration) where event.subject.hasPrefix("c-") {
      guard seen.insert(event.subject).inserted else { continue }
      let data = event.data
      #expect(event.type == "customer.updated")
      #expect(event.time < configuration.start + 3 * 86_400_000_000)
      #expect(data["email"]?.string == event.subject + "@example.com")
      #expect(data["phone"]?.string?.dropFirst(5).hasPrefix("55501") == true)
      #expect(data["timeZone"]?.string?.contains("/") == true)
      #expect(data["lifecycle"]?.string == "new")
      #expect(data["lifetimeValue"]?.int64 != nil && data["marketplace"]?.string != nil)
      if data["hasPaymentMethod"]?.bool == false { withoutPayment += 1 }
      if data["status"]?.string == "suspended" { suspended += 1 }
      if data["optedOut"]?.bool == true { optedOut += 1 }
    }
    #expect(seen.count == 2_000)
    // Four standard deviations around 5, 2 and 3 per cent of 2,000.
    #expect(abs(withoutPayment - 100) < 40 && abs(suspended - 40) < 26 && abs(optedOut - 60) < 31)
  }

  @Test("People come by day and in the evening of their own zone")
  func hoursOfTheDay() {
    let offsets: [String: Int64] = ["JP": 9, "BR": -3, "FR": 1]
    var hours: [String: [Int]] = [:]
    var marketplaces: [String: String] = [:]
    for event in history(ShopConfiguration(seed: 14, customers: 1_000, days: 20)) {
      if event.type == "customer.updated", let place = event.data["marketplace"]?.string {
        marketplaces[event.subject] = place
      }
      // The first session follows the joining, at any hour.
      guard event.type == "page.viewed", event.data["session"]?.string?.hasSuffix("-1") == false,
        let place = marketplaces[event.subject], let offset = offsets[place]
      else { continue }
      let local = event.time / 3_600_000_000 + offset
      hours[place, default: Array(repeating: 0, count: 24)][Int(local % 24)] += 1
    }
    for place in offsets.keys {
      let counts = hours[place] ?? []
      #expect(counts.count == 24)
      let night: Int = counts[2..<6].reduce(0, +)
      let evening: Int = counts[18..<22].reduce(0, +)
      #expect(3 * night < evening)
    }
  }
}
