import CBOR

extension Shop {
  private static let tiers = ["standard", "premium", "vip"]

  /// Plans when a customer joins, changes his account and is attacked.
  mutating func planJoining(_ number: Int) {
    var random = random(.person, of: number, 1)
    let joined =
      configuration.start
      + random.duration(0, Int64(configuration.joiningDays) * Duration.day)
    plan(.join, for: number, at: joined)

    let mean = Int64(configuration.daysBetweenAccountChanges)
    plan(
      .change, for: number,
      at: joined + random.duration(Duration.hour, 2 * mean * Duration.day))

    planIntrusion(number, from: joined)
    guard random.chance(configuration.attackersPerThousand, of: 1_000) else { return }
    let earliest = joined + Duration.day
    if earliest + Duration.hour < end {
      plan(.attack, for: number, at: random.duration(earliest, end - Duration.hour))
    }
  }

  /// The customer's first event: all his traits.
  mutating func join(_ number: Int) -> ShopEvent {
    planDecline(number)
    planSession(number, isFirst: true)
    let customer = customers[number]
    let place = Place.all[Int(customer.home)]
    let takesPush = customer.traits.contains(.takesPush)
    var encoder = CBOREncoder(capacity: 320)
    encoder.mapHeader(takesPush ? 12 : 11)
    encoder.field(Key.tier, Self.tiers[Int(customer.tier)])
    encoder.field(Key.email, email(number))
    encoder.field(Key.phone, phone(number))
    encoder.field(Key.locale, place.locale)
    encoder.field(
      Key.status, customer.traits.contains(.isSuspended) ? "suspended" : "active")
    encoder.field(Key.optedOut, customer.traits.contains(.isOptedOut))
    encoder.field(Key.timeZone, place.timeZone)
    encoder.field(Key.lifecycle, "new")
    if takesPush { encoder.field(Key.pushToken, Name("push-", number)) }
    encoder.field(Key.marketplace, place.marketplace)
    encoder.field(Key.lifetimeValue, customer.lifetimeValue)
    encoder.field(Key.hasPaymentMethod, customer.traits.contains(.hasPaymentMethod))
    return event("customer.updated", of: number, encoder)
  }

  /// The traits that an order changed.
  mutating func settledOrder(_ number: Int) -> ShopEvent {
    var encoder = CBOREncoder(capacity: 48)
    encoder.mapHeader(2)
    encoder.field(Key.lifecycle, "active")
    encoder.field(Key.lifetimeValue, customers[number].lifetimeValue)
    return event("customer.updated", of: number, encoder)
  }

  /// The customer opts out of all marketing.
  mutating func optOut(_ number: Int) -> ShopEvent {
    if customers[number].traits.insert(.isOptedOut).inserted { truth.optOuts += 1 }
    var encoder = CBOREncoder(capacity: 16)
    encoder.mapHeader(1)
    encoder.field(Key.optedOut, true)
    return event("customer.updated", of: number, encoder)
  }

  // MARK: Contacts

  /// The customer's own e-mail address, that many changes after the first.
  func email(_ number: Int, changes: Int = 0) -> Name {
    var name = Name("c-", number)
    let version = Int(customers[number].emailVersion) + changes
    if version > 0 {
      name.append(UInt8(ascii: "."))
      name.append(version)
    }
    name.append("@example.com")
    return name
  }

  /// The customer's own number, that many changes after the first.
  func phone(_ number: Int, changes: Int = 0) -> Name {
    Self.fictitiousPhone(number + 1_009 * (Int(customers[number].phoneVersion) + changes))
  }

  /// One of the 80,000 numbers +1 xxx 555-01xx, which the numbering plan keeps for fiction.
  static func fictitiousPhone(_ index: Int) -> Name {
    var name = Name("+1")
    name.append(200 + index / 100 % 800)
    name.append("55501")
    name.append(index % 100, width: 2)
    return name
  }
}
