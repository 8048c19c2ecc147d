internal import CBOR

/// The keys of the shop's events, encoded once. Where they are written they stand in the order of
/// deterministic CBOR: shorter before longer, then by bytes.
enum Key {
  static let action: CBORKey = "action"
  static let actionId: CBORKey = "actionId"
  static let appVersion: CBORKey = "appVersion"
  static let attemptId: CBORKey = "attemptId"
  static let cartId: CBORKey = "cartId"
  static let cartValue: CBORKey = "cartValue"
  static let category: CBORKey = "category"
  static let changeId: CBORKey = "changeId"
  static let changes: CBORKey = "changes"
  static let channel: CBORKey = "channel"
  static let city: CBORKey = "city"
  static let code: CBORKey = "code"
  static let country: CBORKey = "country"
  static let currency: CBORKey = "currency"
  static let deliveryId: CBORKey = "deliveryId"
  static let deviceFingerprint: CBORKey = "deviceFingerprint"
  static let deviceType: CBORKey = "deviceType"
  static let discount: CBORKey = "discount"
  static let discountPercent: CBORKey = "discountPercent"
  static let email: CBORKey = "email"
  static let errorType: CBORKey = "errorType"
  static let field: CBORKey = "field"
  static let hasPaymentMethod: CBORKey = "hasPaymentMethod"
  static let id: CBORKey = "id"
  static let inStock: CBORKey = "inStock"
  static let ip: CBORKey = "ip"
  static let itemCount: CBORKey = "itemCount"
  static let items: CBORKey = "items"
  static let lat: CBORKey = "lat"
  static let lifecycle: CBORKey = "lifecycle"
  static let lifetimeValue: CBORKey = "lifetimeValue"
  static let locale: CBORKey = "locale"
  static let location: CBORKey = "location"
  static let lon: CBORKey = "lon"
  static let marketplace: CBORKey = "marketplace"
  static let method: CBORKey = "method"
  static let name: CBORKey = "name"
  static let new: CBORKey = "new"
  static let old: CBORKey = "old"
  static let optedOut: CBORKey = "optedOut"
  static let orderId: CBORKey = "orderId"
  static let outcome: CBORKey = "outcome"
  static let page: CBORKey = "page"
  static let phone: CBORKey = "phone"
  static let platform: CBORKey = "platform"
  static let price: CBORKey = "price"
  static let productId: CBORKey = "productId"
  static let program: CBORKey = "program"
  static let pushToken: CBORKey = "pushToken"
  static let reason: CBORKey = "reason"
  static let reputation: CBORKey = "reputation"
  static let run: CBORKey = "run"
  static let seconds: CBORKey = "seconds"
  static let session: CBORKey = "session"
  static let severity: CBORKey = "severity"
  static let status: CBORKey = "status"
  static let step: CBORKey = "step"
  static let subtotal: CBORKey = "subtotal"
  static let tier: CBORKey = "tier"
  static let timeZone: CBORKey = "timeZone"
  static let total: CBORKey = "total"
  static let userAgent: CBORKey = "userAgent"
  static let verificationId: CBORKey = "verificationId"
}

extension CBOREncoder {
  /// Writes an entry of a map whose value is a text.
  mutating func field(_ key: borrowing CBORKey, _ value: String) {
    text(key)
    text(value)
  }

  /// Writes an entry whose value is a short text.
  mutating func field(_ key: borrowing CBORKey, _ value: Name) {
    text(key)
    text(utf8: value.bytes)
  }

  /// Writes an entry whose value is an integer.
  mutating func field(_ key: borrowing CBORKey, _ value: Int64) {
    text(key)
    signed(value)
  }

  /// Writes an entry whose value is a truth value.
  mutating func field(_ key: borrowing CBORKey, _ value: Bool) {
    text(key)
    bool(value)
  }

  /// Writes an entry whose value is a number of ten-thousandths, as a float. The quotient is the
  /// float nearest to the decimal, so that it prints with at most four decimals.
  mutating func field(_ key: borrowing CBORKey, tenThousandths value: Int32) {
    text(key)
    double(Double(value) / 10_000)
  }
}
