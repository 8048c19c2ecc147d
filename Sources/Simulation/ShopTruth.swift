/// What really happened, which a product can only infer: the yardstick of its measures.
package struct ShopTruth: Sendable, Equatable {
  /// How an account was attacked.
  package enum AttackStyle: String, Sendable {
    /// Several changes, one event each.
    case burst
    /// Several changes in one event.
    case bundle
    /// One critical change.
    case single
  }

  /// One attempt to take over an account that got past its password.
  package struct Attack: Sendable, Equatable {
    /// The customer attacked.
    package let customer: String
    /// How.
    package let style: AttackStyle
    /// When the attacker made the first change; nil where a lock came before it.
    package internal(set) var firstChange: Int64?
    /// Changes made before the account was locked.
    package internal(set) var changes = 0
    /// When the product locked the account.
    package internal(set) var lockedAt: Int64?
    /// When the product reverted the changes.
    package internal(set) var revertedAt: Int64?
    /// When the product called the security team.
    package internal(set) var escalatedAt: Int64?
    /// When the product unlocked the account for its owner.
    package internal(set) var unlockedAt: Int64?
    /// When a question about the login stopped the attacker.
    package internal(set) var stoppedAt: Int64?
    /// Alerts that went to the contacts of the attacker: there must be none.
    package internal(set) var alertsToAttacker = 0
    /// What the attacker bought or, prevented by the lock, would have bought, in minor units.
    package let stakeMinor: Int64
    /// Whether he bought it.
    package internal(set) var lost = false
  }

  /// A change of account data by its owner, or a few within minutes.
  package struct OwnChange: Sendable, Equatable {
    /// The customer.
    package let customer: String
    /// When the first change was made.
    package let time: Int64
    /// How many fields he set out to change; a lock keeps him from the rest.
    package let fields: Int
    /// Whether they were changed on a new phone far from home.
    package let isTravelling: Bool
    /// When the product locked the account: a false lock.
    package internal(set) var lockedAt: Int64?
    /// When the owner confirmed that he made the change.
    package internal(set) var confirmedAt: Int64?
    /// When the product unlocked the account.
    package internal(set) var unlockedAt: Int64?
  }

  /// Why an abandoned cart was ordered after all.
  package enum Cause: String, Sendable, CaseIterable {
    /// The customer would have ordered without any message.
    case baseline
    /// The e-mail.
    case email
    /// The SMS.
    case sms
    /// The push message.
    case push
  }

  /// The order of an abandoned cart.
  package struct Conversion: Sendable, Equatable {
    /// The customer's number, from 0.
    package let customer: UInt32
    /// The cart's number, from 1 by customer.
    package let cart: UInt16
    /// Why it was ordered.
    package let cause: Cause
    /// When.
    package let time: Int64
    /// What was paid, in minor units, net of the discount.
    package let totalMinor: Int64
    /// The discount that was used, in minor units.
    package let discountMinor: Int64

    /// The cart as events name it.
    package var cartId: String { Name.cart(Int(customer), Int(cart)).string }
  }

  /// How the carts fared with the messages of one channel.
  package struct Touch: Sendable, Equatable {
    /// Open carts about which a message was delivered, counted once a message.
    package internal(set) var reached = 0
    /// Carts ordered because of it.
    package internal(set) var converted = 0
  }

  /// A stranger with the password of a customer, who changes nothing.
  package struct Intrusion: Sendable, Equatable {
    /// The customer.
    package let customer: String
    /// When he was let in, or kept out; nil: not yet.
    package internal(set) var loginAt: Int64?
    /// When the product asked for a second factor or blocked the login.
    package internal(set) var questionedAt: Int64?
  }

  /// What came of errors that came three times in a session.
  package struct Issues: Sendable, Equatable {
    /// How many there were.
    package internal(set) var count = 0
    /// Overcome without help, whether or not anybody wrote.
    package internal(set) var selfHelp = 0
    /// Overcome because of the SMS.
    package internal(set) var bySMS = 0
    /// Overcome because of the e-mail.
    package internal(set) var byEmail = 0
    /// Customers who asked to be called back.
    package internal(set) var callbacks = 0
  }

  /// Every stranger's way in, in the order in which they began.
  package internal(set) var intrusions: [Intrusion] = []
  /// Logins that the product asked their owners about, although they were their own.
  package internal(set) var ownLoginsQuestioned = 0
  /// Products bought because they were recommended.
  package internal(set) var recommendedOrders = 0
  /// Customers who left.
  package internal(set) var cancellations = 0
  /// Errors that kept coming.
  package internal(set) var issues = Issues()
  /// Every attack that began, in the order in which they began.
  package internal(set) var attacks: [Attack] = []
  /// Every change by an owner, in time order.
  package internal(set) var ownChanges: [OwnChange] = []
  /// Every abandoned cart that was ordered after all, in time order.
  package internal(set) var conversions: [Conversion] = []
  /// Carts that were left without an order, counted once a cart.
  package internal(set) var abandonedCarts = 0
  /// Carts ordered in the session that filled them.
  package internal(set) var directOrders = 0
  /// The e-mails about carts.
  package internal(set) var email = Touch()
  /// The SMS about carts.
  package internal(set) var sms = Touch()
  /// The push messages about carts.
  package internal(set) var push = Touch()
  /// Carts ordered by those who would have ordered anyway.
  package internal(set) var baselineOrders = 0
  /// Customers who opted out after they joined.
  package internal(set) var optOuts = 0
}
