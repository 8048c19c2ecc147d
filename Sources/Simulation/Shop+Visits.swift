import CBOR

/// A customer's return to a cart that he left.
struct Visit {
  /// What for.
  enum Purpose: Equatable {
    /// To order it.
    case ordering(ShopTruth.Cause)
    /// To add something or go to the checkout, and leave it again.
    case returning
    /// To look at it.
    case looking
  }

  enum Stage {
    case viewing
    case trimming
    case adding
    case checkingOut
    case ordering
    case settling
  }

  let customer: Int
  let cart: UInt16
  let purpose: Purpose
  let platform: UInt8
  var stage = Stage.viewing
  var ordinal = 0
  var checkoutSteps = 0
  var checkoutStep = 0
  var random: SplitMix64
}

extension Shop {
  /// Plans a return to a cart.
  mutating func planVisit(
    _ number: Int, _ cart: UInt16, _ purpose: Visit.Purpose, at time: Int64
  ) {
    guard time < end else { return }
    customers[number].visits += 1
    let ordinal = Int(customers[number].visits)
    // By cart and purpose, so that other visits do not change this one.
    let part = purpose == .looking ? 0 : purpose == .returning ? 1 : 2
    var random = random(.visit, of: number, Int(cart) * 3 + part)
    let platform = Platform.draw(&random)
    let visit = Visit(
      customer: number, cart: cart, purpose: purpose, platform: platform, ordinal: ordinal,
      random: random)
    plan(.visit, for: number, at: time, visits.add(visit))
  }

  /// Whether the visit cannot go on: the account is locked, or the cart ordered or forgotten.
  func isVoid(_ visit: Visit) -> Bool {
    let customer = customers[visit.customer]
    return customer.traits.contains(.isLocked)
      || visit.stage != .settling && customer.open.index(of: visit.cart) == nil
  }

  /// The next step of a visit that is not void.
  mutating func continueVisit(_ slot: UInt32) -> ShopEvent {
    var visit = visits[slot]
    let number = visit.customer
    let name = Name("v-", number, visit.ordinal)
    if visit.stage == .settling {
      visits.remove(slot)
      return settledOrder(number)
    }
    let index = customers[number].open.index(of: visit.cart)!
    let event: ShopEvent
    let next: Visit.Stage?
    switch visit.stage {
    case .viewing:
      event = cartViewed(number, visit.cart, name, visit.platform)
      next = afterViewing(&visit, customers[number].open[index])
    case .trimming:
      customers[number].open[index].remove { !products[$0].isInStock }
      event = cartUpdated(number, customers[number].open[index], name, visit.platform)
      next = .checkingOut
    case .adding:
      customers[number].open[index].add(UInt16(addition(&visit)))
      event = cartUpdated(number, customers[number].open[index], name, visit.platform)
      next = visit.checkoutSteps > 0 ? .checkingOut : nil
    case .checkingOut:
      event = checkoutProgressed(
        number, visit.cart, name, visit.platform, step: visit.checkoutStep)
      visit.checkoutStep += 1
      let isDone = visit.checkoutStep >= visit.checkoutSteps
      next = !isDone ? .checkingOut : visit.purpose == .returning ? nil : .ordering
    case .ordering, .settling:
      event = placeOrder(visit, name, index)
      next = .settling
    }
    proceed(visit, slot, to: next)
    return event
  }

  private mutating func proceed(_ visit: Visit, _ slot: UInt32, to stage: Visit.Stage?) {
    var visit = visit
    if let stage {
      visit.stage = stage
      let gap =
        stage == .settling
        ? 2 * Duration.second : visit.random.duration(5 * Duration.second, Duration.minute)
      visits[slot] = visit
      if plan(.visit, for: visit.customer, at: now + gap, slot) { return }
    }
    visits.remove(slot)
  }

  /// Decides at the sight of the cart. What is sold out by now is taken out; where nothing is
  /// left, or the customer cannot pay, there is nothing to order.
  private func afterViewing(_ visit: inout Visit, _ cart: Cart) -> Visit.Stage? {
    switch visit.purpose {
    case .looking: return nil
    case .returning:
      visit.checkoutSteps = visit.random.chance(1, of: 2) ? 1 : 0
      if cart.count < Cart.capacity, visit.random.chance(2, of: 5) { return .adding }
      return visit.checkoutSteps > 0 ? .checkingOut : nil
    case .ordering:
      guard customers[visit.customer].canOrder else { return nil }
      visit.checkoutSteps = 2 + visit.random.below(2)
      var kept = cart
      kept.remove { !products[$0].isInStock }
      if kept.count == 0 { return nil }
      return kept.count < cart.count ? .trimming : .checkingOut
    }
  }

  /// A product that is in stock, or the last of a few that were looked at.
  private func addition(_ visit: inout Visit) -> Int {
    var product = visit.random.below(products.count)
    for _ in 0..<4 where !products[product].isInStock {
      product = visit.random.below(products.count)
    }
    return product
  }

  private mutating func placeOrder(_ visit: Visit, _ session: Name, _ index: Int) -> ShopEvent {
    let number = visit.customer
    guard case .ordering(let cause) = visit.purpose else {
      preconditionFailure("only a visit that means to order comes here")
    }
    let cart = customers[number].open[index]
    customers[number].open.remove(index)
    // A code holds for 24 hours. Who was written to uses it; of those who came by themselves,
    // some.
    var random = visit.random
    let isOffered = cart.offerPercent > 0 && now <= cart.offeredAt + Duration.day
    let isUsed = isOffered && (cause != .baseline || random.chance(3, of: 5))
    let percent = isUsed ? Int(cart.offerPercent) : 0
    let subtotal = value(of: cart)
    let discount = subtotal * Int64(percent) / 100
    count(cause)
    truth.conversions.append(
      ShopTruth.Conversion(
        customer: UInt32(number), cart: visit.cart, cause: cause, time: now,
        totalMinor: subtotal - discount, discountMinor: discount))
    return order(number, cart, session, visit.platform, percent: percent)
  }

  private mutating func count(_ cause: ShopTruth.Cause) {
    switch cause {
    case .baseline: truth.baselineOrders += 1
    case .email: truth.email.converted += 1
    case .sms: truth.sms.converted += 1
    case .push: truth.push.converted += 1
    }
  }
}
