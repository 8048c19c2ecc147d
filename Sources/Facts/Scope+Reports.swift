package import Ledger

extension Scope {
  /// Begins the handling of an item of a report.
  /// - Parameters:
  ///   - key: The item's key; of a customer the id.
  ///   - timer: The timer that has the report made.
  ///   - customer: The number of the customer that is the item; 0: it is none.
  package func begin(
    reportItem key: String, _ binding: ProgramBinding, timer: Event, customer: UInt32, now: Int64
  ) {
    begin(binding, event: timer, customer: customer, now: now)
    self.key = key
  }
}
