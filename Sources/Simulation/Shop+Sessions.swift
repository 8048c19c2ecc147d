import CBOR

extension Shop {
  private static let pages = [
    "home", "catalog", "search", "promo_page", "filter_results", "wishlist_add", "catalog",
    "search",
  ]
  private static let checkoutSteps = ["shipping_details", "payment_details", "review"]
  private static let errors: [(type: String, severity: String)] = [
    ("error_page", "error"), ("timeout", "error"), ("payment_error", "error"),
    ("crash", "critical"), ("data_loss", "critical"), ("security", "critical"),
  ]

  /// Plans the customer's next session: his first within minutes of joining, the others on
  /// another day of his own time zone, at an hour that suits him.
  mutating func planSession(_ number: Int, isFirst: Bool) {
    if cancel(number) { return }
    customers[number].sessions += 1
    var random = random(.session, of: number, Int(customers[number].sessions))
    var time = now + random.duration(Duration.second, 5 * Duration.minute)
    if !isFirst {
      let customer = customers[number]
      let offset = Int64(Place.all[Int(customer.home)].offsetMinutes) * Duration.minute
      // Who loses interest comes a quarter as often, and wants nothing.
      let pace = Int(customer.pace) * (isDeclining(number) ? 4 : 1)
      let today = (now + offset) / Duration.day
      let day = today + 1 + Int64(random.below(2 * pace - 1))
      let moment = DayPattern.moment(&random, shift: Int(customer.shift))
      time = max(day * Duration.day + moment - offset, now + Duration.hour)
    }
    var session = Session()
    session.platform = Platform.draw(&random)
    session.pagesLeft = UInt8(2 + min(random.below(16), random.below(24)))
    if random.chance(configuration.shoppingPercent, of: 100) {
      session.wanted = UInt8(1 + min(random.below(4), random.below(4)))
      session.pagesLeft += 3
    }
    if isDeclining(number) { session.wanted = 0 }
    session.random = random
    customers[number].session = session
    plan(.session, for: number, at: time)
  }

  /// The next step of the customer's session. The event is always made before what follows is
  /// planned, because the end of a session puts the next one in its place.
  mutating func continueSession(_ number: Int) -> ShopEvent {
    var session = customers[number].session
    defer { customers[number].session = session }
    switch session.phase {
    case .arriving:
      return arrive(number, &session)
    case .retryingLogin:
      let event = login(number, origin(of: number, session), outcome: "success")
      go(.browsing, number, &session)
      return event
    case .browsing:
      return browse(number, &session)
    case .adding:
      session.cart.add(session.product)
      let event = cartUpdated(number, session.cart, sessionName(number), session.platform)
      afterPage(number, &session)
      return event
    case .removing:
      session.cart.removeLast()
      let event = cartUpdated(number, session.cart, sessionName(number), session.platform)
      go(.reviewing, number, &session)
      return event
    case .reviewing:
      let event = cartViewed(
        number, session.cart.ordinal, sessionName(number), session.platform)
      planCheckout(number, &session)
      return event
    case .checkingOut:
      return checkOut(number, &session)
    case .ordering:
      truth.directOrders += 1
      let event = order(
        number, session.cart, sessionName(number), session.platform, percent: 0)
      go(.settling, number, &session)
      return event
    case .settling:
      let event = settledOrder(number)
      leave(number, &session)
      return event
    case .optingOut:
      let event = optOut(number)
      finish(number, &session)
      return event
    }
  }

  /// Plans the next step of this session.
  private mutating func go(_ phase: Session.Phase, _ number: Int, _ session: inout Session) {
    session.phase = phase
    let gap =
      phase == .settling
      ? 2 * Duration.second : session.random.duration(3 * Duration.second, 80 * Duration.second)
    plan(.session, for: number, at: now + gap)
  }

  /// Ends this session and plans the next.
  private mutating func finish(_ number: Int, _ session: inout Session) {
    planSession(number, isFirst: false)
    session = customers[number].session
  }

