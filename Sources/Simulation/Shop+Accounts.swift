import CBOR

extension Shop {
  /// Begins a script with its first action, after its gap.
  mutating func plan(_ script: Script) {
    guard let first = script.rest.last, now + first.gap < end else { return }
    plan(.script, for: script.customer, at: now + first.gap, scripts.add(script))
  }

  /// Whether the script ends because the account is locked, or the attack that it is stopped.
  func isVoid(_ script: Script) -> Bool {
    script.endsWithLock && customers[script.customer].traits.contains(.isLocked)
      || script.attack.map { truth.attacks[$0].stoppedAt != nil } ?? false
  }

  /// The next action of a script that is not void.
  mutating func continueScript(_ slot: UInt32) -> ShopEvent {
    let number = scripts[slot].customer
    let action = scripts[slot].takeNext()
    if let next = scripts[slot].rest.last {
      if !plan(.script, for: number, at: now + next.gap, slot) { scripts.remove(slot) }
    } else {
      scripts.remove(slot)
    }
    return perform(action, number)
  }

  /// Does one thing of a script, or the one before it begins.
  mutating func perform(_ action: Script.Action, _ number: Int) -> ShopEvent {
    switch action {
    case .ratedAddress(let ip, let percent):
      return ratedAddress(ip, percent, number)
    case .login(let origin, let outcome):
      return login(number, origin, outcome: outcome)
    case .changed(let changes, let origin):
      return accountChanged(number, changes, origin)
    case .contacts(let email, let phone, let isOwners):
      if isOwners, email != nil { customers[number].emailVersion &+= 1 }
      if isOwners, phone != nil { customers[number].phoneVersion &+= 1 }
      return contactsUpdated(number, email, phone)
    case .fraudulentOrder(let attack, let products):
      return fraudulentOrder(number, attack, products)
    case .askedForHelp:
      customers[number].visits += 1
      return supportContacted(
        number, session: Name("v-", number, Int(customers[number].visits)),
        reason: "account_takeover")
    case .completed(let effect):
      return outcome(effect, "completed")
    case .startedVerification(let ordinal, let method):
      return verification(number, ordinal, method, outcome: nil)
    case .completedVerification(let ordinal, let method, let outcome):
      return verification(number, ordinal, method, outcome: outcome)
    case .confirmed(let method):
      return confirmed(number, method)
    case .surveyed(let order, let isSatisfied):
      return said(
        "survey.answered", ["orderId": .text(order), "satisfied": .bool(isSatisfied)], number)
    case .bought(let product, let percent):
      return buy(number, product, percent: percent)
    case .accepted(let program):
      return accepted(program, number)
    case .subscribed:
      return subscribed(number)
    case .said(let type, let data):
      return said(type, data, number)
    }
  }

  // MARK: The owner's own changes

  /// The owner changes his account data: mostly one field on a device of his, rarely several on a
  /// new phone far from home, which looks like an attack.
  mutating func beginOwnChange(_ number: Int) -> ShopEvent {
    var random = random(.change, of: number, Int(customers[number].changes))
    let isTravelling = random.chance(configuration.travellingChangesPerThousand, of: 1_000)
    var origin = homeOrigin(number)
    if isTravelling {
      customers[number].device &+= 1
      origin = travelOrigin(number, &random)
    }
    let count =
      isTravelling
      ? 2 + random.below(2) : random.chance(1, of: 5) ? 2 : 1
    var actions: [(gap: Int64, action: Script.Action)] = []
    for field in Self.fields(count, &random) {
      let change = ownChange(number, field, &random)
      actions.append(
        (
          random.duration(30 * Duration.second, 2 * Duration.minute),
          .changed([change], origin)
        ))
      if let contacts = Self.contacts(change, isOwners: true) { actions.append(contacts) }
    }
    noteIncident(
      number,
      Incident(
        cause: .ownChange(truth.ownChanges.count),
        emailVersion: customers[number].emailVersion, phoneVersion: customers[number].phoneVersion))
    truth.ownChanges.append(
      ShopTruth.OwnChange(
        customer: Name.customer(number).string, time: now + actions[0].gap, fields: count,
        isTravelling: isTravelling))
    plan(Script(customer: number, endsWithLock: true, actions))

    let mean = Int64(configuration.daysBetweenAccountChanges)
    plan(
      .change, for: number,
      at: now + random.duration(Duration.hour, 2 * mean * Duration.day))
    return login(number, origin, outcome: "success")
  }

