import CBOR

extension Shop {
  // MARK: Decline

  /// Settles whether and when the customer begins to lose interest.
  mutating func planDecline(_ number: Int) {
    var random = random(.decline, of: number)
    guard random.chance(configuration.decliningPercent, of: 100) else { return }
    customers[number].declinesAt = now + random.duration(30 * Duration.day, 60 * Duration.day)
  }

  /// Whether the customer comes less often now, and buys nothing.
  func isDeclining(_ number: Int) -> Bool { now >= customers[number].declinesAt }

  /// Ends the customer's visits for good, some weeks after his interest went.
  /// - Returns: Whether they are over.
  mutating func cancel(_ number: Int) -> Bool {
    guard isDeclining(number) else { return false }
    var random = random(.decline, of: number, 1)
    let patience = random.duration(30 * Duration.day, 60 * Duration.day)
    guard now >= customers[number].declinesAt + patience else { return false }
    let reason = Self.reasons[random.below(Self.reasons.count)]
    customers[number].traits.insert(.isGone)
    truth.cancellations += 1
    var actions: [(gap: Int64, action: Script.Action)] = [
      (Duration.minute, .said(type: "subscription.cancelled", data: ["reason": .text(reason)])),
      (
        Duration.second,
        .said(type: "customer.updated", data: ["status": "churned", "lifecycle": "churned"])
      ),
    ]
    if random.chance(configuration.returningPercent, of: 100) {
      actions.append((random.duration(40 * Duration.day, 100 * Duration.day), .subscribed))
    }
    plan(Script(customer: number, endsWithLock: false, actions))
    return true
  }

  /// Twenty shares: what people say when they leave.
  private static let reasons = [
    "price", "price", "price", "price", "price", "price", "price", "price", "features", "features",
    "features", "competition", "competition", "competition", "support", "support", "moved",
    "moved", "deceased", "duplicate account",
  ]

  // MARK: Offers

  /// The customer hears of an offer to stay or to come back: by e-mail, or by a call where the
  /// program has one made.
  mutating func hearOffer(_ effect: ShopEffect, _ number: Int) {
    let percent = Self.percent(effect.variables["discount"]) ?? 0
    var random = random(.offer, of: number, Self.digest(effect.program))
    let draw = random.below(100)
    let delay = random.duration(2 * Duration.hour, 60 * Duration.hour)
    switch (effect.program, effect.channel) {
    case ("churn-prevention", "phone"):
      call(number, &random)
      if draw < configuration.retainedPercent.high { accept(effect, number, after: delay) }
    case ("churn-prevention", "email"):
      let share =
        percent >= 30 ? configuration.retainedPercent.medium : configuration.retainedPercent.low
      if draw < share { accept(effect, number, after: delay) }
    case ("win-back", "phone"): call(number, &random)
    case ("win-back", "email"):
      let shares = configuration.wonBackPercent
      let share = percent >= 50 ? shares.high : percent >= 30 ? shares.medium : shares.low
      if draw < share {
        plan(Script(customer: number, endsWithLock: false, [(delay, .subscribed)]))
      }
    default: break
    }
  }

  private mutating func accept(_ effect: ShopEffect, _ number: Int, after delay: Int64) {
    plan(
      Script(
        customer: number, endsWithLock: false, [(delay, .accepted(program: effect.program))]))
  }

  /// The account manager gets through to seven in ten.
  private mutating func call(_ number: Int, _ random: inout SplitMix64) {
    let isConnected = random.chance(7, of: 10)
    plan(
      Script(
        customer: number, endsWithLock: false,
        [
          (
            random.duration(5 * Duration.hour, 20 * Duration.hour),
            .said(type: "call.completed", data: ["connected": .bool(isConnected)])
          )
        ]))
  }

  /// The customer stays.
  mutating func accepted(_ program: String, _ number: Int) -> ShopEvent {
    customers[number].declinesAt = .max
    return said("offer.accepted", ["program": .text(program)], number)
  }

  /// The customer comes back, and shops as before.
  mutating func subscribed(_ number: Int) -> ShopEvent {
    customers[number].declinesAt = .max
    if customers[number].traits.remove(.isGone) != nil { planSession(number, isFirst: false) }
    plan(
      Script(
        customer: number, endsWithLock: false,
        [
          (
            Duration.second,
            .said(type: "customer.updated", data: ["status": "active", "lifecycle": "active"])
          )
        ]))
    return said("subscription.started", ["plan": "plus"], number)
  }
}
