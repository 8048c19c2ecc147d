import CBOR

/// A few things that follow each other at times settled beforehand.
struct Script {
  /// One of them.
  enum Action {
    case ratedAddress(String, percent: Int)
    case login(Origin, outcome: String)
    case changed([AccountChange], Origin)
    /// The traits that a change of contacts leaves behind.
    case contacts(email: String?, phone: String?, isOwners: Bool)
    case fraudulentOrder(attack: Int, products: [UInt16])
    case askedForHelp
    case completed(ShopEffect)
    case startedVerification(ordinal: Int, method: String)
    case completedVerification(ordinal: Int, method: String, outcome: String)
    case confirmed(method: String)
    /// Whether an order was made good.
    case surveyed(String, Bool)
    /// The order of a recommended product, with a discount in per cent.
    case bought(Int, Int)
    /// An offer to stay.
    case accepted(program: String)
    case subscribed
    /// An event with the data given.
    case said(type: String, data: CBORValue)
  }

  let customer: Int
  /// Whether a locked account ends it.
  let endsWithLock: Bool
  /// The number of the attack that it is, whose end ends it.
  var attack: Int?
  /// The actions and the time that passes before each, the next one last.
  private(set) var rest: [(gap: Int64, action: Action)]

  init(
    customer: Int, endsWithLock: Bool, _ actions: [(gap: Int64, action: Action)]
  ) {
    self.customer = customer
    self.endsWithLock = endsWithLock
    rest = actions.reversed()
  }

  /// Takes the next action out.
  mutating func takeNext() -> Action { rest.removeLast().action }
}

/// From where and on what somebody acts.
struct Origin {
  var device: UInt64
  var ip: String
  /// The number of the city.
  var place: UInt8
  /// Ten-thousandths of a degree.
  var latitude: Int32
  var longitude: Int32
  var platform: UInt8
}

/// A change of one field of an account.
struct AccountChange {
  enum Field: String {
    case password
    case email
    case recoveryPhone = "recovery_phone"
    case paymentMethod = "payment_method"
  }

  let ordinal: Int
  let field: Field
  var old: String?
  var new: String?

  var action: String { field == .paymentMethod ? "added" : "changed" }
}

/// What is going on with a customer's account: whose changes the product may lock it for.
struct Incident {
  enum Cause: Equatable {
    /// The number of the attack in the truth.
    case attack(Int)
    /// The number of the owner's own change in the truth.
    case ownChange(Int)
    /// Logins by a stranger: their number in the truth.
    case login(Int)
    /// Nothing that the shop knows of.
    case nothing
  }

  let cause: Cause
  /// How often the owner had changed his contacts before it.
  let emailVersion: UInt8
  let phoneVersion: UInt8
  /// The contacts that the attacker put in place.
  var attackerEmail = ""
  var attackerPhone = ""
  /// The programs that wrote to the owner at an address of his own, outside the carts.
  var alertedBy: [String] = []
  /// The program that locked the account.
  var lockedBy: String?
  /// Whether what the owner does about the lock is settled.
  var isAnswered = false
  /// How the product wants the owner to prove that he is himself.
  var method: String?
}
