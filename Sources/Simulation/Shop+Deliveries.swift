import CBOR

/// A message on its way, and what its reader will do, which is settled when it is sent.
struct Delivery {
  /// What has become of it, in order; the last is the end.
  enum State {
    case sent
    case failed
    case bounced
    case delivered
    case opened
    case clicked
    case complained
    case optedOut
  }

  let customer: Int
  let effect: ShopEffect
  /// The open cart that it is about, 0 for none.
  let cart: UInt16
  var percent = 0
  var code: UInt16 = 0
  /// The states still to come and the times at which they come, the next one last.
  var states: [(state: State, time: Int64)] = []
  /// What the click leads to, and when.
  var visit: (purpose: Visit.Purpose, time: Int64)?
}

extension Shop {
  /// Sends a message that the product requested, and settles what its reader will do.
  mutating func send(_ effect: ShopEffect, to number: Int) {
    var random = random(.delivery, of: number, Self.digest(effect.id))
    var delivery = Delivery(
      customer: number, effect: effect, cart: openCart(effect.run, of: number))
    if let percent = Self.percent(effect.variables["discount"]), percent > 0 {
      delivery.percent = percent
      delivery.code = codeNumber(effect.variables["code"]?.string ?? "")
    }
    let sent = now + random.duration(200 * Duration.millisecond, 2 * Duration.second)
    let arrived = sent + random.duration(Duration.second, 15 * Duration.second)
    if configuration.reportsSent { delivery.states.append((.sent, sent)) }
    if let failure = failure(effect, number, &random) {
      delivery.states.append((failure, arrived))
    } else {
      delivery.states.append((.delivered, arrived))
      read(&delivery, from: arrived, &random)
    }
    delivery.states.reverse()
    guard let first = delivery.states.last, first.time < end else { return }
    let slot = deliveries.add(delivery)
    plan(.delivery, for: number, at: first.time, slot)
  }

  /// How the message fails, nil if it arrives.
  private func failure(
    _ effect: ShopEffect, _ number: Int, _ random: inout SplitMix64
  ) -> Delivery.State? {
    let isUnlucky = random.chance(5, of: 1_000)
    let traits = customers[number].traits
    switch effect.channel {
    case "email" where traits.contains(.hasBadEmail): return .bounced
    case "push" where !traits.contains(.takesPush): return .failed
    default: return isUnlucky ? .failed : nil
    }
  }

  /// Settles whether and when the message is opened and clicked, and what follows.
  private func read(_ delivery: inout Delivery, from arrived: Int64, _ random: inout SplitMix64) {
    let channel = delivery.effect.channel
    // An SMS does not tell that it was read.
    let isOpenSeen = channel != "sms"
    if let cause = Self.touches[channel], delivery.cart > 0,
      answers(
        fate(delivery.customer, delivery.cart), touch: cause, percent: touchPercent(delivery))
    {
      let opened = arrived + 2 * Duration.minute + random.shortDuration(below: 10 * Duration.hour)
      let clicked = opened + random.duration(5 * Duration.second, Duration.minute)
      if isOpenSeen { delivery.states.append((.opened, opened)) }
      delivery.states.append((.clicked, clicked))
      let visited = clicked + random.duration(3 * Duration.second, 30 * Duration.second)
      delivery.visit = (.ordering(cause), visited)
      return
    }
    guard random.chance(Self.readPercent[channel] ?? 0, of: 100) else { return }
    let opened = arrived + 3 * Duration.minute + random.shortDuration(below: 20 * Duration.hour)
    if isOpenSeen { delivery.states.append((.opened, opened)) }
    let draw = random.below(1_000)
    let later = opened + random.duration(5 * Duration.second, 2 * Duration.minute)
    if draw < 120 {
      delivery.states.append((.clicked, later))
      let visited = later + random.duration(3 * Duration.second, 30 * Duration.second)
      if delivery.cart > 0, random.chance(1, of: 2) { delivery.visit = (.looking, visited) }
    } else if draw < 124 {
      delivery.states.append((.optedOut, later))
    } else if draw < 125, channel == "email" {
      delivery.states.append((.complained, later))
    }
  }

  /// The touches that can make a customer order a cart, by channel.
  private static let touches: [String: ShopTruth.Cause] = [
    "email": .email, "sms": .sms, "push": .push,
  ]

  /// Of those who do not order because of a message, how many look at it.
  private static let readPercent = [
    "email": 38, "sms": 30, "push": 12, "in-app": 25, "phone": 0, "webhook": 0,
  ]

