import CBOR
import Programs
import Testing

/// Batch programs against logs derived by hand from their descriptions.
@Suite("Golden batches of customers")
struct ChurnGoldenTests {
  @Test("Who comes less gets an offer by risk on Monday, once a quarter")
  func churn() throws {
    let history = try TestHistory(["churn-prevention"])
    let customers = ["ann", "bea", "cat", "dot", "eve", "fay", "gus", "hal"]
    for customer in customers {
      try history.send(
        "2024-03-03 20:00:00", "customer.updated", customer,
        [
          "status": customer == "hal" ? "suspended" : "active",
          "tier": customer == "eve" ? "standard" : "premium", "lifetimeValue": 60_000,
          "email": .text("\(customer)@example.com"), "phone": "+15550100",
          "pushToken": .text("token-\(customer)"),
        ] + (customer == "gus" ? ["optedOut": true] : [:]))
    }
    let earlier = ["2024-01-10", "2024-01-20"]
    let days: [(customer: String, orders: [String], pages: [String])] = [
      ("ann", ["2023-11-01"], earlier), ("bea", ["2023-12-20"], earlier),
      ("cat", ["2023-12-20"], earlier + ["2024-02-20"]),
      ("dot", ["2023-12-18", "2023-12-19", "2023-12-20"], earlier + ["2024-02-20"]),
      ("eve", ["2023-12-20"], earlier),
      ("fay", ["2023-12-20"], ["2024-01-10", "2024-02-20", "2024-02-21"]),
      ("gus", ["2023-12-20"], earlier),
    ]
    for day in days { try history.take(day.customer, orders: day.orders, pages: day.pages) }
    try history.advance("2024-03-04 12:00:00")
    for (time, connected) in [("04 15", false), ("05 09", true)] {
      try history.send(
        "2024-03-\(time):00:00", "call.completed", "ann", ["connected": .bool(connected)])
    }
    try history.send(
      "2024-03-05 10:00:00", "offer.accepted", "bea", ["program": "churn-prevention"])
    try history.send(
      "2024-03-06 12:00:00", "order.placed", "cat", ["total": 9_900])
    try history.advance("2024-03-11 03:00:00")
    try Golden.check("churn-monday", history.transcript())
  }

  @Test("Who left one to three months ago for a reason gets an offer on the first Monday")
  func winBack() throws {
    let history = try TestHistory(
      ["win-back"],
      overrides: [ProgramOverride(path: "population.rank", value: "customer.orders")])
    let customers = ["ann", "bea", "cat", "dot", "eve", "fay", "gus", "hal", "ivy", "jan"]
    for customer in customers {
      try history.send(
        "2024-03-03 20:00:00", "customer.updated", customer,
        [
          "status": ["hal", "ivy"].contains(customer) ? "active" : "churned",
          "tier": customer == "fay" ? "standard" : "vip", "lifetimeValue": 60_000,
          "email": .text("\(customer)@example.com"), "phone": "+15550100",
        ] + (customer == "gus" ? ["optedOut": true] : [:]))
    }
    func cancel(_ customer: String, _ day: String, _ reason: String) throws {
      try history.send(
        "2024-\(day) 12:00:00", "subscription.cancelled", customer, ["reason": .text(reason)])
    }
    try history.take("ann", orders: ["2024-01-09", "2024-01-10"], pages: [])
    try cancel("ann", "01-20", "price")
    try history.take(
      "bea", orders: (6...10).map { "2024-01-\($0 < 10 ? "0" : "")\($0)" }, pages: [])
    try cancel("bea", "01-20", "price")
    try history.take("cat", orders: ["2023-10-01"], pages: [])
    try history.send(
      "2023-12-20 12:00:00", "subscription.cancelled", "cat", ["reason": "competition"])
    try cancel("dot", "01-20", "moved")
    try cancel("eve", "02-20", "price")
    try cancel("fay", "01-20", "price")
    try cancel("gus", "01-20", "price")
    try history.take("hal", orders: [], pages: ["2024-03-01"])
    try history.take("ivy", orders: ["2024-01-14", "2024-01-15"], pages: [])
    try cancel("jan", "01-20", "price")
    try history.send("2024-02-01 12:00:00", "subscription.started", "jan", ["plan": "plus"])
    try history.send("2024-03-05 12:00:00", "subscription.started", "cat", ["plan": "plus"])
    try history.send("2024-03-07 12:00:00", "order.placed", "ann", ["total": 7_000])
    try Golden.check("win-back-monday", history.transcript())
  }
}

extension TestHistory {
  /// What a customer did on days of the past, at noon.
  func take(_ customer: String, orders: [String], pages: [String]) throws {
    for day in orders {
      try send("\(day) 12:00:00", "order.placed", customer, ["total": 20_000])
    }
    for day in pages { try send("\(day) 12:00:00", "page.viewed", customer, ["page": "home"]) }
  }
}

extension CBORValue {
  /// The entries of both maps.
  static func + (first: CBORValue, second: CBORValue) -> CBORValue {
    .object(
      ((first.entries ?? []) + (second.entries ?? [])).map { ($0.key.string ?? "", $0.value) })
  }
}
