import CBOR
import Engine
import Testing

/// Cart runs against logs derived by hand from the description of the program.
@Suite("Golden cart runs")
struct CartGoldenTests {
  @Test("An abandoned cart is written about at 1 h, 24 h and 72 h and expires after 7 days")
  func touches() throws {
    let history = try TestHistory()
    try history.join("03-04 09:00", "alice")
    try history.cart("03-04 10:00", "alice", "k1")
    try history.advance("2024-03-20 00:00:00")
    try Golden.check("cart-touches", history.transcript())
  }

  @Test("An order in mid-wait ends the run at once, and closes the cart for good")
  func order() throws {
    let history = try TestHistory()
    try history.join("03-04 09:00", "alice")
    try history.cart("03-04 10:00", "alice", "k1")
    try history.order("03-04 20:00", "alice", "k1")
    try history.view("03-05 09:00", "alice", "k1")
    try history.abandon("03-05 10:00", "alice", "k1")
    try history.cart("03-12 10:00", "alice", "k1")
    try history.abandon("03-12 11:00", "alice", "k1")
    // A second cart is ordered before anybody could call it abandoned.
    try history.cart("03-13 10:00", "alice", "k2")
    try history.order("03-13 10:10", "alice", "k2")
    try history.cart("03-13 10:20", "alice", "k2")
    try history.advance("2024-04-20 00:00:00")
    try Golden.check("cart-order", history.transcript())
  }

  @Test("After a return and a second abandonment only the touches not yet sent are planned")
  func returning() throws {
    let history = try TestHistory()
    try history.join("03-04 09:00", "alice")
    try history.cart("03-04 10:00", "alice", "k1")
    try history.view("03-04 15:00", "alice", "k1")
    try history.stock("03-05 12:00", "P1", false)
    // The SMS is due at 15:30 and withheld; the product is back before the push message.
    try history.stock("03-06 12:00", "P1", true)
    try history.advance("2024-03-20 00:00:00")
    try Golden.check("cart-return", history.transcript())
  }

  @Test("At most two recovery e-mails in seven days, asked at the trigger and when one is due")
  func cap() throws {
    let history = try TestHistory()
    try history.join("03-04 09:00", "bob")
    try history.cart("03-04 10:00", "bob", "k1")
    try history.cart("03-04 10:10", "bob", "k2")
    try history.cart("03-04 10:20", "bob", "k3")
    try history.advance("2024-03-04 12:00:00")
    for (minute, key) in [("12:01", "k1"), ("12:02", "k2"), ("12:03", "k3")] {
      try history.order("03-04 " + minute, "bob", key)
    }
    // The first e-mail went out on 03-04 at 11:30 and counts in (t - 7 days, t].
    try history.abandon("03-11 11:29:59.999999", "bob", "k4")
    try history.abandon("03-11 11:30", "bob", "k5")
    try Golden.check("cart-cap", history.transcript())
  }

  @Test("An opt-out ends the run and keeps the next one from beginning")
  func optOut() throws {
    let history = try TestHistory()
    try history.join("03-04 09:00", "alice")
    try history.cart("03-04 10:00", "alice", "k1")
    try history.send(
      "2024-03-04 12:00:00", "customer.updated", "alice", ["optedOut": true])
    try history.cart("03-04 13:00", "alice", "k2")
    try history.advance("2024-03-20 00:00:00")
    try Golden.check("cart-opt-out", history.transcript())
  }

  @Test("A shop's own cart.abandoned takes the place of silence, and counts once")
  func given() throws {
    let history = try TestHistory()
    try history.join("03-04 09:00", "alice")
    try history.cart("03-04 10:00", "alice", "k1")
    try history.abandon("03-04 10:05", "alice", "k1", id: "a1")
    let again = try history.abandon("03-04 10:05", "alice", "k1", id: "a1")
    guard case .duplicate = again else {
      Issue.record("the same event again is \(again)")
      return
    }
    try history.abandon("03-04 10:50", "alice", "k1", id: "a2")
    // An emptied cart is not abandoned.
    try history.cart("03-04 11:00", "alice", "k2")
    try history.cart("03-04 11:10", "alice", "k2", items: [])
    try history.advance("2024-03-04 12:00:00")
    try Golden.check("cart-given", history.transcript())
  }

