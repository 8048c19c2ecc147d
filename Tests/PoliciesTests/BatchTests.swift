import CBOR
import Engine
import Ledger
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
