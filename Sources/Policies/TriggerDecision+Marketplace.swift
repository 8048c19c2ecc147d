import CBOR
import Facts
import Programs

extension TriggerDecision {
  /// Records that the program does not run in the customer's marketplace, as a filter in front of
  /// all others would.
  /// - Returns: The reason.
  func refuseMarketplace(_ record: inout Record) -> String {
    let reason = "marketplace"
    let verdict: CBORValue = [
      "id": .text(reason), "verdict": "fail",
      "read": ["customer.marketplace": .text(scope.marketplaceCode ?? "")],
    ]
    record.filters.append { verdict.encode(into: &$0) }
    return reason
  }
}