  @Test("Small carts, strangers and customers who cannot pay are rejected with the reason")
  func rejections() throws {
    let history = try TestHistory()
    try history.join("03-04 09:00", "alice")
    try history.send(
      "2024-03-04 09:01:00", "customer.updated", "carol",
      ["status": "active", "hasPaymentMethod": false, "email": "carol@example.com"])
    try history.abandon("03-04 10:00", "alice", "k1", value: 4_999)
    try history.abandon("03-04 10:01", "alice", "k1", value: 5_000)
    try history.abandon("03-04 10:02", "stranger", "k2")
    try history.abandon("03-04 10:03", "carol", "k3")
    try history.stock("03-04 10:04", "P2", false)
    try history.abandon("03-04 10:05", "alice", "k4")
    try Golden.check("cart-rejections", history.transcript())
  }

  @Test("The less likely the purchase, the higher the discount")
  func discounts() throws {
    let history = try TestHistory()
    try history.join("03-04 09:00", "alice")
    let electronics: CBORValue = [
      ["id": "P9", "name": "Camera", "price": 35_000, "category": "Electronics"]
    ]
    try history.abandon("03-04 10:00", "alice", "k1", value: 35_000, items: electronics)
    try history.cart("03-04 10:00:01", "alice", "k2")
    try history.cart("03-04 10:00:02", "alice", "k3")
    try history.abandon("03-04 10:00:03", "alice", "k2", value: 35_000, items: electronics)
    try Golden.check("cart-discounts", history.transcript())
  }
}

extension TestHistory {
  /// Two things to put into a cart.
  private static let goods: CBORValue = [
    ["id": "P1", "name": "Novel", "price": 4_000, "category": "Books"],
    ["id": "P2", "name": "Lamp", "price": 8_000, "category": "Home"],
  ]

  /// `03-04 10:00`, with seconds or without, of the year 2024.
  private func time(_ short: String) -> String {
    "2024-" + (short.count == 11 ? short + ":00" : short)
  }

  /// A customer in good standing with every kind of address.
  func join(_ time: String, _ customer: String) throws {
    try send(
      self.time(time), "customer.updated", customer,
      [
        "status": "active", "hasPaymentMethod": true, "email": .text("\(customer)@example.com"),
        "phone": "+15550100", "pushToken": .text("token-\(customer)"),
      ])
  }

  func cart(
    _ time: String, _ customer: String, _ key: String, items: CBORValue = goods
  ) throws {
    try send(
      self.time(time), "cart.updated", customer,
      [
        "cartId": .text(key), "cartValue": 12_000,
        "itemCount": .signed(Int64(items.elements?.count ?? 0)), "items": items,
      ])
  }

  func view(_ time: String, _ customer: String, _ key: String) throws {
    try send(self.time(time), "cart.viewed", customer, ["cartId": .text(key)])
  }

  @discardableResult
  func abandon(
    _ time: String, _ customer: String, _ key: String, value: Int64 = 12_000,
    items: CBORValue = goods, id: String? = nil
  ) throws -> Receipt {
    try send(
      self.time(time), "cart.abandoned", customer,
      [
        "cartId": .text(key), "cartValue": .signed(value),
        "itemCount": .signed(Int64(items.elements?.count ?? 0)), "items": items,
        "reason": "left",
      ], id: id)
  }

  func order(_ time: String, _ customer: String, _ key: String) throws {
    try send(
      self.time(time), "order.placed", customer,
      ["cartId": .text(key), "total": 10_800, "currency": "USD"])
  }

  func stock(_ time: String, _ product: String, _ isInStock: Bool) throws {
    try send(
      self.time(time), "product.updated", product,
      ["productId": .text(product), "inStock": .bool(isInStock)])
  }
}