  /// The first `count` of the fields in an order by chance.
  private static func fields(
    _ count: Int, _ random: inout SplitMix64
  ) -> [AccountChange.Field] {
    var fields: [AccountChange.Field] = [.password, .email, .recoveryPhone]
    for index in 0..<2 { fields.swapAt(index, index + random.below(3 - index)) }
    return Array(fields.prefix(count))
  }

  private mutating func ownChange(
    _ number: Int, _ field: AccountChange.Field, _ random: inout SplitMix64
  ) -> AccountChange {
    customers[number].changes += 1
    var change = AccountChange(ordinal: Int(customers[number].changes), field: field)
    switch field {
    case .email:
      change.old = email(number).string
      change.new = email(number, changes: 1).string
    case .recoveryPhone:
      change.old = phone(number).string
      change.new = phone(number, changes: 1).string
    case .password, .paymentMethod: break
    }
    return change
  }

  /// The traits that follow a change at once, nil where it leaves the contacts alone.
  static func contacts(
    _ change: AccountChange, isOwners: Bool
  ) -> (gap: Int64, action: Script.Action)? {
    switch change.field {
    case .email:
      (Duration.second, .contacts(email: change.new, phone: nil, isOwners: isOwners))
    case .recoveryPhone:
      (Duration.second, .contacts(email: nil, phone: change.new, isOwners: isOwners))
    case .password, .paymentMethod: nil
    }
  }

  /// Notes what a lock of the account would be about, unless it is locked already.
  mutating func noteIncident(_ number: Int, _ incident: Incident) {
    if !customers[number].traits.contains(.isLocked) { incidents[number] = incident }
  }

  // MARK: Origins

  /// The customer's own city and network, and the device that he uses most.
  func homeOrigin(_ number: Int) -> Origin {
    let customer = customers[number]
    return Origin(
      device: fingerprint(number, Int(customer.device)), ip: homeAddress(number),
      place: customer.home, latitude: customer.latitude, longitude: customer.longitude,
      platform: 0)
  }

  func travelOrigin(_ number: Int, _ random: inout SplitMix64) -> Origin {
    let places = Place.farAway[Int(customers[number].home)]
    let place = places[random.below(places.count)]
    return Origin(
      device: fingerprint(number, Int(customers[number].device)),
      ip: "203.0.113.\(1 + random.below(254))", place: place,
      latitude: Place.all[Int(place)].latitude, longitude: Place.all[Int(place)].longitude,
      platform: 0)
  }

  /// The fingerprint of a device; the attacker's have numbers from 1,000.
  func fingerprint(_ number: Int, _ device: Int) -> UInt64 {
    var random = random(.device, of: number, device)
    return random.next()
  }

  /// The address of the customer's own network, from the ranges that are kept for documentation
  /// (RFC 5737, RFC 3849).
  func homeAddress(_ number: Int) -> String {
    var random = random(.device, of: number, 1 << 20)
    let host = 1 + random.below(254)
    switch random.below(5) {
    case 0: return "198.51.100.\(host)"
    case 1: return "203.0.113.\(host)"
    default:
      // No group is 0 or has leading zeros, so that this is the canonical text (RFC 5952).
      let (high, low) = (1 + number >> 15, 1 + number & 0x7fff)
      return "2001:db8:\(String(high, radix: 16)):\(String(low, radix: 16))::1"
    }
  }
}