  /// The discount as the reader sees it: that of the message, or else of an earlier one; where
  /// there never was one, the usual 10, so that a touch without a code is no better or worse.
  private func touchPercent(_ delivery: Delivery) -> Int {
    if delivery.percent > 0 { return delivery.percent }
    let open = customers[delivery.customer].open
    guard let index = open.index(of: delivery.cart) else { return 10 }
    return open[index].offerPercent > 0 ? Int(open[index].offerPercent) : 10
  }

  // MARK: Outcomes

  /// The next outcome of a message.
  mutating func continueDelivery(_ slot: UInt32) -> ShopEvent {
    let delivery = deliveries[slot]
    let state = deliveries[slot].states.removeLast().state
    if let next = deliveries[slot].states.last,
      plan(.delivery, for: delivery.customer, at: next.time, slot)
    {
      return report(delivery, state)
    }
    deliveries.remove(slot)
    return report(delivery, state)
  }

  private mutating func report(_ delivery: Delivery, _ state: Delivery.State) -> ShopEvent {
    let effect = delivery.effect
    switch state {
    case .sent: return outcome(effect, "sent")
    case .failed: return outcome(effect, "failed", reason: "unreachable")
    case .bounced: return outcome(effect, "bounced", reason: "no-such-address")
    case .delivered:
      reach(delivery)
      return outcome(effect, "delivered")
    case .opened: return outcome(effect, "opened")
    case .clicked:
      if let visit = delivery.visit {
        planVisit(delivery.customer, delivery.cart, visit.purpose, at: max(visit.time, now))
      }
      return outcome(effect, "clicked")
    case .complained: return outcome(effect, "complained")
    case .optedOut: return optOut(delivery.customer)
    }
  }

  /// The message is in the customer's hands, and with it an offer.
  private mutating func reach(_ delivery: Delivery) {
    answerQuestion(delivery.effect, delivery.customer)
    tryAdvice(delivery.effect, delivery.customer)
    hearOffer(delivery.effect, delivery.customer)
    readApology(delivery.effect, delivery.customer)
    seeRecommendation(delivery.effect, delivery.customer)
    guard let index = customers[delivery.customer].open.index(of: delivery.cart) else { return }
    if delivery.percent > 0 {
      customers[delivery.customer].open[index].offerPercent = UInt8(delivery.percent)
      customers[delivery.customer].open[index].offerCode = delivery.code
      customers[delivery.customer].open[index].offeredAt = now
    }
    switch delivery.effect.channel {
    case "email": truth.email.reached += 1
    case "sms": truth.sms.reached += 1
    case "push": truth.push.reached += 1
    default: break
    }
  }

  /// An event that reports what became of `effect`.
  func outcome(_ effect: ShopEffect, _ state: String, reason: String? = nil) -> ShopEvent {
    var encoder = CBOREncoder(capacity: 192)
    encoder.mapHeader(reason == nil ? 5 : 6)
    encoder.field(Key.run, effect.run)
    encoder.field(Key.step, effect.step)
    if !effect.isDelivery { encoder.field(Key.action, effect.channel) }
    if let reason { encoder.field(Key.reason, reason) }
    if effect.isDelivery { encoder.field(Key.channel, effect.channel) }
    encoder.field(Key.program, effect.program)
    encoder.field(effect.isDelivery ? Key.deliveryId : Key.actionId, effect.id)
    return ShopEvent(
      time: now, isOutcome: true, type: (effect.isDelivery ? "delivery." : "action.") + state,
      subject: effect.subject, source: "recount:outcome", id: "\(effect.id)/\(state)/1",
      payload: encoder.bytes)
  }

  // MARK: Reading an effect

  /// The ordinal of the customer's open cart that `run` names, 0 for none.
  private func openCart(_ run: String, of number: Int) -> UInt16 {
    guard let cart = Name.numbers(in: run, after: "cart-", hasOrdinal: true),
      cart.customer == number, let ordinal = UInt16(exactly: cart.ordinal),
      customers[number].open.index(of: ordinal) != nil
    else { return 0 }
    return ordinal
  }

  /// A discount in whole per cent, 0 to 90.
  static func percent(_ value: CBORValue?) -> Int? {
    if let whole = value?.int64 { return Int(min(max(whole, 0), 90)) }
    if let broken = value?.double, broken >= 0 { return Int(min(broken, 90)) }
    return value?.string.flatMap { Int($0) }.map { min(max($0, 0), 90) }
  }

  mutating func codeNumber(_ code: String) -> UInt16 {
    if let number = codeNumbers[code] { return number }
    guard let number = UInt16(exactly: codes.count) else { return 0 }
    codes.append(code)
    codeNumbers[code] = number
    return number
  }

  /// FNV-1a over the bytes of an id.
  static func digest(_ id: String) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in id.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash)
  }
}
