import CBOR

extension Shop {
  // MARK: Parcels

  /// Plans how an order comes: mostly in time, sometimes days late or damaged, and whether its
  /// customer says later that all is well, without anybody's doing.
  mutating func planDelivery(_ number: Int, _ cart: Cart, value: Int64) {
    let order = Name.order(number, Int(cart.ordinal)).string
    var random = random(.parcel, of: number, Int(cart.ordinal))
    let promised = now + 3 * Duration.day
    let isLate = random.chance(configuration.lateOrderPercent, of: 100)
    let isDamaged = random.chance(configuration.damagedOrderPercent, of: 100)
    let gap =
      isLate
      ? random.duration(5 * Duration.day + Duration.hour, 11 * Duration.day)
      : random.duration(Duration.day, 3 * Duration.day)
    let delivered: CBORValue = [
      "orderId": .text(order), "value": .signed(value),
      "promisedAt": .text(Self.text(promised)), "deliveredAt": .text(Self.text(now + gap)),
      "condition": isDamaged ? "damaged" : "good",
    ]
    var actions: [(gap: Int64, action: Script.Action)] = [
      (gap, .said(type: "order.delivered", data: delivered))
    ]
    if isLate || isDamaged {
      let isSatisfied = parcelDraw(number, order) < configuration.forgivingPercent
      actions.append(
        (random.duration(5 * Duration.day, 7 * Duration.day), .surveyed(order, isSatisfied)))
    }
    plan(Script(customer: number, endsWithLock: false, actions))
  }

  /// The customer is written to about an order that was made good, and says whether it is.
  mutating func readApology(_ effect: ShopEffect, _ number: Int) {
    guard effect.program == "proactive-refunds", effect.channel == "email",
      let order = effect.variables["order"]?.string
    else { return }
    let isRefunded = effect.variables["refund"]?.string?.isEmpty == false
    let isCredited = effect.variables["credit"]?.string?.isEmpty == false
    let percent =
      isRefunded && isCredited
      ? configuration.satisfiedPercent.high
      : isRefunded ? configuration.satisfiedPercent.medium : configuration.satisfiedPercent.low
    var random = random(.parcel, of: number, Self.digest(order))
    plan(
      Script(
        customer: number, endsWithLock: false,
        [
          (
            random.duration(Duration.hour, 20 * Duration.hour),
            .surveyed(order, parcelDraw(number, order) < percent)
          )
        ]))
  }

  /// 0 to 99: the lower, the sooner the customer forgives.
  private func parcelDraw(_ number: Int, _ order: String) -> Int {
    var random = random(.parcel, of: number, Self.digest(order) &+ 1)
    return random.below(100)
  }

  /// RFC 3339 in UTC, to the second.
  private static func text(_ time: Int64) -> String {
    let days = time / Duration.day
    let seconds = Int(time % Duration.day / Duration.second)
    let (year, month, day) = civil(Int(days))
    var name = Name()
    name.append(year, width: 4)
    name.append("-")
    name.append(month, width: 2)
    name.append("-")
    name.append(day, width: 2)
    name.append("T")
    name.append(seconds / 3_600, width: 2)
    name.append(":")
    name.append(seconds / 60 % 60, width: 2)
    name.append(":")
    name.append(seconds % 60, width: 2)
    name.append("Z")
    return name.string
  }

  /// Year, month and day of a day after 1970, by the rule of the Gregorian calendar with years
  /// that begin in March.
  private static func civil(_ day: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = day + 719_468
    let era = shifted / 146_097
    let ofEra = shifted % 146_097
    let year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let month = (5 * ofYear + 2) / 153
    let first = (153 * month + 2) / 5
    let civilMonth = month < 10 ? month + 3 : month - 9
    return (year + era * 400 + (civilMonth <= 2 ? 1 : 0), civilMonth, ofYear - first + 1)
  }

  // MARK: Recommendations

  /// The customer sees a product in the app, or in an e-mail, and may buy it.
  mutating func seeRecommendation(_ effect: ShopEffect, _ number: Int) {
    guard effect.program == "product-recommendations",
      let product = products.indices.first(where: { Name.product($0).string == effect.run })
    else { return }
    var random = random(
      .recommendation, of: number, Self.digest("\(effect.run) \(now / Duration.day)"))
    let draw = random.below(100)
    let app = configuration.appResponsePercent
    switch effect.channel {
    case "in-app" where draw < app:
      let gap = random.duration(5 * Duration.minute, 50 * Duration.minute)
      plan(Script(customer: number, endsWithLock: true, [(gap, .bought(product, 0))]))
    case "email" where draw >= app && draw < app + configuration.mailResponsePercent:
      let gap = random.duration(Duration.hour, 40 * Duration.hour)
      plan(
        Script(
          customer: number, endsWithLock: true,
          [(gap, .bought(product, Self.percent(effect.variables["discount"]) ?? 0))]))
    default: break
    }
  }

  /// The order of one product that was recommended; without stock or means, a look at it.
  mutating func buy(_ number: Int, _ product: Int, percent: Int) -> ShopEvent {
    customers[number].visits += 1
    let session = Name("v-", number, Int(customers[number].visits))
    guard products[product].isInStock, customers[number].canOrder else {
      return said(
        "product.viewed",
        ["productId": .text(Name.product(product).string), "seconds": 20], number)
    }
    customers[number].carts += 1
    var cart = Cart()
    cart.ordinal = customers[number].carts
    cart.add(UInt16(product))
    cart.offerCode = codeNumber(percent > 0 ? "FORYOU15" : "")
    truth.recommendedOrders += 1
    return order(number, cart, session, 0, percent: percent)
  }
}
