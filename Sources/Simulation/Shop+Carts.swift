import CBOR

extension Shop {
  /// Whether and why an abandoned cart would be ordered after all. It is drawn once a cart and
  /// independent of what the product does, so that the shares of the configuration are shares of
  /// the same carts.
  struct Fate {
    /// Why, nil for never (at a discount of 10 per cent).
    let cause: ShopTruth.Cause?
    /// 0 to 9,999: how sure the customer is; the lower, the smaller the push that he needs.
    let resistance: Int
    /// The rest of the cart's chance.
    var random: SplitMix64
  }

  /// The fate of a customer's cart.
  func fate(_ number: Int, _ ordinal: UInt16) -> Fate {
    var random = random(.cart, of: number, Int(ordinal))
    var draw = random.below(100)
    let resistance = random.below(10_000)
    for cause in ShopTruth.Cause.allCases {
      let share = responsePercent(cause)
      if draw < share { return Fate(cause: cause, resistance: resistance, random: random) }
      draw -= share
    }
    return Fate(cause: nil, resistance: resistance, random: random)
  }

  private func responsePercent(_ cause: ShopTruth.Cause) -> Int {
    switch cause {
    case .baseline: configuration.baselinePercent
    case .email: configuration.emailResponsePercent
    case .sms: configuration.smsResponsePercent
    case .push: configuration.pushResponsePercent
    }
  }

  /// Whether a touch with this discount makes the customer order the cart.
  ///
  /// In ten-thousandths of all carts, `share` answer at 10 per cent and `share + lift` at this
  /// discount. A lift takes its cases from the carts with no cause at all, a drop from those that
  /// would have answered, each by their resistance.
  func answers(_ fate: Fate, touch: ShopTruth.Cause, percent: Int) -> Bool {
    let share = 100 * responsePercent(touch)
    let lift = configuration.responsePerDiscountPoint * (percent - 10)
    if fate.cause == touch { return fate.resistance * share < 10_000 * (share + lift) }
    guard fate.cause == nil else { return false }
    let rest =
      10_000
      - 100 * ShopTruth.Cause.allCases.reduce(0) { $0 + responsePercent($1) }
    return fate.resistance * rest < 10_000 * lift
  }

  /// The customer leaves a cart behind. Some will come back by themselves, to order it or to look.
  mutating func abandon(_ number: Int, _ cart: Cart) {
    truth.abandonedCarts += 1
    customers[number].open.append(cart)
    var fate = fate(number, cart.ordinal)
    if fate.cause == .baseline {
      let delay = 20 * Duration.minute + fate.random.shortDuration(below: 4 * Duration.day)
      planVisit(number, cart.ordinal, .ordering(.baseline), at: now + delay)
    } else if fate.random.chance(configuration.returnPercent, of: 100) {
      let delay = 40 * Duration.minute + fate.random.shortDuration(below: 4 * Duration.day)
      planVisit(number, cart.ordinal, .returning, at: now + delay)
    }
  }

  // MARK: Events

  /// The whole cart after a change.
  mutating func cartUpdated(
    _ number: Int, _ cart: Cart, _ session: Name, _ platform: UInt8
  ) -> ShopEvent {
    var encoder = CBOREncoder(capacity: 160 + 80 * Int(cart.count))
    encoder.mapHeader(7)
    let value = write(cart, to: &encoder)
    encoder.field(Key.cartId, Name.cart(number, Int(cart.ordinal)))
    encoder.field(Key.session, session)
    encoder.field(Key.currency, "USD")
    encoder.field(Key.platform, Platform.names[Int(platform)])
    encoder.field(Key.cartValue, value)
    encoder.field(Key.itemCount, Int64(cart.count))
    return event("cart.updated", of: number, encoder)
  }

  /// The customer looks at the cart.
  mutating func cartViewed(
    _ number: Int, _ ordinal: UInt16, _ session: Name, _ platform: UInt8
  ) -> ShopEvent {
    var encoder = CBOREncoder(capacity: 80)
    encoder.mapHeader(3)
    encoder.field(Key.cartId, Name.cart(number, Int(ordinal)))
    encoder.field(Key.session, session)
    encoder.field(Key.platform, Platform.names[Int(platform)])
    return event("cart.viewed", of: number, encoder)
  }

  /// The customer orders the cart, with a discount of `percent` (rounded in his disfavour by less
  /// than a minor unit). `total` is what he pays, `subtotal` the value of the items.
  mutating func order(
    _ number: Int, _ cart: Cart, _ session: Name, _ platform: UInt8, percent: Int
  ) -> ShopEvent {
    let subtotal = value(of: cart)
    let discount = subtotal * Int64(percent) / 100
    customers[number].orders += 1
    customers[number].lifetimeValue += subtotal - discount
    planDelivery(number, cart, value: subtotal - discount)
    return orderPlaced(
      number, cart, session, platform,
      Price(subtotal: subtotal, discount: discount, percent: percent))
  }

  /// What an order costs, in minor units.
  struct Price {
    let subtotal: Int64
    let discount: Int64
    let percent: Int
  }

  /// The event of an order that is already counted.
  mutating func orderPlaced(
    _ number: Int, _ cart: Cart, _ session: Name, _ platform: UInt8, _ price: Price
  ) -> ShopEvent {
    var encoder = CBOREncoder(capacity: 256 + 80 * Int(cart.count))
    encoder.mapHeader(price.percent > 0 ? 12 : 11)
    if price.percent > 0 { encoder.field(Key.code, codes[Int(cart.offerCode)]) }
    write(cart, to: &encoder)
    encoder.field(Key.total, price.subtotal - price.discount)
    encoder.field(Key.cartId, Name.cart(number, Int(cart.ordinal)))
    encoder.field(Key.orderId, Name.order(number, Int(cart.ordinal)))
    encoder.field(Key.session, session)
    encoder.field(Key.currency, "USD")
    encoder.field(Key.discount, price.discount)
    encoder.field(Key.platform, Platform.names[Int(platform)])
    encoder.field(Key.subtotal, price.subtotal)
    encoder.field(Key.itemCount, Int64(cart.count))
    encoder.field(Key.discountPercent, Int64(price.percent))
    return event("order.placed", of: number, encoder)
  }

  /// The sum of the prices.
  func value(of cart: Cart) -> Int64 {
    var sum: Int64 = 0
    for index in 0..<Int(cart.count) { sum += products[cart[index]].price }
    return sum
  }

  /// Writes the entry `items` and returns the sum of the prices.
  @discardableResult
  private func write(_ cart: Cart, to encoder: inout CBOREncoder) -> Int64 {
    encoder.text(Key.items)
    encoder.arrayHeader(Int(cart.count))
    for index in 0..<Int(cart.count) { encoder.raw(products[cart[index]].item) }
    return value(of: cart)
  }
}
