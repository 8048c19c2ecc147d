import CBOR
import Simulation
import Testing

@Suite("The sample shop")
struct SampleShopTests {
  @Test("It shows in a few hundred events what its description promises")
  func promises() throws {
    var shop = Shop(sampleShop())
    var product = TestProduct()
    product.minimumCartValue = 6_000
    var events = 0
    var soldOut = 0
    product.run(&shop) { event in
      events += 1
      if event.type == "product.updated", event.data["inStock"] == false { soldOut += 1 }
    }
    let truth = shop.truth
    #expect((300...600).contains(events))
    #expect(truth.email.converted >= 1 && truth.sms.converted >= 1)
    #expect(soldOut >= 1 && truth.optOuts >= 1)
    let attack = try #require(truth.attacks.first)
    #expect(truth.attacks.count == 1 && attack.lockedAt != nil && !attack.lost)
    #expect(attack.revertedAt != nil && attack.unlockedAt != nil)
    let falseLock = try #require(truth.ownChanges.first { $0.lockedAt != nil })
    #expect(falseLock.isTravelling && falseLock.confirmedAt != nil)
  }

  @Test("A shop is simulated for as few days as one, with customers in it", arguments: 1...4)
  func shortest(days: Int) {
    let configuration = ShopConfiguration(seed: 1, customers: 20, days: days)
    let events = history(configuration)
    #expect(Set(events.map(\.subject)).count >= 20)
    #expect(events.allSatisfy { $0.time < configuration.end })
  }
}
