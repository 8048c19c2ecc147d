import CBOR
import Simulation
import Testing

@Suite("Attacks and accounts")
struct AccountTests {
  private static func attacked(customers: Int = 300) -> ShopConfiguration {
    var configuration = ShopConfiguration(seed: 51, customers: customers, days: 20)
    configuration.attackersPerThousand = 1_000
    configuration.intrudersPerThousand = 0
    configuration.daysBetweenAccountChanges = 3_650
    return configuration
  }

  /// The attacker's device, by customer: the one that a password failed on twice running.
  private static func isAttackers(_ event: ShopEvent) -> Bool {
    event.data["ip"]?.string?.hasPrefix("192.0.2.") == true
  }

  @Test("An attack left alone fails, gets in, changes the account within minutes, and buys")
  func attackLeftAlone() {
    var shop = Shop(Self.attacked())
    var failures: [String: Int] = [:]
    var entered: [String: Int64] = [:]
    var changes: [String: [Int64]] = [:]
    var fields: [String: Set<String>] = [:]
    var rated: [String: Double] = [:]
    while let event = shop.next() {
      let data = event.data
      if event.type == "ip.rated" { rated[event.subject] = data["reputation"]?.double }
      guard Self.isAttackers(event) else { continue }
      switch (event.type, data["outcome"]?.string) {
      case ("login.attempted", "failure"): failures[event.subject, default: 0] += 1
      case ("login.attempted", "success"): entered[event.subject] = event.time
      case ("account.changed", _):
        let all = data["changes"]?.elements ?? [data]
        changes[event.subject, default: []] += all.map { _ in event.time }
        for change in all {
          fields[event.subject, default: []].insert(change["field"]!.string!)
          #expect(change["changeId"]?.string?.hasPrefix("chg-") == true)
        }
      default: break
      }
    }
    #expect(shop.truth.attacks.count == 300)
    for attack in shop.truth.attacks {
      let times = changes[attack.customer] ?? []
      #expect(failures[attack.customer] ?? 0 >= 2)
      #expect(attack.changes == times.count && attack.firstChange == times.first)
      guard let first = times.first, let last = times.last, let entry = entered[attack.customer]
      else { continue }
      #expect(first > entry && last - entry < 12 * 60_000_000)
      #expect(attack.style == .single ? times.count == 1 : times.count >= 3)
      #expect(attack.style != .bundle || first == last)
      #expect(attack.stakeMinor > 10_000)
    }
    for style in [ShopTruth.AttackStyle.burst, .bundle, .single] {
      #expect(shop.truth.attacks.filter { $0.style == style }.count > 25)
    }
    #expect(shop.truth.attacks.filter(\.lost).count > 270)
    #expect(rated.values.filter { $0 < 0.3 }.count > 40)
    #expect(fields.values.contains(["password", "email", "recovery_phone", "payment_method"]))
  }

  @Test("A lock stops the attacker, and owners who were alerted answer it")
  func lockedAttack() {
    var shop = Shop(Self.attacked())
    var locked: [String: Int64] = [:]
    var emails: [String: [String]] = [:]
    var denied = 0
    var passed: Set<String> = []
    var keptOut = 0
    while let event = shop.next() {
      let data = event.data
      if event.type == "customer.updated", let email = data["email"]?.string {
        emails[event.subject, default: []].append(email)
      }
      if let since = locked[event.subject] {
        #expect(!Self.isAttackers(event) || event.time == since)
        if data["outcome"] == "locked" { keptOut += 1 }
      }
      if event.type == "verification.completed" {
        #expect(data["method"] == "photo_id", "the product asked for it")
        if data["outcome"] == "denied" { denied += 1 } else { passed.insert(event.subject) }
      }
      guard event.type == "account.changed", Self.isAttackers(event) else { continue }
      locked[event.subject] = event.time
      for action in ["lock_account", "revert_changes"] {
        shop.observe(Self.effect(action, event), at: event.time)
      }
      shop.observe(
        Self.effect("sms", event, to: "owner", variables: ["method": "photo_id"]), at: event.time)
    }
    let attacks = shop.truth.attacks.filter { $0.lockedAt != nil }
    #expect(attacks.count > 280 && attacks.allSatisfy { !$0.lost && $0.revertedAt != nil })
    #expect(attacks.allSatisfy { $0.lockedAt == $0.firstChange && $0.alertsToAttacker == 0 })
    // 65 per cent pass at once, of 20 who are denied half pass later.
    #expect((195...245).contains(passed.count) && denied > 30 && keptOut > 100)
    for customer in locked.keys {
      #expect(emails[customer]?.last == customer + "@example.com", "the owner's is restored")
    }
  }

