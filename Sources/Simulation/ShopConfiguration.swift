/// What kind of shop is simulated. Every share and rate has a default; the same values give the
/// same events, bit for bit.
package struct ShopConfiguration: Sendable, Equatable {
  /// Chooses the history.
  package var seed: UInt64 = 1
  /// How many customers there are: 1 to 16,777,216.
  package var customers = 1_000
  /// The first moment, in microseconds since 1970 UTC: 2024-03-04T00:00:00Z, a Monday.
  package var start: Int64 = 1_709_510_400_000_000
  /// How many days are simulated: 1 to 3,650. Nothing happens after them.
  package var days = 30
  /// Customers join at random moments of this many first days.
  package var joiningDays = 3
  /// How many products the shop sells: 1 to 9,999.
  package var products = 200
  /// How often a product sells out: once in this many days in the mean. It is back after 6 hours
  /// to 4 days.
  package var daysBetweenStockouts = 25

  /// Customers without a payment method, in per cent.
  package var withoutPaymentPercent = 5
  /// Suspended customers, in per cent.
  package var suspendedPercent = 2
  /// Customers who join opted out of marketing, in per cent.
  package var optedOutPercent = 3
  /// Sessions after which the customer opts out, in ten thousand.
  package var optOutsPerTenThousandSessions = 30

  /// Days from one session of a customer to the next, in the mean over all customers.
  package var daysBetweenSessions = 4
  /// Sessions in which the customer wants to fill a cart, in per cent.
  package var shoppingPercent = 30
  /// Filled carts that are ordered in the same session, in per cent.
  package var orderPercent = 40

  /// Abandoned carts whose customer orders within 4 days whether or not anybody writes: the
  /// baseline, in per cent.
  package var baselinePercent = 3
  /// Abandoned carts whose customer orders after the e-mail, and not without it, in per cent of
  /// all abandoned carts.
  package var emailResponsePercent = 15
  /// The same for the SMS: per cent of all abandoned carts, so 10 of the 85 whom the e-mail left.
  package var smsResponsePercent = 10
  /// The same for the push message: 5 of the 75 whom e-mail and SMS left.
  package var pushResponsePercent = 5
  /// How much a touch's response changes with each percentage point of discount above or below
  /// 10, in ten-thousandths of all abandoned carts. At 0 the discount makes no difference.
  package var responsePerDiscountPoint = 0
  /// Abandoned carts that the customer comes back to without ordering, in per cent.
  package var returnPercent = 12
  /// Messages sent come back as `delivery.sent` too; switch off where the sender reports that.
  package var reportsSent = true

  /// Customers whose account is attacked once in the simulated time, in a thousand.
  package var attackersPerThousand = 5
  /// Days from one change of account data by its owner to the next, in the mean.
  package var daysBetweenAccountChanges = 90
  /// Owners' changes that are made on a new phone while travelling, in a thousand.
  package var travellingChangesPerThousand = 5

  /// Customers whose password a stranger tries out once in the simulated time, in a thousand.
  package var intrudersPerThousand = 8
  /// Attackers who take the account over although their login was challenged or blocked, with a
  /// session or a second factor that they stole, in per cent.
  package var evadingPercent = 50
  /// Sessions in which the customer travels and logs in from far away, in a thousand.
  package var travellingSessionsPerThousand = 2
  /// Questions about a login that are answered within the hour, in per cent.
  package var loginAnswerPercent = 80

  /// Pages on which something goes wrong, in a thousand; what failed often fails again.
  package var errorsPerThousandPages = 7
  /// Errors that come three times and that the customer gets over without help, in per cent: the
  /// baseline.
  package var selfHelpPercent = 15
  /// The same after the SMS, and not without it, in per cent of all of them.
  package var smsHelpPercent = 30
  /// The same after the e-mail.
  package var emailHelpPercent = 15
  /// Customers who then ask to be called back, in per cent of all.
  package var callbackPercent = 20

  /// Shares in per cent by the size of what is offered.
  package struct Shares: Sendable, Equatable {
    package var high: Int
    package var medium: Int
    package var low: Int
  }

  /// Orders that come five to eleven days after they were placed; three are promised.
  package var lateOrderPercent = 6
  /// Orders that come damaged.
  package var damagedOrderPercent = 3
  /// Customers of such orders who are satisfied in the end without anybody's doing: the baseline.
  package var forgivingPercent = 35
  /// The same after a refund and a credit, after a partial refund, after a credit.
  package var satisfiedPercent = Shares(high: 95, medium: 85, low: 75)

  /// Recommendations in the app that are bought.
  package var appResponsePercent = 10
  /// Recommendations by e-mail that are bought, and not in the app.
  package var mailResponsePercent = 15

  /// Customers who lose interest one to two months after joining: they come a quarter as often, buy
  /// nothing, and cancel after another one to two months.
  package var decliningPercent = 8
  /// Decliners who stay after a call with a large offer, after an e-mail with a middling one, and
  /// after one with a small one.
  package var retainedPercent = Shares(high: 46, medium: 20, low: 10)
  /// Those who left and come back after a large, a middling and a small offer.
  package var wonBackPercent = Shares(high: 42, medium: 15, low: 3)
  /// Those who come back without any: the baseline.
  package var returningPercent = 1

  /// A shop of the default size.
  package init() {}

  /// A shop of the default kind and another size.
  package init(seed: UInt64, customers: Int, days: Int) {
    self.seed = seed
    self.customers = customers
    self.days = days
    joiningDays = min(joiningDays, days)
  }

  /// The first moment after the simulated time, in microseconds since 1970 UTC.
  package var end: Int64 { start + Int64(days) * Duration.day }

  /// Traps for values outside their stated ranges.
  func check() {
    precondition((1...(1 << 24)).contains(customers), "customers: 1 to 16,777,216")
    precondition((1...3_650).contains(days), "days: 1 to 3,650")
    precondition((1...days).contains(joiningDays), "joiningDays: 1 to days")
    precondition((1...9_999).contains(products), "products: 1 to 9,999")
    precondition(
      min(daysBetweenStockouts, daysBetweenSessions, daysBetweenAccountChanges) >= 1,
      "mean intervals: at least a day")
    precondition(
      baselinePercent + emailResponsePercent + smsResponsePercent + pushResponsePercent <= 100,
      "baseline and responses are shares of the same carts")
  }
}

/// Lengths of time in microseconds.
enum Duration {
  static let millisecond: Int64 = 1_000
  static let second: Int64 = 1_000_000
  static let minute: Int64 = 60 * second
  static let hour: Int64 = 60 * minute
  static let day: Int64 = 24 * hour
}

extension SplitMix64 {
  /// A duration from `low` up to, but not including, `high`, in whole milliseconds.
  mutating func duration(_ low: Int64, _ high: Int64) -> Int64 {
    low + Int64(below(Int((high - low) / Duration.millisecond))) * Duration.millisecond
  }

  /// A duration below `high` that is more often short than long: the lesser of two draws.
  mutating func shortDuration(below high: Int64) -> Int64 {
    min(duration(0, high), duration(0, high))
  }
}
