/// Everything the shop remembers of one customer, without allocations of its own.
struct Customer {
  /// What holds of the customer or does not.
  struct Traits: OptionSet {
    let rawValue: UInt8
    static let hasPaymentMethod = Traits(rawValue: 1)
    static let isSuspended = Traits(rawValue: 2)
    static let isOptedOut = Traits(rawValue: 4)
    static let takesPush = Traits(rawValue: 8)
    /// His e-mail address does not exist.
    static let hasBadEmail = Traits(rawValue: 16)
    static let hasSecondDevice = Traits(rawValue: 32)
    static let isLocked = Traits(rawValue: 64)
    /// He has cancelled and does not come any more.
    static let isGone = Traits(rawValue: 128)
  }

  let home: UInt8
  let tier: UInt8
  /// Hours by which his day lies later than others'.
  let shift: Int8
  /// Days between his sessions, in the mean.
  let pace: UInt8
  /// Ten-thousandths of a degree.
  let latitude: Int32
  let longitude: Int32
  var traits: Traits
  /// The number of the device that he uses most.
  var device: UInt8 = 0
  /// How often he has changed his e-mail address and his phone number.
  var emailVersion: UInt8 = 0
  var phoneVersion: UInt8 = 0
  /// How much of each kind there has been; the next of the kind gets the number after it.
  var wakes: UInt32 = 0
  var events: UInt32 = 0
  var changes: UInt32 = 0
  var logins: UInt32 = 0
  var sessions: UInt16 = 0
  var visits: UInt16 = 0
  var carts: UInt16 = 0
  var orders: UInt16 = 0
  /// When his interest goes; `Int64.max`: it does not.
  var declinesAt = Int64.max
  /// Minor units.
  var lifetimeValue: Int64 = 0
  var session = Session()
  var open = OpenCarts()

  /// Draws customer `number`.
  init(number: Int, configuration: ShopConfiguration) {
    var random = SplitMix64(
      seed: configuration.seed, owner: UInt64(number), purpose: Purpose.person.rawValue)
    home = Place.home(&random)
    let place = Place.all[Int(home)]
    // Up to a fifth of a degree, some 20 km, around the middle of the city.
    latitude = place.latitude + Int32(random.below(4_001)) - 2_000
    longitude = place.longitude + Int32(random.below(4_001)) - 2_000
    let rank = random.below(100)
    tier = rank < 70 ? 0 : rank < 92 ? 1 : 2
    lifetimeValue = Int64(random.below(1_000) * random.below(150) * (Int(tier) + 1))
    shift = Int8(random.below(5) - 2)
    // From half the mean to one and a half times the mean.
    let mean = configuration.daysBetweenSessions
    pace = UInt8(clamping: max(1, (mean + 2 * random.below(mean + 1)) / 2))
    traits = []
    let percent = configuration
    if !random.chance(percent.withoutPaymentPercent, of: 100) { traits.insert(.hasPaymentMethod) }
    if random.chance(percent.suspendedPercent, of: 100) { traits.insert(.isSuspended) }
    if random.chance(percent.optedOutPercent, of: 100) { traits.insert(.isOptedOut) }
    if random.chance(9, of: 10) { traits.insert(.takesPush) }
    if random.chance(1, of: 100) { traits.insert(.hasBadEmail) }
    if random.chance(4, of: 10) { traits.insert(.hasSecondDevice) }
  }

  /// Whether he can pay for a cart.
  var canOrder: Bool {
    traits.contains(.hasPaymentMethod) && traits.isDisjoint(with: [.isSuspended, .isLocked])
  }
}

/// A session in the shop, as far as it has come.
struct Session {
  /// What he does next.
  enum Phase: UInt8 {
    case arriving
    case retryingLogin
    case browsing
    case adding
    case removing
    case reviewing
    case checkingOut
    case ordering
    case settling
    case optingOut
  }

  var random = SplitMix64(seed: 0)
  var phase = Phase.arriving
  /// Pages still to be looked at.
  var pagesLeft: UInt8 = 0
  /// Steps of the checkout still to be taken, and whether an order follows them.
  var checkoutLeft: UInt8 = 0
  var checkoutStep: UInt8 = 0
  var willOrder = false
  /// Items that he wants; 0 where he only looks around.
  var wanted: UInt8 = 0
  var platform: UInt8 = 0
  /// The kind of error just seen, from 1; 0 for none.
  var error: UInt8 = 0
  /// How often it came so far.
  var errorCount: UInt8 = 0
  /// The product just looked at.
  var product: UInt16 = 0
  var cart = Cart()
}

/// A cart, from its first item until it is ordered or forgotten.
struct Cart {
  /// Most items in one cart.
  static let capacity = 5

  /// From 1 by customer; 0 is no cart.
  var ordinal: UInt16 = 0
  private(set) var count: UInt8 = 0
  private var products = InlineArray<5, UInt16>(repeating: 0)
  /// The last discount offered for it, in per cent, its code's number, and when.
  var offerPercent: UInt8 = 0
  var offerCode: UInt16 = 0
  var offeredAt: Int64 = 0

  /// The numbers of the products in it.
  subscript(_ index: Int) -> Int { Int(products[index]) }

  /// Adds a product; the cart must not be full.
  mutating func add(_ product: UInt16) {
    products[Int(count)] = product
    count += 1
  }

  /// Takes out the item last added.
  mutating func removeLast() {
    count -= 1
  }

  /// Takes out the items for which `isGone` holds.
  mutating func remove(where isGone: (Int) -> Bool) {
    var kept: UInt8 = 0
    for index in 0..<Int(count) where !isGone(self[index]) {
      products[Int(kept)] = products[index]
      kept += 1
    }
    count = kept
  }

  /// Whether `product` is in it.
  func contains(_ product: UInt16) -> Bool {
    for index in 0..<Int(count) where products[index] == product { return true }
    return false
  }
}

/// The carts that a customer left and may come back to, the oldest first.
struct OpenCarts {
  private var carts = InlineArray<3, Cart>(repeating: Cart())
  private(set) var count = 0

  /// Keeps `cart`; of more than three the oldest is forgotten.
  mutating func append(_ cart: Cart) {
    if count == carts.count { remove(0) }
    carts[count] = cart
    count += 1
  }

  /// Where the cart with this ordinal is, nil if it is not open.
  func index(of ordinal: UInt16) -> Int? {
    for index in 0..<count where carts[index].ordinal == ordinal { return index }
    return nil
  }

  /// The cart at `index`.
  subscript(_ index: Int) -> Cart {
    get { carts[index] }
    set { carts[index] = newValue }
  }

  /// Closes the cart at `index`.
  mutating func remove(_ index: Int) {
    for next in (index + 1)..<max(count, index + 1) { carts[next - 1] = carts[next] }
    count -= 1
  }
}
