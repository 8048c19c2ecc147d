/// What buy-till-you-die models know of a customer, in whole units of time, say days or hundredths
/// of weeks, so that a fit can be repeated to the bit.
///
///     first purchase                last purchase            now
///     ├───────────── recency ───────────────┤                 │
///     ├────────────────────── age ────────────────────────────┤
package struct PurchaseHistory: Hashable, Sendable {
  /// Purchases after the first one.
  package let frequency: Int64
  /// Units of time from the first purchase to the last; 0 where there is only one.
  package let recency: Int64
  /// Units of time from the first purchase to now.
  package let age: Int64

  /// A history from its parts.
  /// - Throws: Where a part is negative, the last purchase lies behind now, or a customer without
  ///   repeated purchase has a recency.
  package init(frequency: Int64, recency: Int64, age: Int64) throws(BuyTillYouDieError) {
    guard frequency >= 0 else {
      throw BuyTillYouDieError(
        place: "frequency", message: "\(frequency) is negative",
        mend: "count the purchases after the first one")
    }
    guard recency >= 0 && recency <= age else {
      throw BuyTillYouDieError(
        place: "recency", message: "\(recency) is not between 0 and the age, \(age)",
        mend: "measure both from the first purchase, in one unit")
    }
    guard frequency > 0 || recency == 0 else {
      throw BuyTillYouDieError(
        place: "recency", message: "\(recency) is given for a customer without repeated purchase",
        mend: "write 0")
    }
    self.frequency = frequency
    self.recency = recency
    self.age = age
  }
}

/// Why a history, parameters or a fit were refused.
package struct BuyTillYouDieError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The parameter, field or step at fault.
  package let place: String
  /// What is wrong.
  package let message: String
  /// What to do instead.
  package let mend: String

  /// The place, the fault and the mend in a line.
  package var description: String { "\(place): \(message); \(mend)" }
}
