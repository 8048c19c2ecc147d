import Crypto

/// A private Ed25519 key with a name, which signs notes.
///
/// Its text is that of the Go tools for notes: `PRIVATE+KEY+name+id+base64`, with 0x01 and the 32
/// bytes of the seed in base 64. Whoever reads it can sign in the key's name.
package struct SigningKey: Sendable {
  private static let prefix = "PRIVATE+KEY+"

  /// The public half, which has the same name and id.
  package let verifier: VerifierKey
  private let seed: [UInt8]
  private let key: Curve25519.Signing.PrivateKey

  /// The key that follows from the 32 bytes of `seed` (RFC 8032, section 5.1.5).
  ///
  /// - Throws: `NoteError.key(.length)` where the seed is not 32 bytes.
  package init(name: KeyName, seed: [UInt8]) throws(NoteError) {
    guard seed.count == 32,
      let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
    else { throw .key(.length(seed.count)) }
    self.seed = seed
    self.key = key
    verifier = VerifierKey(name: name, publicKey: Array(key.publicKey.rawRepresentation))
  }

  /// Reads the text of a private key, with nothing before or behind it.
  ///
  /// - Throws: `NoteError.key` saying what is wrong, never with parts of the key.
  package init(_ text: some StringProtocol) throws(NoteError) {
    guard text.utf8.starts(with: Self.prefix.utf8) else { throw .key(.notPrivate) }
    let utf8 = text.utf8.dropFirst(Self.prefix.utf8.count)
    let text = try KeyText(String(decoding: utf8, as: UTF8.self))
    let key = try SigningKey(name: try text.keyName, seed: try text.keyBytes)
    _ = try text.verifier { (_) throws(NoteError) in key.verifier.publicKey }
    self = key
  }

  /// `PRIVATE+KEY+name+id+base64`: the secret itself, for the key's file alone.
  package var privateText: String {
    let secret = Base64.encode([VerifierKey.signatureType] + seed)
    return "\(Self.prefix)\(verifier.name.text)+\(verifier.id.hex)+\(secret)"
  }

  /// The signature of `message`: the same for the same key and message (RFC 8032).
  func signature(of message: [UInt8]) -> [UInt8] {
    guard let signature = try? key.signature(for: message) else {
      preconditionFailure("Ed25519 signs every message")
    }
    return Array(signature)
  }
}

extension SigningKey: CustomStringConvertible, CustomReflectable {
  /// The name and id, without the secret.
  package var description: String { "signing key \(verifier.name.text)+\(verifier.id.hex)" }

  /// Nothing of the secret, also where a debugger or `dump` looks inside.
  package var customMirror: Mirror { Mirror(self, children: ["verifier": verifier]) }
}