  @Test("An alert to the attacker alerts nobody, and is counted")
  func alertToAttacker() throws {
    var shop = Shop(Self.attacked(customers: 40))
    var last: [String: String] = [:]
    while let event = shop.next() {
      #expect(event.type != "verification.started")
      guard event.type == "customer.updated", let email = event.data["email"]?.string else {
        continue
      }
      defer { last[event.subject] = email }
      guard last[event.subject] != nil else { continue }
      shop.observe(Self.effect("lock_account", event), at: event.time)
      shop.observe(Self.effect("email", event, to: email), at: event.time)
    }
    let alerted = shop.truth.attacks.filter { $0.alertsToAttacker == 1 }
    #expect(alerted.count > 25 && alerted.allSatisfy { $0.lockedAt != nil })
  }

  @Test("An unlocked owner comes in again, and escalation finds some of the silent")
  func unlocking() {
    var shop = Shop(Self.attacked(customers: 200))
    var isLocked: [String: Bool] = [:]
    var escalated = 0
    while let event = shop.next() {
      if isLocked[event.subject] == false { #expect(event.data["outcome"] != "locked") }
      if event.type == "account.changed", isLocked[event.subject] == nil {
        isLocked[event.subject] = true
        shop.observe(Self.effect("lock_account", event), at: event.time)
        shop.observe(Self.effect("escalate", event), at: event.time + 7_200_000_000)
        escalated += 1
      }
      if event.type == "verification.completed", event.data["outcome"] == "passed" {
        #expect(event.data["method"] == "photo_id")
        isLocked[event.subject] = false
        shop.observe(Self.effect("unlock_account", event), at: event.time)
      }
    }
    let unlocked = shop.truth.attacks.filter { $0.unlockedAt != nil }
    #expect(escalated > 180 && unlocked.allSatisfy { $0.escalatedAt != nil })
    // Nobody was alerted, so only the security team brings owners back: six in ten.
    #expect((90...140).contains(unlocked.count))
  }

  @Test("Owners change their data from known devices; travellers look like attackers and say so")
  func ownChanges() {
    var configuration = ShopConfiguration(seed: 52, customers: 600, days: 30)
    configuration.attackersPerThousand = 0
    configuration.daysBetweenAccountChanges = 15
    configuration.travellingChangesPerThousand = 100
    var shop = Shop(configuration)
    var product = TestProduct()
    var confirmed = 0
    product.run(&shop) { event in if event.type == "account.confirmed" { confirmed += 1 } }
    let changes = shop.truth.ownChanges
    #expect(changes.count > 500)
    let falseLocks = changes.filter { $0.lockedAt != nil }
    #expect(falseLocks.count > 30)
    #expect(falseLocks.filter(\.isTravelling).count * 10 > falseLocks.count * 9)
    #expect(falseLocks.filter { $0.confirmedAt != nil }.count == confirmed)
    #expect(CartTests.isShare(confirmed, of: falseLocks.count, from: 50, to: 90))
    let travelling = changes.filter(\.isTravelling).count
    #expect(CartTests.isShare(travelling, of: changes.count, from: 6, to: 14))
  }

  private static func effect(
    _ channel: String, _ event: ShopEvent, to: String = "", variables: CBORValue = [:]
  ) -> ShopEffect {
    ShopEffect(
      isDelivery: ["email", "sms"].contains(channel), id: "\(event.id)/\(channel)",
      program: "account-takeover", run: event.subject, channel: channel, subject: event.subject,
      to: to, variables: variables)
  }
}
