import CBOR
import Simulation
import Testing

@Suite("Reactions to effects")
struct ReactionTests {
  /// Runs a shop of one kind of customer until a cart is abandoned by silence.
  private func abandonedCart(
    _ shop: inout Shop
  ) throws -> (customer: String, cart: String, time: Int64) {
    var last: (customer: String, cart: String, time: Int64)?
    while let time = shop.nextTime {
      if let last, time - last.time > 3_600_000_000, shop.truth.abandonedCarts > 0 { return last }
      guard let event = shop.next() else { break }
      if event.type == "order.placed" {
        last = nil
      } else if let cart = event.data["cartId"] {
        last = (event.subject, try #require(cart.string), event.time)
      }
    }
    return try #require(last)
  }

  private static func shop(emailResponsePercent: Int) -> Shop {
    var configuration = ShopConfiguration(seed: 41, customers: 3, days: 30)
    configuration.baselinePercent = 0
    configuration.returnPercent = 0
    configuration.emailResponsePercent = emailResponsePercent
    configuration.smsResponsePercent = 0
    configuration.pushResponsePercent = 0
    configuration.orderPercent = 0
    configuration.shoppingPercent = 100
    configuration.withoutPaymentPercent = 0
    configuration.suspendedPercent = 0
    configuration.attackersPerThousand = 0
    configuration.daysBetweenStockouts = 3_000
    return Shop(configuration)
  }

  private static func email(_ cart: (customer: String, cart: String, time: Int64)) -> ShopEffect {
    ShopEffect(
      isDelivery: true, id: "d-1", program: "abandoned-cart", run: cart.cart, step: "email",
      channel: "email", subject: cart.customer, to: "\(cart.customer)@example.com",
      variables: ["discount": 15, "code": "WELCOME"])
  }

  @Test("An e-mail that moves its reader is sent, delivered, opened, clicked, and the cart ordered")
  func orderAfterEmail() throws {
    var shop = Self.shop(emailResponsePercent: 100)
    let cart = try abandonedCart(&shop)
    let sent = cart.time + 3_600_000_000
    shop.observe(Self.email(cart), at: sent)
    var types: [String] = []
    var order: ShopEvent?
    while order == nil, let event = shop.next() {
      #expect(event.time >= sent || !event.isOutcome)
      guard event.isOutcome || event.data["cartId"]?.string == cart.cart else { continue }
      types.append(event.type)
      if event.isOutcome {
        let data = event.data
        #expect(event.subject == cart.customer && event.source == "recount:outcome")
        #expect(data["deliveryId"] == "d-1" && data["channel"] == "email")
        #expect(data["program"] == "abandoned-cart" && data["step"] == "email")
        #expect(data["run"]?.string == cart.cart)
      }
      if event.type == "order.placed" { order = event }
    }
    #expect(
      types.prefix(5) == [
        "delivery.sent", "delivery.delivered", "delivery.opened", "delivery.clicked",
        "cart.viewed",
      ])
    #expect(types.dropFirst(5).dropLast().allSatisfy { $0 == "checkout.progressed" })
    let data = try #require(order).data
    #expect(data["discountPercent"] == 15 && data["code"] == "WELCOME")
    #expect(shop.truth.email.reached == 1 && shop.truth.email.converted == 1)
    #expect(shop.truth.conversions.map(\.cartId) == [cart.cart])
    #expect(shop.truth.conversions.first?.totalMinor == data["total"]?.int64)
  }

  @Test("Nobody orders whom no message moves, nor after the cart is ordered", arguments: [0, 100])
  func noOrder(responsePercent: Int) throws {
    var shop = Self.shop(emailResponsePercent: responsePercent)
    let cart = try abandonedCart(&shop)
    for id in 0..<40 {
      var effect = Self.email(cart)
      effect.id = "d-\(id)"
      shop.observe(effect, at: cart.time + 3_600_000_000)
    }
    while shop.next() != nil {}
    #expect(shop.truth.conversions.count == (responsePercent == 0 ? 0 : 1))
  }

  @Test("Effects for strangers and about other people's carts bring no order about")
  func strangers() throws {
    var shop = Self.shop(emailResponsePercent: 100)
    let cart = try abandonedCart(&shop)
    let plan = shop.nextTime
    for subject in ["", "c-", "c-000003", "c-99999999999", "c-1-2", "x-000000", "c-00000a"] {
      var effect = Self.email(cart)
      effect.subject = subject
      shop.observe(effect, at: cart.time)
      effect.isDelivery = false
      effect.channel = "lock_account"
      shop.observe(effect, at: cart.time)
    }
    #expect(shop.nextTime == plan)
    for run in ["", "cart-", "cart-000000", "cart-000001-999999", "cart-1-2-3", "\u{0}"] {
      var effect = Self.email(cart)
      effect.id = "d-\(run)"
      effect.run = run
      shop.observe(effect, at: cart.time)
    }
    while shop.next() != nil {}
    #expect(shop.truth.conversions.isEmpty)
  }

  @Test(
    "Variables of any shape are taken",
    arguments: [
      [:], ["discount": "12"], ["discount": 12.9], ["discount": .double(.nan)], ["discount": -5],
      ["discount": .unsigned(.max)], ["discount": ["a"]], ["discount": .null], [1, 2], .null,
      "text",
      ["discount": 500, "code": 7, "method": 3],
    ] as [CBORValue])
  func anyVariables(variables: CBORValue) throws {
    var shop = Self.shop(emailResponsePercent: 100)
    let cart = try abandonedCart(&shop)
    var effect = Self.email(cart)
    effect.variables = variables
    shop.observe(effect, at: cart.time + 3_600_000_000)
    var percent: Int64?
    while percent == nil, let event = shop.next() {
      if event.type == "order.placed" { percent = event.data["discountPercent"]?.int64 }
    }
    let expected: Int64 =
      switch variables["discount"] {
      case "12", 12.9: 12
      case 500: 90
      default: 0
      }
    #expect(percent == expected)
  }

  @Test("`delivery.sent` is left out where the sender reports it")
  func sentElsewhere() throws {
    var configuration = Self.shop(emailResponsePercent: 100).configuration
    configuration.reportsSent = false
    var shop = Shop(configuration)
    let cart = try abandonedCart(&shop)
    shop.observe(Self.email(cart), at: cart.time)
    var outcomes: [String] = []
    while let event = shop.next() { if event.isOutcome { outcomes.append(event.type) } }
    #expect(outcomes == ["delivery.delivered", "delivery.opened", "delivery.clicked"])
  }
}