  /// Ends this session, now and then with the wish not to be written to any more.
  private mutating func leave(_ number: Int, _ session: inout Session) {
    let wish = configuration.optOutsPerTenThousandSessions
    if session.random.chance(wish, of: 10_000),
      !customers[number].traits.contains(.isOptedOut)
    {
      go(.optingOut, number, &session)
    } else {
      finish(number, &session)
    }
  }

  /// The customer logs in, or has been logged in all the time; a locked account keeps him out.
  private mutating func arrive(_ number: Int, _ session: inout Session) -> ShopEvent {
    let isLocked = customers[number].traits.contains(.isLocked)
    let isFirst = customers[number].sessions == 1
    let journey = isLocked || isFirst ? nil : journeyOrigin(number)
    guard isLocked || isFirst || session.random.chance(35, of: 100) || journey != nil else {
      return browse(number, &session)
    }
    let origin = journey ?? origin(of: number, session)
    if isLocked {
      let event = login(number, origin, outcome: "locked")
      finish(number, &session)
      return event
    }
    let isMistyped = session.random.chance(5, of: 100)
    let event = login(number, origin, outcome: isMistyped ? "failure" : "success")
    go(isMistyped ? .retryingLogin : .browsing, number, &session)
    return event
  }

  /// The customer looks at a page or a product, or something goes wrong.
  private mutating func browse(_ number: Int, _ session: inout Session) -> ShopEvent {
    session.phase = .browsing
    session.pagesLeft -= 1
    let draw = session.random.below(1_000)
    // What failed often fails again when it is tried again.
    let isAgain = session.error > 0 && session.random.chance(2, of: 5)
    if draw < configuration.errorsPerThousandPages || isAgain {
      if !isAgain {
        let count = Self.errors.count
        let kind = min(session.random.below(count), session.random.below(count))
        session.error = UInt8(kind + 1)
        session.errorCount = 0
      }
      session.errorCount += 1
      if session.errorCount == 3 { trouble(number, Self.errors[Int(session.error) - 1].type) }
      let event = appError(number, &session)
      afterPage(number, &session)
      return event
    }
    session.error = 0
    if draw < configuration.errorsPerThousandPages + 4 {
      let event = supportContacted(number, session: sessionName(number), reason: "question")
      afterPage(number, &session)
      return event
    }
    // Who wants something looks at products more.
    if draw < (session.wanted > 0 ? 600 : 420) { return lookAtProduct(number, &session) }
    var encoder = CBOREncoder(capacity: 96)
    encoder.mapHeader(3)
    encoder.field(Key.page, Self.pages[session.random.below(Self.pages.count)])
    encoder.field(Key.session, sessionName(number))
    encoder.field(Key.platform, Platform.names[Int(session.platform)])
    let event = event("page.viewed", of: number, encoder)
    afterPage(number, &session)
    return event
  }

  /// The customer looks at a product, and may put it into his cart next.
  private mutating func lookAtProduct(_ number: Int, _ session: inout Session) -> ShopEvent {
    let product = interest(of: number, &session.random)
    session.product = UInt16(product)
    var encoder = CBOREncoder(capacity: 96)
    encoder.mapHeader(4)
    encoder.field(Key.seconds, Int64(5 + session.random.below(180)))
    encoder.field(Key.session, sessionName(number))
    encoder.field(Key.platform, Platform.names[Int(session.platform)])
    encoder.field(Key.productId, Name.product(product))
    let event = event("product.viewed", of: number, encoder)
    let isTaken =
      session.cart.count < session.wanted && products[product].isInStock
      && !session.cart.contains(session.product) && session.random.chance(2, of: 3)
    if isTaken {
      if session.cart.ordinal == 0 {
        customers[number].carts += 1
        session.cart.ordinal = customers[number].carts
      }
      go(.adding, number, &session)
    } else {
      afterPage(number, &session)
    }
    return event
  }

  /// The product that the customer looks at: every other time one of his six favourites.
  private func interest(of number: Int, _ random: inout SplitMix64) -> Int {
    guard random.chance(1, of: 2) else { return random.below(products.count) }
    let favourite = UInt64(number) << 8 | UInt64(random.below(6))
    return Int(SplitMix64.mixed(favourite ^ configuration.seed) % UInt64(products.count))
  }

