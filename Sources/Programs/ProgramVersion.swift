internal import CBOR
internal import Crypto

/// A program's version: SHA-256 over the deterministic CBOR of
/// `{"files": {name: bytes}, "set": {path: value}}`.
package struct ProgramVersion: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes of the hash.
  package let bytes: [UInt8]

  /// The version of `body` with `overrides`, whose order does not matter.
  package init(body: ProgramBody, overrides: [ProgramOverride]) {
    let set = ProgramOverride.canonical(overrides).map { ($0.path, CBORValue.text($0.value)) }
    let whole = CBORValue.object([("files", body.value), ("set", .object(set))])
    bytes = sha256(whole.encoded())
  }

  /// The hash in lower-case hex: 64 digits.
  package var description: String { hex(bytes) }
}

/// The SHA-256 of `bytes`.
func sha256(_ bytes: [UInt8]) -> [UInt8] {
  Array(SHA256.hash(data: bytes))
}

/// Lower-case hex, two digits a byte.
func hex(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
  return String(decoding: text, as: UTF8.self)
}
