/// A note: text with the signatures of one or more keys (C2SP signed-note).
///
/// ```
/// text, one or more lines, each with its newline
///
/// — name base64(key id ‖ signature)
/// ```
/// What was read proves nothing yet: `verified(by:)` gives the text that may be believed.
package struct SignedNote: Equatable, Sendable {
  /// How many signatures a note may have.
  package static let maximumSignatures = 100
  /// How many bytes a note may have.
  package static let maximumSizeBytes = 1 << 20

  /// One line of signature.
  package struct Signature: Equatable, Sendable {
    /// The name of the key that is said to have signed.
    package let name: KeyName
    /// The id of that key.
    package let keyID: KeyID
    /// The signature, of the form of the key's type.
    package let bytes: [UInt8]
  }

  /// The signed text, to its last newline. Not to be believed before it was verified.
  package let unverifiedText: String
  /// The signatures, in the order of their lines.
  package private(set) var signatures: [Signature]

  /// The note of these parts, which together keep the format.
  init(unverifiedText: String, signatures: [Signature]) {
    self.unverifiedText = unverifiedText
    self.signatures = signatures
  }

  /// The note that says `text`, signed by `keys` in this order.
  ///
  /// - Throws: `.text` where the text cannot be a note's, `.noSignature` without a key.
  package init(text: String, signedBy keys: [SigningKey]) throws(NoteError) {
    try Self.checkText(Array(text.utf8))
    guard text.utf8.last == UInt8(ascii: "\n") else { throw .text(.noNewline) }
    guard !keys.isEmpty else { throw .noSignature }
    unverifiedText = text
    signatures = []
    for key in keys { sign(with: key) }
  }

  /// Adds a signature, in the place of that which the same key made before.
  package mutating func sign(with key: SigningKey) {
    let verifier = key.verifier
    let signature = Signature(
      name: verifier.name, keyID: verifier.id,
      bytes: key.signature(of: Array(unverifiedText.utf8)))
    if let old = signatures.firstIndex(where: { $0.isMade(by: verifier) }) {
      signatures[old] = signature
    } else {
      signatures.append(signature)
    }
  }

  /// The text, where a key of `keys` has signed it and none of them wrongly.
  ///
  /// Signatures of other keys are passed over, as the format asks.
  /// - Throws: `.signatureDiffers` where a known key's signature is not of this text,
  ///   `.noKnownSignature` where no known key has signed, `.ambiguousKey` where two different keys
  ///   have one name and id.
  package func verified(by keys: [VerifierKey]) throws(NoteError) -> VerifiedNote {
    let message = Array(unverifiedText.utf8)
    var signers: [VerifierKey] = []
    for signature in signatures {
      let known = keys.filter { signature.isMade(by: $0) }
      guard let key = known.first else { continue }
      guard known.allSatisfy({ $0 == key }) else {
        throw .ambiguousKey(name: key.name.text, id: key.id)
      }
      guard key.verifies(signature.bytes, of: message) else {
        throw .signatureDiffers(name: key.name.text, id: key.id)
      }
      if !signers.contains(key) { signers.append(key) }
    }
    guard !signers.isEmpty else {
      throw .noKnownSignature(signers: signatures.map { "\($0.name.text)+\($0.keyID.hex)" })
    }
    return VerifiedNote(text: unverifiedText, signers: signers)
  }
}

extension SignedNote.Signature {
  /// Tells whether name and id are those of `key`.
  func isMade(by key: VerifierKey) -> Bool {
    name == key.name && keyID == key.id
  }
}

/// A note's text that known keys have signed.
package struct VerifiedNote: Equatable, Sendable {
  /// The text, to its last newline.
  package let text: String
  /// The keys whose signatures were checked, each once, in the order of the note.
  package let signers: [VerifierKey]

  fileprivate init(text: String, signers: [VerifierKey]) {
    self.text = text
    self.signers = signers
  }
}
