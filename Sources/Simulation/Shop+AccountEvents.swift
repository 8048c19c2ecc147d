import CBOR

extension Shop {
  /// Somebody tries to log in; `outcome` is `success`, `failure` or `locked`.
  mutating func login(_ number: Int, _ origin: Origin, outcome: String) -> ShopEvent {
    customers[number].logins += 1
    if origin.platform == Platform.attacker { noteStranger(number) }
    var encoder = CBOREncoder(capacity: 320)
    encoder.mapHeader(6)
    encoder.field(Key.ip, origin.ip)
    encoder.field(Key.outcome, outcome)
    Self.write(origin, to: &encoder)
    encoder.field(Key.attemptId, Name("login-", number, Int(customers[number].logins)))
    encoder.field(Key.userAgent, Platform.userAgents[Int(origin.platform)])
    encoder.field(Key.deviceFingerprint, Self.fingerprint(origin))
    return event("login.attempted", of: number, encoder)
  }

  /// One change, or several with an id of their own for the whole.
  mutating func accountChanged(
    _ number: Int, _ changes: [AccountChange], _ origin: Origin
  ) -> ShopEvent {
    noteChanges(number, changes.count)
    var encoder = CBOREncoder(capacity: 256 + 128 * changes.count)
    let id = Name("chg-", number, changes[0].ordinal)
    if changes.count == 1 {
      let change = changes[0]
      encoder.mapHeader(6 + (change.new == nil ? 0 : 1) + (change.old == nil ? 0 : 1))
      encoder.field(Key.ip, origin.ip)
      Self.writeValues(change, to: &encoder)
      encoder.field(Key.changeId, id)
      Self.write(origin, to: &encoder)
    } else {
      encoder.mapHeader(5)
      encoder.field(Key.ip, origin.ip)
      encoder.text(Key.changes)
      encoder.arrayHeader(changes.count)
      for change in changes {
        encoder.mapHeader(3 + (change.new == nil ? 0 : 1) + (change.old == nil ? 0 : 1))
        Self.writeValues(change, to: &encoder)
        encoder.field(Key.changeId, Name("chg-", number, change.ordinal))
      }
      var bundle = id
      bundle.append("+")
      bundle.append(changes.count)
      encoder.field(Key.changeId, bundle)
      Self.write(origin, to: &encoder)
    }
    encoder.field(Key.deviceFingerprint, Self.fingerprint(origin))
    return event("account.changed", of: number, encoder)
  }

  private mutating func noteChanges(_ number: Int, _ count: Int) {
    guard case .attack(let attack) = incidents[number]?.cause else { return }
    truth.attacks[attack].changes += count
    if truth.attacks[attack].firstChange == nil { truth.attacks[attack].firstChange = now }
  }

  /// New contacts of an account, or contacts restored.
  mutating func contactsUpdated(
    _ number: Int, _ email: String?, _ phone: String?
  ) -> ShopEvent {
    var encoder = CBOREncoder(capacity: 64)
    encoder.mapHeader((email == nil ? 0 : 1) + (phone == nil ? 0 : 1))
    if let email { encoder.field(Key.email, email) }
    if let phone { encoder.field(Key.phone, phone) }
    return event("customer.updated", of: number, encoder)
  }

  /// A reputation service rates an address that somebody of this customer's account uses.
  mutating func ratedAddress(_ ip: String, _ percent: Int, _ number: Int) -> ShopEvent {
    customers[number].events += 1
    var encoder = CBOREncoder(capacity: 64)
    encoder.mapHeader(2)
    encoder.field(Key.ip, ip)
    encoder.field(Key.reputation, tenThousandths: Int32(100 * percent))
    return ShopEvent(
      time: now, isOutcome: false, type: "ip.rated", subject: ip,
      source: "//shop.example/reputation",
      id: Name.event(number, Int(customers[number].events)).string, payload: encoder.bytes)
  }

  /// The owner begins to prove that he is himself, or ends it with an outcome.
  mutating func verification(
    _ number: Int, _ ordinal: Int, _ method: String, outcome: String?
  ) -> ShopEvent {
    var encoder = CBOREncoder(capacity: 96)
    encoder.mapHeader(outcome == nil ? 2 : 3)
    encoder.field(Key.method, method)
    if let outcome { encoder.field(Key.outcome, outcome) }
    encoder.field(Key.verificationId, Name("ver-", number, ordinal))
    return event(
      outcome == nil ? "verification.started" : "verification.completed", of: number, encoder)
  }

  /// The owner says that the changes were his.
  mutating func confirmed(_ number: Int, _ method: String) -> ShopEvent {
    if case .ownChange(let change) = incidents[number]?.cause {
      truth.ownChanges[change].confirmedAt = now
    }
    var encoder = CBOREncoder(capacity: 32)
    encoder.mapHeader(1)
    encoder.field(Key.method, method)
    return event("account.confirmed", of: number, encoder)
  }

  private static func writeValues(_ change: AccountChange, to encoder: inout CBOREncoder) {
    if let new = change.new { encoder.field(Key.new, new) }
    if let old = change.old { encoder.field(Key.old, old) }
    encoder.field(Key.field, change.field.rawValue)
    encoder.field(Key.action, change.action)
  }

  private static func write(_ origin: Origin, to encoder: inout CBOREncoder) {
    let place = Place.all[Int(origin.place)]
    encoder.text(Key.location)
    encoder.mapHeader(4)
    encoder.field(Key.lat, tenThousandths: origin.latitude)
    encoder.field(Key.lon, tenThousandths: origin.longitude)
    encoder.field(Key.city, place.city)
    encoder.field(Key.country, place.country)
  }

  private static func fingerprint(_ origin: Origin) -> Name {
    var name = Name()
    name.append(hex: origin.device, digits: 16)
    return name
  }
}
