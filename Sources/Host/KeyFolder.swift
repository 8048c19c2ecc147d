import Crypto
import Glibc
package import Proofs

/// The ledger's key in its data directory, by which its checkpoints are known.
///
/// ```
/// keys/            0700
///   signing        0600  the private key, PRIVATE+KEY+name+id+base64
///   verifier       0644  the public one, name+id+base64: what auditors are given
/// ```
/// Owner and modes are looked at each time. The key's name is the ledger's origin. A key is made
/// once and never written over.
package struct KeyFolder {
  /// The most bytes that an origin may have.
  package static let originLimit = 128

  /// Where the keys lie.
  package let path: String

  /// - Parameter directory: The data directory.
  package init(directory: String) {
    path = directory + "/keys"
  }

  /// Where the private key lies.
  package var signingPath: String { path + "/signing" }
  /// Where the public key lies.
  package var verifierPath: String { path + "/verifier" }

  /// Whether there is a private key, or anything in its place.
  package var hasKey: Bool {
    var status = stat()
    return unsafe lstat(signingPath, &status) == 0
  }

  // MARK: - Reading

  /// The private key.
  /// - Throws: ``KeyError`` where there is none, where others than the owner may read it, or where
  ///   it is malformed or does not belong to the public one.
  package func signingKey() throws(KeyError) -> SigningKey {
    guard hasKey else {
      throw KeyError(
        "there is no signing key at \(signingPath): make one with recount init, with the same "
          + "--data directory")
    }
    try KeyFile.checkFolder(path)
    let key = try Self.signingKey(at: signingPath)
    if let known = try storedVerifier(), known != key.verifier {
      throw KeyError(
        "\(verifierPath) holds \(known.text), which is not the public half of \(signingPath): "
          + "put \(key.verifier.text) there")
    }
    return key
  }

  /// The public key, by which this directory's checkpoints are checked.
  /// - Throws: ``KeyError`` where there is none, where others may write it, or where it is
  ///   malformed.
  package func verifierKey() throws(KeyError) -> VerifierKey {
    if let key = try storedVerifier() { return key }
    guard hasKey else {
      throw KeyError(
        "there is no verifier key at \(verifierPath): give one with --key, or make a key with "
          + "recount init, with the same --data directory")
    }
    return try signingKey().verifier
  }

  private func storedVerifier() throws(KeyError) -> VerifierKey? {
    guard let text = try KeyFile(path: verifierPath, secret: false).text() else { return nil }
    do throws(NoteError) {
      return try VerifierKey(text)
    } catch {
      throw KeyError("\(verifierPath): \(error)")
    }
  }

  /// The private key in a file of any place, which is looked at as strictly.
  package static func signingKey(at path: String) throws(KeyError) -> SigningKey {
    guard let text = try KeyFile(path: path, secret: true).text() else {
      throw KeyError("there is no key file \(path)")
    }
    do throws(NoteError) {
      return try SigningKey(text)
    } catch {
      throw KeyError("\(path): \(error)")
    }
  }

  // MARK: - Making

  /// The origin that `text` is.
  /// - Throws: ``KeyError`` where it is empty, longer than ``originLimit`` bytes, or has spaces,
  ///   plus signs or control characters.
  package static func origin(_ text: String) throws(KeyError) -> KeyName {
    guard text.utf8.count <= originLimit else {
      throw KeyError(
        "the origin has \(text.utf8.count) bytes: shorten it to \(originLimit)")
    }
    guard let name = KeyName(text) else {
      throw KeyError(
        "the origin \"\(text)\" is empty or has spaces, plus signs or control characters: "
          + "name it as in shop.example/ledger")
    }
    return name
  }

  /// A new key from the system's random source.
  /// - Parameter origin: Its name; nil: `recount.local/` and eight hex digits of the key's hash.
  package static func newKey(origin: KeyName? = nil) throws(KeyError) -> SigningKey {
    let key = Curve25519.Signing.PrivateKey()
    let hash = SHA256.hash(data: key.publicKey.rawRepresentation)
    let digits = KeyID(hash.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }).hex
    let name = if let origin { origin } else { try Self.origin("recount.local/\(digits)") }
    do throws(NoteError) {
      return try SigningKey(name: name, seed: Array(key.rawRepresentation))
    } catch {
      throw KeyError("a key could not be made: \(error)")
    }
  }

  /// Puts a key where none is. The data directory must be there, and its lock be held.
  /// - Throws: ``KeyError`` where there is a key or half of another, which is left as it is, or
  ///   where nothing can be written.
  package func store(_ key: SigningKey) throws(KeyError) {
    guard !hasKey else {
      throw KeyError(
        "there is a key at \(signingPath) already; it is never written over: move it away first, "
          + "if this ledger shall have another from now on")
    }
    if let known = try storedVerifier(), known != key.verifier {
      throw KeyError(
        "\(verifierPath) holds \(known.text), whose private half is not here: put that at "
          + "\(signingPath), or move the file away, if this ledger shall have another key")
    }
    try KeyFile.makeFolder(path)
    // The private half first: the other follows from it.
    try KeyFile(path: signingPath, secret: true).write(key.privateText + "\n", replaces: false)
    try storeVerifier(key.verifier)
  }

  /// Puts the public half beside a private one that was left alone.
  func completeKey() throws(KeyError) {
    let key = try signingKey()
    if try storedVerifier() == nil { try storeVerifier(key.verifier) }
  }

  private func storeVerifier(_ key: VerifierKey) throws(KeyError) {
    try KeyFile(path: verifierPath, secret: false).write(key.text + "\n", replaces: true)
  }
}

extension KeyFolder {
  /// Puts a public key where no private one is, as a backup has it; one that is there is replaced.
  /// - Throws: ``KeyError`` where there is the private key of another, or nothing can be written.
  package func store(_ key: VerifierKey) throws(KeyError) {
    if hasKey {
      guard try signingKey().verifier == key else {
        throw KeyError("there is the key of another ledger at \(signingPath): move it away first")
      }
      return
    }
    try KeyFile.makeFolder(path)
    try KeyFile(path: verifierPath, secret: false).write(key.text + "\n", replaces: true)
  }

  /// The public key, or nil where there is none.
  package func verifierKeyIfThere() throws(KeyError) -> VerifierKey? {
    var status = stat()
    return unsafe lstat(verifierPath, &status) == 0 ? try verifierKey() : nil
  }
}

/// A key cannot be used or made.
package struct KeyError: Error, CustomStringConvertible {
  /// What is wrong, where, and what mends it.
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
