import Simulation
import Testing

/// The funnels of the programs over populations come out of the ledger as the shop makes them.
@Suite("Funnels of populations")
struct PopulationFunnelTests {
  @Test("Refunds: 95, 85 and 75 in a hundred are satisfied by impact; 35 of those held out")
  func refunds() throws {
    var configuration = ShopConfiguration(seed: 90, customers: 250, days: 45)
    configuration.attackersPerThousand = 0
    configuration.shoppingPercent = 60
    configuration.orderPercent = 80
    configuration.lateOrderPercent = 50
    configuration.damagedOrderPercent = 30
    let funnel = try ShopFunnel(
      configuration, programs: ["proactive-refunds"], holdoutPercent: 40)
    let treated = try #require(funnel.treated["proactive-refunds"])
    let heldOut = try #require(funnel.heldOut["proactive-refunds"])
    #expect(treated.count > 60 && heldOut.count > 30)
    for (level, percent) in [("high", 95.0), ("medium", 85.0), ("low", 75.0)] {
      let share = treated.share("recovered", ofLevel: level)
      let count = treated.levels[level] ?? 0
      // Who could not be written to says what he would have said anyway.
      #expect(FunnelTests.isNear(share, of: count, percent - 5, percent), "\(level) \(share)")
    }
    #expect(FunnelTests.isNear(heldOut.share("recovered"), of: heldOut.count, 33, 37))
  }

  @Test("Recommendations: 10 in a hundred are bought in the app, 15 after the e-mail")
  func recommendations() throws {
    var configuration = ShopConfiguration(seed: 91, customers: 700, days: 20)
    configuration.attackersPerThousand = 0
    configuration.shoppingPercent = 0
    configuration.products = 8
    configuration.daysBetweenStockouts = 400
    let funnel = try ShopFunnel(
      configuration, programs: ["product-recommendations"], holdoutPercent: 40)
    let treated = try #require(funnel.treated["product-recommendations"])
    let heldOut = try #require(funnel.heldOut["product-recommendations"])
    #expect(treated.count > 60 && heldOut.count > 30)
    #expect(heldOut.share("converted") == 0)
    // Lost are those who cannot pay, seven in a hundred.
    let app = Double(treated.touches["converted recommended"] ?? 0) / Double(treated.count)
    #expect(FunnelTests.isNear(app, of: treated.count, 8, 10), "\(app)")
  }

  @Test("Churn and win-back: 46, 20, 10 and 42, 15, 3 in a hundred by level; few of those held out")
  func retention() throws {
    var configuration = ShopConfiguration(seed: 92, customers: 500, days: 170)
    configuration.attackersPerThousand = 0
    configuration.decliningPercent = 90
    configuration.daysBetweenAccountChanges = 3_650
    let funnel = try ShopFunnel(
      configuration, programs: ["churn-prevention", "win-back"], holdoutPercent: 30)
    let shares: [(program: String, exit: String, high: Double, medium: Double, low: Double)] = [
      ("churn-prevention", "retained", 46, 20, 10), ("win-back", "won-back", 42, 15, 3),
    ]
    for program in shares {
      let treated = try #require(funnel.treated[program.program])
      let heldOut = try #require(funnel.heldOut[program.program])
      #expect(treated.count > 20 && heldOut.count > 5, "\(program.program) \(treated.count)")
      let levels =
        program.program == "win-back"
        ? ["high", "medium", "low"] : ["critical", "high", "medium"]
      for (level, percent) in zip(levels, [program.high, program.medium, program.low]) {
        let share = treated.share(program.exit, ofLevel: level)
        // Some order by themselves before they go, some cannot be written to.
        #expect(
          FunnelTests.isNear(share, of: treated.levels[level] ?? 0, percent - 3, percent + 6),
          "\(program.program) \(level) \(share) of \(treated.levels[level] ?? 0)")
      }
      #expect(FunnelTests.isNear(heldOut.share(program.exit), of: heldOut.count, 0.5, 8))
    }
  }
}
