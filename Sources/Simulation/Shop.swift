import CBOR

/// A virtual shop with customers, attackers and a stock: a discrete-event simulation.
///
/// Whatever happens follows from the configuration and from the effects that the shop is told of.
/// Each customer draws from streams of his own, so he does the same in a small shop as in a large
/// one, and whether he answers a message about a cart is settled when he leaves that cart: two
/// histories with different programs differ only by what the programs did.
///
/// ```swift
/// var shop = Shop(ShopConfiguration(seed: 7, customers: 1_000, days: 30))
/// while let event = shop.next() {
///   for effect in ingest(event) { shop.observe(effect, at: event.time) }
/// }
/// ```
/// `next()` takes logarithmic time; a customer takes about 330 bytes.
package struct Shop {
  /// How the shop was made.
  package let configuration: ShopConfiguration
  /// What really happened so far.
  package internal(set) var truth = ShopTruth()

  var customers: [Customer] = []
  var products: [Product] = []
  var heap = WakeHeap()
  /// The time of the last event, or of the effect observed after it.
  var now: Int64
  let end: Int64

  var visits = Slots<Visit>()
  var scripts = Slots<Script>()
  var deliveries = Slots<Delivery>()
  /// What is going on with the accounts of some customers, by number. Looked up, never iterated.
  var incidents: [Int: Incident] = [:]
  /// Logins by strangers, by customer and number. Looked up, never iterated.
  var strangers: [Int: Set<Int>] = [:]
  /// The last login that each customer was asked about.
  var asked: [Int: Int] = [:]
  /// Errors that keep coming, by customer.
  var troubles: [Int: Trouble] = [:]
  /// Discount codes in the order in which they first came, and their numbers.
  var codes = [""]
  var codeNumbers = ["": UInt16(0)]

  /// Opens the shop. Traps for a configuration outside its ranges. Cost: some 100 ns a customer.
  package init(_ configuration: ShopConfiguration) {
    configuration.check()
    self.configuration = configuration
    now = configuration.start
    end = configuration.end
    products = (0..<configuration.products).map {
      Product(number: $0, seed: configuration.seed)
    }
    for product in products.indices { planStock(product, from: configuration.start) }
    customers.reserveCapacity(configuration.customers)
    for number in 0..<configuration.customers {
      customers.append(Customer(number: number, configuration: configuration))
      planJoining(number)
    }
  }

  /// When the next event occurs, in microseconds since 1970 UTC, if nothing is observed before;
  /// nil where nothing more would happen. Exact. Cost: constant.
  package var nextTime: Int64? { heap.first?.time }

  /// The next event, in time order; at one moment customers come in the order of their numbers,
  /// then products, and each does things in the order in which he planned them. Nil at the end of
  /// the simulated time; an effect observed before that time may still bring events about.
  package mutating func next() -> ShopEvent? {
    guard heap.first != nil else { return nil }
    let wake = heap.takeFirst()
    now = wake.time
    let event = perform(wake)
    heap.closeHole()
    dropVoidWakes()
    return event
  }

  /// Does what was planned. Every wake that is not void brings about exactly one event.
  private mutating func perform(_ wake: Wake) -> ShopEvent {
    switch wake.kind {
    case .session: continueSession(wake.lane)
    case .visit: continueVisit(wake.argument)
    case .join: join(wake.lane)
    case .delivery: continueDelivery(wake.argument)
    case .script: continueScript(wake.argument)
    case .change: beginOwnChange(wake.lane)
    case .attack: beginAttack(wake.lane)
    case .intrusion: beginIntrusion(wake.lane)
    case .stock: turnStock(wake.lane - Self.firstProductLane)
    }
  }

  /// Removes plans that can no longer be carried out from the front, so that the first wake is
  /// one that brings about an event.
  mutating func dropVoidWakes() {
    while let wake = heap.first, isVoid(wake) {
      _ = heap.takeFirst()
      heap.closeHole()
      if wake.kind == .visit { visits.remove(wake.argument) }
      if wake.kind == .script { scripts.remove(wake.argument) }
    }
  }

  private func isVoid(_ wake: Wake) -> Bool {
    switch wake.kind {
    case .join, .session, .delivery, .stock: false
    case .visit: isVoid(visits[wake.argument])
    case .script: isVoid(scripts[wake.argument])
    case .change, .attack, .intrusion: customers[wake.lane].traits.contains(.isLocked)
    }
  }
}

extension Shop {
  /// The lane of product 0; below are the customers.
  static let firstProductLane = 1 << 31

  /// Plans something for a customer, unless the simulated time is over by then.
  /// - Returns: Whether it was planned.
  @discardableResult
  mutating func plan(
    _ kind: Wake.Kind, for customer: Int, at time: Int64, _ argument: UInt32 = 0
  ) -> Bool {
    guard time < end else { return false }
    let order = UInt64(customer) << 32 | UInt64(customers[customer].wakes)
    customers[customer].wakes += 1
    heap.insert(Wake(time: time, order: order, argument: argument, kind: kind))
    return true
  }

  /// The input event that `encoder` holds the data of.
  mutating func event(
    _ type: String, of customer: Int, _ encoder: consuming CBOREncoder
  ) -> ShopEvent {
    customers[customer].events += 1
    return ShopEvent(
      time: now, isOutcome: false, type: type, subject: Name.customer(customer).string,
      source: "//shop.example/simulation",
      id: Name.event(customer, Int(customers[customer].events)).string, payload: encoder.bytes)
  }

  /// The input event with these data.
  mutating func said(_ type: String, _ data: CBORValue, _ customer: Int) -> ShopEvent {
    customers[customer].events += 1
    return ShopEvent(
      time: now, isOutcome: false, type: type, subject: Name.customer(customer).string,
      source: "//shop.example/simulation",
      id: Name.event(customer, Int(customers[customer].events)).string, payload: data.encoded())
  }

  /// The chance that belongs to something of a customer.
  func random(_ purpose: Purpose, of customer: Int, _ ordinal: Int = 0) -> SplitMix64 {
    SplitMix64(
      seed: configuration.seed, owner: UInt64(customer), purpose: purpose.rawValue,
      ordinal: UInt64(bitPattern: Int64(ordinal)))
  }

  // MARK: Stock

  /// Plans when a product that is in stock sells out, or comes back.
  mutating func planStock(_ product: Int, from time: Int64) {
    let gap =
      products[product].isInStock
      ? products[product].random.duration(
        Duration.hour, Int64(2 * configuration.daysBetweenStockouts) * Duration.day)
      : products[product].random.duration(6 * Duration.hour, 4 * Duration.day)
    guard time + gap < end else { return }
    let order = UInt64(Self.firstProductLane + product) << 32 | UInt64(products[product].events)
    heap.insert(Wake(time: time + gap, order: order, argument: 0, kind: .stock))
  }

  private mutating func turnStock(_ product: Int) -> ShopEvent {
    products[product].isInStock.toggle()
    products[product].events += 1
    var encoder = CBOREncoder(capacity: 32)
    encoder.mapHeader(2)
    encoder.field(Key.inStock, products[product].isInStock)
    encoder.field(Key.productId, Name.product(product))
    var id = Name.product(product)
    id.append(UInt8(ascii: "-"))
    id.append(products[product].events)
    planStock(product, from: now)
    return ShopEvent(
      time: now, isOutcome: false, type: "product.updated",
      subject: Name.product(product).string, source: "//shop.example/simulation", id: id.string,
      payload: encoder.bytes)
  }
}
