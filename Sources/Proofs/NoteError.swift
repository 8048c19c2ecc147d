/// Why a note or a key was refused.
package enum NoteError: Error, Equatable {
  /// The note is larger than a note may be.
  case tooLarge(sizeBytes: Int)
  /// The text cannot be a note's.
  case text(TextProblem)
  /// No empty line with signatures behind it, or no key to sign with.
  case noSignature
  /// The line of signature with this number, from 1, is none.
  case signatureLine(Int)
  /// More signatures than a note may have.
  case tooManySignatures(count: Int)
  /// A known key's signature is not one of this text.
  case signatureDiffers(name: String, id: KeyID)
  /// No known key has signed; the note names these, as `name+id`.
  case noKnownSignature(signers: [String])
  /// Two different keys were given that have one name and id.
  case ambiguousKey(name: String, id: KeyID)
  /// The text of a key is malformed.
  case key(KeyProblem)

  /// What is wrong with a note's text.
  package enum TextProblem: Equatable, Sendable {
    /// The last line has no newline.
    case noNewline
    /// A byte below 0x20 that is no newline.
    case controlCharacter(offset: Int)
    /// The bytes are not UTF-8.
    case notUTF8
  }

  /// What is wrong with a key's text.
  package enum KeyProblem: Equatable, Sendable {
    /// Fewer than three parts between plus signs.
    case parts
    /// It does not begin as private keys do.
    case notPrivate
    /// The name is none (see `KeyName`).
    case name
    /// The id is not eight lower-case hex digits.
    case malformedID
    /// The last part is not base 64.
    case base64
    /// The key's type byte is another than 0x01, or missing.
    case type(UInt8?)
    /// The key has so many bytes, not 32.
    case length(Int)
    /// The id is not the one that follows from name and key.
    case idDiffers(stated: KeyID, computed: KeyID)
  }
}

extension NoteError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLarge(let size):
      "the note has \(size) bytes, more than the \(SignedNote.maximumSizeBytes) that one may have"
    case .text(let problem): "\(problem)"
    case .noSignature:
      "the note has no signature: behind its text stand an empty line and lines `— name base64`"
    case .signatureLine(let line):
      "line \(line) of the signatures is none: it should be an em dash, a space, the key's name, "
        + "a space, and the key's id with the signature in base 64"
    case .tooManySignatures(let count):
      "the note has \(count) signatures, more than the \(SignedNote.maximumSignatures) allowed"
    case .signatureDiffers(let name, let id):
      "the signature of \(name)+\(id.hex) is not of this text: text or signature was changed"
    case .noKnownSignature(let signers):
      "no key that you trust has signed the note; it names \(signers.joined(separator: ", ")): "
        + "give the verifier key of one of these"
    case .ambiguousKey(let name, let id):
      "two different keys are called \(name)+\(id.hex): give only the one that you trust"
    case .key(let problem): "\(problem)"
    }
  }
}

extension NoteError.TextProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noNewline: "the note does not end with a newline: it was cut, or never complete"
    case .controlCharacter(let offset):
      "byte \(offset) of the note is a control character: only newlines are allowed"
    case .notUTF8: "the note is not UTF-8: it was damaged, or is no note"
    }
  }
}

extension NoteError.KeyProblem: CustomStringConvertible {
  package var description: String {
    switch self {
    case .parts: "the key is not of the form name+id+base64"
    case .notPrivate: "the key does not begin with PRIVATE+KEY+: it is no signing key"
    case .name: "the key's name is empty, or has spaces or control characters"
    case .malformedID: "the key's id is not eight lower-case hex digits"
    case .base64: "the key's last part is not base 64 with its padding"
    case .type(let type):
      "the key's type is \(type.map { String($0) } ?? "missing"), not 1: only Ed25519 is known"
    case .length(let count): "the key has \(count) bytes behind its type, not 32"
    case .idDiffers(let stated, let computed):
      "the key's id is \(stated.hex), but name and key give \(computed.hex): "
        + "a letter of the key was changed"
    }
  }
}
