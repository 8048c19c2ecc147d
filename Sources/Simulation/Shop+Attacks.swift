import CBOR

extension Shop {
  /// An attacker begins on a customer's account: he tries passwords until one fits, then makes the
  /// account his own within minutes, and buys at the owner's expense unless a lock stops him.
  mutating func beginAttack(_ number: Int) -> ShopEvent {
    var random = random(.attack, of: number)
    let origin = attackOrigin(number, &random)
    var actions: [(gap: Int64, action: Script.Action)] = []
    for _ in 0..<(2 + random.below(9)) {
      actions.append(
        (
          random.duration(2 * Duration.second, 40 * Duration.second),
          .login(origin, outcome: "failure")
        ))
    }
    actions.append(
      (
        random.duration(2 * Duration.second, 40 * Duration.second),
        .login(origin, outcome: "success")
      ))

    let style = Self.style(&random)
    let changes = attackChanges(number, style, &random)
    appendChanges(changes, style, origin, &actions, &random)

    let bought = dearProducts(&random)
    let attack = truth.attacks.count
    actions.append(
      (
        random.duration(20 * Duration.minute, Duration.hour),
        .fraudulentOrder(attack: attack, products: bought)
      ))
    actions.append((random.duration(Duration.day, 3 * Duration.day), .askedForHelp))

    truth.attacks.append(
      ShopTruth.Attack(
        customer: Name.customer(number).string, style: style,
        stakeMinor: bought.reduce(0) { $0 + products[Int($1)].price }))
    noteIncident(
      number,
      Incident(
        cause: .attack(attack), emailVersion: customers[number].emailVersion,
        phoneVersion: customers[number].phoneVersion,
        attackerEmail: changes.first { $0.field == .email }?.new ?? "",
        attackerPhone: changes.first { $0.field == .recoveryPhone }?.new ?? ""))

    // The address of some attackers is known as bad, that of others as middling.
    let rating = random.below(10)
    let first: Script.Action =
      rating < 6
      ? .ratedAddress(origin.ip, percent: (rating < 4 ? 2 : 40) + random.below(20))
      : .login(origin, outcome: "failure")
    var script = Script(customer: number, endsWithLock: true, actions)
    script.attack = attack
    plan(script)
    return perform(first, number)
  }

  private static func style(_ random: inout SplitMix64) -> ShopTruth.AttackStyle {
    let percent = random.below(100)
    return percent < 60 ? .burst : percent < 82 ? .bundle : .single
  }

  func attackOrigin(_ number: Int, _ random: inout SplitMix64) -> Origin {
    let places = Place.farAway[Int(customers[number].home)]
    let place = places[random.below(places.count)]
    return Origin(
      device: fingerprint(number, 1_000), ip: "192.0.2.\(1 + random.below(254))", place: place,
      latitude: Place.all[Int(place)].latitude, longitude: Place.all[Int(place)].longitude,
      platform: Platform.attacker)
  }

  /// What the attacker changes: everything, or all but one field, or one critical field.
  private mutating func attackChanges(
    _ number: Int, _ style: ShopTruth.AttackStyle, _ random: inout SplitMix64
  ) -> [AccountChange] {
    var fields: [AccountChange.Field] = [.password, .email, .recoveryPhone, .paymentMethod]
    if random.chance(1, of: 3) { fields.swapAt(0, 1) }
    if random.chance(1, of: 3) { fields.remove(at: 2 + random.below(2)) }
    if style == .single { fields = [fields[0]] }
    return fields.map { field in
      customers[number].changes += 1
      var change = AccountChange(ordinal: Int(customers[number].changes), field: field)
      switch field {
      case .password: break
      case .email:
        change.old = email(number).string
        var address = Name("x")
        address.append(hex: random.next(), digits: 8)
        address.append("@example.com")
        change.new = address.string
      case .recoveryPhone:
        change.old = phone(number).string
        change.new = Self.fictitiousPhone(random.below(80_000)).string
      case .paymentMethod:
        change.new = Name("card-", number, Int(customers[number].changes)).string
      }
      return change
    }
  }

  private func appendChanges(
    _ changes: [AccountChange], _ style: ShopTruth.AttackStyle, _ origin: Origin,
    _ actions: inout [(gap: Int64, action: Script.Action)], _ random: inout SplitMix64
  ) {
    let pause = random.duration(20 * Duration.second, 3 * Duration.minute)
    guard style != .bundle else {
      actions.append((pause, .changed(changes, origin)))
      actions.append(
        (
          Duration.second,
          .contacts(
            email: changes.first { $0.field == .email }?.new,
            phone: changes.first { $0.field == .recoveryPhone }?.new, isOwners: false)
        ))
      return
    }
    for (index, change) in changes.enumerated() {
      let gap =
        index == 0
        ? pause : random.duration(15 * Duration.second, 2 * Duration.minute)
      actions.append((gap, .changed([change], origin)))
      if let contacts = Self.contacts(change, isOwners: false) { actions.append(contacts) }
    }
  }

  /// Three products, each the dearest of a few.
  private func dearProducts(_ random: inout SplitMix64) -> [UInt16] {
    (0..<3).map { _ in
      var dearest = random.below(products.count)
      for _ in 0..<5 {
        let other = random.below(products.count)
        if products[other].price > products[dearest].price { dearest = other }
      }
      return UInt16(dearest)
    }
  }

  /// The attacker's order, which does not count as the customer's.
  mutating func fraudulentOrder(
    _ number: Int, _ attack: Int, _ bought: [UInt16]
  ) -> ShopEvent {
    truth.attacks[attack].lost = true
    customers[number].carts += 1
    customers[number].visits += 1
    var cart = Cart()
    cart.ordinal = customers[number].carts
    for product in bought { cart.add(product) }
    return orderPlaced(
      number, cart, Name("v-", number, Int(customers[number].visits)), Platform.attacker,
      Price(subtotal: value(of: cart), discount: 0, percent: 0))
  }
}
