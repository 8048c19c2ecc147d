import CBOR
import Simulation
import Testing

@Suite("Carts and messages")
struct CartTests {
  /// A shop in which nothing but carts goes on.
  static func carts(seed: UInt64, customers: Int, days: Int) -> ShopConfiguration {
    var configuration = ShopConfiguration(seed: seed, customers: customers, days: days)
    configuration.attackersPerThousand = 0
    configuration.daysBetweenAccountChanges = 3_650
    configuration.shoppingPercent = 60
    return configuration
  }

  @Test(
    "Amounts add up, and an order closes its cart for good", arguments: 20..<24 as Range<UInt64>)
  func consistentCarts(seed: UInt64) {
    var shop = Shop(Self.carts(seed: seed, customers: 150, days: 20))
    var product = TestProduct()
    var contents: [String: CBORValue] = [:]
    var ordered: Set<String> = []
    var outOfStock: Set<String> = []
    var discounted = 0
    product.run(&shop) { event in
      let data = event.data
      if event.type == "product.updated" {
        let isIn = data["inStock"]?.bool == true
        #expect(
          isIn ? outOfStock.remove(event.subject) != nil : outOfStock.insert(event.subject).inserted
        )
      }
      guard !event.isOutcome, let cart = data["cartId"]?.string else { return }
      #expect(!ordered.contains(cart))
      #expect(contents[cart] != nil || event.type == "cart.updated", "a cart begins with an item")
      guard let items = data["items"] else { return }
      let sum = items.elements!.reduce(0) { $0 + $1["price"]!.int64! }
      #expect(data["itemCount"]?.int64 == Int64(items.elements!.count) && sum > 0)
      #expect(data["currency"] == "USD")
      if event.type == "cart.updated" {
        #expect(data["cartValue"]?.int64 == sum)
        contents[cart] = items
      } else {
        ordered.insert(cart)
        #expect(items == contents[cart])
        #expect(data["subtotal"]?.int64 == sum)
        #expect(data["total"]!.int64! + data["discount"]!.int64! == sum)
        let percent = data["discountPercent"]!.int64!
        #expect(data["discount"]?.int64 == sum * percent / 100)
        #expect(data["code"]?.string == (percent > 0 ? "COMEBACK" : nil))
        if percent > 0 { discounted += 1 }
      }
    }
    #expect(ordered.count > 100 && discounted > 10)
    #expect(
      ordered.count == shop.truth.directOrders + shop.truth.conversions.count)
  }

  @Test("Within a session no pause is long enough to be taken for leaving")
  func pauses() {
    var last: [String: Int64] = [:]
    for event in history(Self.carts(seed: 30, customers: 200, days: 10)) {
      guard let session = event.data["session"]?.string else { continue }
      if let before = last[session] { #expect(event.time - before < 10 * 60_000_000) }
      last[session] = event.time
    }
    #expect(last.count > 300)
  }

  @Test("Without messages only the baseline comes back")
  func baseline() {
    var shop = Shop(Self.carts(seed: 31, customers: 3_000, days: 40))
    while shop.next() != nil {}
    let truth = shop.truth
    #expect(truth.abandonedCarts > 8_000)
    #expect(truth.conversions.count == truth.baselineOrders)
    #expect(truth.email.reached == 0 && truth.email.converted == 0)
    // 3 per cent, less those who cannot pay (7 per cent), forgot the cart or ran out of time.
    #expect(Self.isShare(truth.baselineOrders, of: truth.abandonedCarts, from: 2.2, to: 3.0))
  }

  @Test("Of the carts written about, 15, 10 and 5 in a hundred are ordered after each touch")
  func responses() {
    var configuration = Self.carts(seed: 32, customers: 3_000, days: 60)
    configuration.optedOutPercent = 0
    configuration.products = 400
    configuration.daysBetweenStockouts = 200
    var shop = Shop(configuration)
    var product = TestProduct()
    product.minimumCartValue = 1
    product.run(&shop)
    let (email, sms, push) = (shop.truth.email, shop.truth.sms, shop.truth.push)
    #expect(email.reached > 12_000)
    // Shares of all carts written about; conditional on being reached they are 10 of 85 and 5 of
    // 75. A little is lost to the end of time and to carts that were forgotten.
    #expect(Self.isShare(email.converted, of: email.reached, from: 14, to: 16))
    #expect(Self.isShare(sms.converted, of: sms.reached, from: 10, to: 12.8))
    #expect(Self.isShare(push.converted, of: push.reached, from: 5.5, to: 7.5))
    let all = email.converted + sms.converted + push.converted
    #expect(Self.isShare(all, of: email.reached, from: 26, to: 31))
  }

  @Test("A touch's orders come before the next touch")
  func responseTimes() {
    var shop = Shop(Self.carts(seed: 33, customers: 500, days: 40))
    var product = TestProduct()
    product.run(&shop)
    var sent: [String: Int64] = [:]
    for (effect, time) in product.effects { sent[effect.id] = time }
    var answered = 0
    for conversion in shop.truth.conversions where conversion.cause != .baseline {
      let touch = sent[conversion.cartId + "/" + conversion.cause.rawValue]
      #expect(touch != nil)
      #expect((0..<(11 * 3_600_000_000)).contains(conversion.time - (touch ?? 0)))
      answered += 1
    }
    #expect(answered > 200)
  }

  @Test("A larger discount moves more customers where the configuration says so")
  func lift() {
    func orders(at percent: Int64, perPoint: Int) -> Int {
      var configuration = Self.carts(seed: 34, customers: 800, days: 20)
      configuration.responsePerDiscountPoint = perPoint
      var shop = Shop(configuration)
      var written: Set<String> = []
      while let event = shop.next() {
        guard event.type == "cart.viewed", let cart = event.data["cartId"]?.string,
          written.insert(cart).inserted
        else { continue }
        // Asked a minute after the cart was seen: some are not left yet, the same in each history.
        shop.observe(
          ShopEffect(
            isDelivery: true, id: cart, program: "p", run: cart, channel: "email",
            subject: event.subject, variables: ["discount": .signed(percent)]),
          at: event.time)
      }
      return shop.truth.email.converted
    }
    let usual = orders(at: 10, perPoint: 60)
    #expect(usual > 100)
    #expect(orders(at: 20, perPoint: 60) > usual * 5 / 4)
    #expect(orders(at: 1, perPoint: 60) < usual * 3 / 4)
    #expect(orders(at: 20, perPoint: 0) == orders(at: 1, perPoint: 0))
  }

  /// Whether `part` is between two percentages of `whole`.
  static func isShare(_ part: Int, of whole: Int, from low: Double, to high: Double) -> Bool {
    let percent = 100 * Double(part) / Double(whole)
    return low <= percent && percent <= high
  }
}
