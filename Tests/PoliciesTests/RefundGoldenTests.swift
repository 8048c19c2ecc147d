import CBOR
import Testing

/// Deliveries that went wrong, against a log derived by hand from the program's description.
@Suite("Golden refunds")
struct RefundGoldenTests {
  @Test("Late and damaged deliveries of yesterday are made good by impact, each once")
  func day() throws {
    let history = try TestHistory(["proactive-refunds"])
    let customers = ["ann", "bea", "cat", "dot", "eve"]
    for customer in customers {
      try history.send(
        "2024-03-03 08:00:00", "customer.updated", customer,
        [
          "status": "active", "lifetimeValue": 50_000, "phone": "+15550100",
          "email": .text("\(customer)@example.com"),
        ])
    }
    for customer in customers {
      for _ in 0..<(customer == "eve" ? 1 : 2) {
        try history.send("2024-03-03 09:00:00", "order.placed", customer, ["total": 8_000])
      }
    }
    let deliveries: [(order: String, customer: String, promised: String, value: Int64)] = [
      ("o1", "ann", "02-28T12:00:00", 25_000), ("o2", "bea", "03-03T12:00:00", 25_000),
      ("o3", "cat", "02-29T12:00:00", 8_000), ("o4", "dot", "03-01T00:00:00", 8_000),
      ("o5", "eve", "03-03T12:00:00", 8_000), ("o6", "ann", "03-03T12:00:00", 8_000),
      ("o7", "bea", "03-01T12:00:00", 8_000),
    ]
    for delivery in deliveries {
      try history.send(
        "2024-03-03 12:00:00", "order.delivered", delivery.customer,
        [
          "orderId": .text(delivery.order), "promisedAt": .text("2024-\(delivery.promised)Z"),
          "deliveredAt": "2024-03-03T12:00:00Z", "value": .signed(delivery.value),
          "condition": ["o2", "o5", "o6"].contains(delivery.order) ? "damaged" : "good",
        ])
    }
    try history.send("2024-03-03 13:00:00", "complaint.opened", "dot", ["orderId": "o4"])
    for (time, customer, order, isSatisfied) in [
      ("12", "bea", "o2", true), ("13", "ann", "o1", false),
    ] {
      try history.send(
        "2024-03-04 \(time):00:00", "survey.answered", customer,
        ["orderId": .text(order), "satisfied": .bool(isSatisfied)])
    }
    try history.advance("2024-03-05 03:00:00")
    try Golden.check("refunds-day", history.transcript())
  }
}
