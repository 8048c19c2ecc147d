import Crypto

/// The short identifier of a key, which with its name tells which key made a signature.
///
/// It is no proof of anything: the verifier has the key itself.
package struct KeyID: Hashable, Sendable {
  /// The four bytes, big-endian.
  package let value: UInt32

  package init(_ value: UInt32) {
    self.value = value
  }

  /// The first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key) (C2SP signed-note,
  /// "Signatures").
  ///
  /// - Parameter typeAndKey: The byte of the signature's type, then the public key.
  init(name: KeyName, typeAndKey: [UInt8]) {
    let digest = SHA256.hash(data: name.utf8 + [UInt8(ascii: "\n")] + typeAndKey)
    self.init(digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
  }

  /// The key id that eight lower-case hex digits are, or nil.
  init?(hex: some StringProtocol) {
    guard hex.utf8.count == 8, let value = UInt32(hex, radix: 16) else { return nil }
    self.init(value)
    guard self.hex == hex else { return nil }
  }

  /// Eight lower-case hex digits.
  package var hex: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }

  /// The four bytes in order.
  var bytes: [UInt8] {
    [24, 16, 8, 0].map { (shift: UInt32) in UInt8(truncatingIfNeeded: value >> shift) }
  }
}
