import Crypto

/// A public Ed25519 key with a name, which checks notes (C2SP signed-note, "Verifier keys").
///
/// Its text is `name+id+base64`: the key's name, its id in hex, and 0x01 with the 32 bytes of the
/// public key in base 64.
package struct VerifierKey: Hashable, Sendable {
  /// The type byte of Ed25519 signatures over the note's text.
  static let signatureType: UInt8 = 0x01

  /// The key's name.
  package let name: KeyName
  /// The key's id, which follows from name and key.
  package let id: KeyID
  /// The 32 bytes of the public key (RFC 8032).
  package let publicKey: [UInt8]

  init(name: KeyName, publicKey: [UInt8]) {
    self.name = name
    self.publicKey = publicKey
    id = KeyID(name: name, typeAndKey: [Self.signatureType] + publicKey)
  }

  /// Reads the text of a verifier key, with nothing before or behind it.
  ///
  /// - Throws: `NoteError.key` saying what is wrong.
  package init(_ text: some StringProtocol) throws(NoteError) {
    self = try KeyText(text).verifier { $0 }
  }

  /// `name+id+base64`, as verifiers exchange it.
  package var text: String {
    "\(name.text)+\(id.hex)+\(Base64.encode([Self.signatureType] + publicKey))"
  }

  /// Tells whether `signature` is this key's over `message`.
  func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else {
      return false
    }
    return key.isValidSignature(signature, for: message)
  }
}

/// The three parts of a key's text, public or private.
struct KeyText {
  let name: Substring
  let id: Substring
  let key: Substring

  init(_ text: some StringProtocol) throws(NoteError) {
    // The base 64 may have plus signs of its own. Bytes, since a plus sign that an accent follows
    // is no plus sign among characters.
    let parts = String(text).utf8.split(
      separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3 else { throw .key(.parts) }
    name = Substring(parts[0])
    id = Substring(parts[1])
    key = Substring(parts[2])
  }

  /// The verifier key of the text, whose id must be the stated one.
  ///
  /// - Parameter publicKey: Gives the 32 bytes of the public key for those of the text.
  func verifier(
    publicKey: ([UInt8]) throws(NoteError) -> [UInt8]
  ) throws(NoteError) -> VerifierKey {
    let verifier = VerifierKey(name: try keyName, publicKey: try publicKey(try keyBytes))
    guard let stated = KeyID(hex: id) else { throw .key(.malformedID) }
    guard stated == verifier.id else {
      throw .key(.idDiffers(stated: stated, computed: verifier.id))
    }
    return verifier
  }

  var keyName: KeyName {
    get throws(NoteError) {
      guard let name = KeyName(name) else { throw .key(.name) }
      return name
    }
  }

  /// The 32 bytes behind the type byte.
  var keyBytes: [UInt8] {
    get throws(NoteError) {
      guard let bytes = Base64.decode(key) else { throw .key(.base64) }
      guard let type = bytes.first, type == VerifierKey.signatureType else {
        throw .key(.type(bytes.first))
      }
      guard bytes.count == 33 else { throw .key(.length(bytes.count - 1)) }
      return Array(bytes.dropFirst())
    }
  }
}
