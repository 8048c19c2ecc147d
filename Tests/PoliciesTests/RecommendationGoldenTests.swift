import CBOR
import Programs
import Testing

/// Recommendations against a log derived by hand from the program's description.
@Suite("Golden recommendations")
struct RecommendationGoldenTests {
  private static func item(_ id: String) -> CBORValue {
    ["id": .text(id), "name": "Thing", "price": 4_000, "category": "Home"]
  }

  @Test("What was looked at again and again is in the app, the best in one e-mail a customer")
  func day() throws {
    let history = try TestHistory(
      ["product-recommendations"],
      overrides: [ProgramOverride(path: "population.rank", value: "event.seconds")])
    for customer in ["ann", "bea", "cat"] {
      try history.send(
        "2024-03-03 08:00:00", "customer.updated", customer,
        ["status": "active", "email": .text("\(customer)@example.com")])
    }
    try history.send(
      "2024-03-03 08:30:00", "product.updated", "P3", ["productId": "P3", "inStock": false])
    try history.send(
      "2024-03-03 09:00:00", "order.placed", "cat",
      ["items": [Self.item("P1")], "total": 4_000])
    let views: [(customer: String, product: String, seconds: [Int64])] = [
      ("ann", "P1", [100, 150, 100]), ("ann", "P2", [200, 200, 200, 200]),
      ("ann", "P4", [400, 400]), ("bea", "P3", [150, 150, 150]), ("bea", "P1", [100, 100, 100]),
      ("cat", "P1", [200, 200, 200]),
    ]
    for view in views {
      for seconds in view.seconds {
        try history.send(
          "2024-03-03 10:00:00", "product.viewed", view.customer,
          ["productId": .text(view.product), "seconds": .signed(seconds)])
      }
    }
    try history.send(
      "2024-03-03 11:00:00", "cart.updated", "ann",
      [
        "cartId": "k1", "cartValue": 4_000, "itemCount": 1, "items": [Self.item("P2")],
      ])
    try history.send(
      "2024-03-04 18:00:00", "order.placed", "ann",
      ["items": [Self.item("P1")], "total": 4_000])
    try history.advance("2024-03-05 03:00:00")
    try Golden.check("recommendations-day", history.transcript())
  }
}
