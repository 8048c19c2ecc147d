import CBOR
import Metrics
import Policies
import Programs
import Testing

/// Populations that a schedule or an event starts.
@Suite("Batches")
struct BatchTests {
  @Test("A schedule starts a population, and each item that passes gets a run")
  func weekly() throws {
    let history = try TestHistory(programs: [BatchPrograms.program(BatchPrograms.weekly)])
    try history.send(
      "2024-03-01 10:00:00", "customer.updated", "a",
      ["status": "active", "email": "a@example.com"])
    try history.send("2024-03-01 10:01:00", "order.placed", "a", ["total": 150])
    try history.send("2024-03-01 10:02:00", "customer.updated", "b", ["status": "blocked"])
    try history.send("2024-03-01 10:03:00", "order.placed", "b", ["total": 150])
    try history.send("2024-03-01 10:04:00", "customer.updated", "c", ["status": "active"])
    try history.send("2024-03-01 10:05:00", "order.placed", "c", ["total": 50])
    try history.send("2024-03-01 10:06:00", "page.viewed", "d", [:])
    try history.advance("2024-03-12 00:00:00")
    try Golden.check("batch-weekly", try history.transcript())
  }

  @Test("Items of an entity are ranked, limited, and bounded a customer")
  func ranked() throws {
    let history = try TestHistory(programs: [BatchPrograms.program(BatchPrograms.ranked)])
    for (index, customer) in ["a", "b", "c", "d", "e"].enumerated() {
      try history.send(
        "2024-03-01 1\(index):00:00", "customer.updated", customer,
        ["status": "active", "email": "x@example.com"])
      for order in 0..<3 {
        try history.send(
          "2024-03-01 1\(index):0\(order + 1):00", "order.placed", customer,
          ["orderId": .text("o\(customer)\(order)"), "total": .signed(Int64(10 * index + order))])
        try history.send(
          "2024-03-01 1\(index):1\(order + 1):00", "order.delivered", customer,
          ["orderId": .text("o\(customer)\(order)"), "late": .bool(order != 1)])
      }
    }
    try history.advance("2024-03-04 00:00:00")
    try Golden.check("batch-ranked", try history.transcript())
  }
}

/// What the counters say of batches.
@Suite("Metrics of batches")
struct BatchMetricsTests {
  @Test("Those who were screened out and those who were not chosen count, outsiders do not")
  func counters() throws {
    let program = try BatchPrograms.program(BatchPrograms.ranked)
    let history = try TestHistory(programs: [program])
    for (index, customer) in ["a", "b", "c", "d", "e"].enumerated() {
      try history.send(
        "2024-03-01 10:0\(index):00", "customer.updated", customer,
        ["status": customer == "b" ? "blocked" : "active", "email": "x@example.com"])
      for order in 0..<2 {
        let id = CBORValue.text("o\(customer)\(order)")
        try history.send(
          "2024-03-01 11:0\(index):00", "order.placed", customer,
          ["orderId": id, "total": .signed(Int64(4 * index + order))])
        try history.send(
          "2024-03-01 12:0\(index):00", "order.delivered", customer,
          ["orderId": id, "late": .bool(customer != "a")])
      }
    }
    try history.advance("2024-03-02 03:00:00")
    var counts: [String: UInt64] = [:]
    history.store.metrics.forEach { key, row in
      counts[key.words.joined(separator: " "), default: 0] += row.count
    }
    // Two orders of a are in time, two of b are by a blocked customer, c has 8 and 9, d 12 and 13, e 16
    // and 17: four pass, and the limit is three, one a customer.
    #expect(counts["triggered"] == 8)
    #expect(counts["outcomes rejected"] == 4)
    #expect(counts["rejected trust"] == 2 && counts["rejected worth"] == 2)
    #expect(counts["outcomes eligible"] == 2 && counts["outcomes unchosen"] == 2)
    #expect(counts["outcomes outside"] == nil)
  }
}