  /// Goes on to the next page, the cart, or home.
  private mutating func afterPage(_ number: Int, _ session: inout Session) {
    if session.pagesLeft > 0 {
      go(.browsing, number, &session)
    } else if session.cart.count == 0 {
      leave(number, &session)
    } else if session.cart.count > 1 && session.random.chance(8, of: 100) {
      go(.removing, number, &session)
    } else {
      go(.reviewing, number, &session)
    }
  }

  /// Decides at the sight of the cart whether to order, to hesitate at the checkout, or to go.
  private mutating func planCheckout(_ number: Int, _ session: inout Session) {
    session.willOrder =
      session.random.chance(configuration.orderPercent, of: 100)
      && customers[number].canOrder
    if session.willOrder {
      session.checkoutLeft = 3
      go(.checkingOut, number, &session)
    } else if session.random.chance(1, of: 2) {
      session.checkoutLeft = UInt8(1 + session.random.below(2))
      go(.checkingOut, number, &session)
    } else {
      abandon(number, session.cart)
      leave(number, &session)
    }
  }

  private mutating func checkOut(_ number: Int, _ session: inout Session) -> ShopEvent {
    let event = checkoutProgressed(
      number, session.cart.ordinal, sessionName(number), session.platform,
      step: Int(session.checkoutStep))
    session.checkoutStep += 1
    session.checkoutLeft -= 1
    if session.checkoutLeft > 0 {
      go(.checkingOut, number, &session)
    } else if session.willOrder {
      go(.ordering, number, &session)
    } else {
      abandon(number, session.cart)
      leave(number, &session)
    }
    return event
  }

  private mutating func appError(_ number: Int, _ session: inout Session) -> ShopEvent {
    let error = Self.errors[Int(session.error) - 1]
    var encoder = CBOREncoder(capacity: 160)
    encoder.mapHeader(6)
    encoder.field(Key.session, sessionName(number))
    encoder.field(Key.platform, Platform.names[Int(session.platform)])
    encoder.field(Key.severity, error.severity)
    encoder.field(Key.errorType, error.type)
    encoder.field(Key.appVersion, session.random.chance(1, of: 3) ? "2.5.0" : "2.5.1")
    encoder.field(Key.deviceType, Platform.names[Int(session.platform)])
    return event("app.error", of: number, encoder)
  }

  func sessionName(_ number: Int) -> Name {
    Name("s-", number, Int(customers[number].sessions))
  }

  /// Where and on what the customer is in this session.
  private func origin(of number: Int, _ session: Session) -> Origin {
    var origin = homeOrigin(number)
    origin.platform = session.platform
    // Whoever has a computer too uses it for some sessions, but never for the first.
    if session.platform == 1, customers[number].sessions > 1,
      customers[number].traits.contains(.hasSecondDevice)
    {
      origin.device = fingerprint(number, 200)
    }
    return origin
  }
}

extension Shop {
  /// A step of the checkout.
  mutating func checkoutProgressed(
    _ number: Int, _ cart: UInt16, _ session: Name, _ platform: UInt8, step: Int
  ) -> ShopEvent {
    var encoder = CBOREncoder(capacity: 112)
    encoder.mapHeader(4)
    encoder.field(Key.step, Self.checkoutSteps[min(step, 2)])
    encoder.field(Key.cartId, Name.cart(number, Int(cart)))
    encoder.field(Key.session, session)
    encoder.field(Key.platform, Platform.names[Int(platform)])
    return event("checkout.progressed", of: number, encoder)
  }

  /// The customer asks for help.
  mutating func supportContacted(
    _ number: Int, session: Name, reason: String
  ) -> ShopEvent {
    var encoder = CBOREncoder(capacity: 64)
    encoder.mapHeader(2)
    encoder.field(Key.reason, reason)
    encoder.field(Key.session, session)
    return event("support.contacted", of: number, encoder)
  }
}
