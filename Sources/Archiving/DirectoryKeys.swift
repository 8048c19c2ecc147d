package import Proofs

/// The keys of a data directory: `keys/signing` signs its checkpoints, `keys/verifier` checks them.
package struct DirectoryKeys {
  private let directory: String

  /// - Parameter directory: The data directory, or a backup.
  package init(of directory: String) {
    self.directory = directory
  }

  package var signingPath: String { directory + "/keys/signing" }
  package var verifierPath: String { directory + "/keys/verifier" }

  /// The private key, or nil where there is none.
  package func signing() throws(ArchiveError) -> SigningKey? {
    guard let text = try DurableFile.read(signingPath) else { return nil }
    return try Self.parsed(text, signingPath) { (text) throws(NoteError) in
      try SigningKey(text)
    }
  }

  /// The public key, or nil where there is none.
  package func verifier() throws(ArchiveError) -> VerifierKey? {
    guard let text = try DurableFile.read(verifierPath) else { return nil }
    return try Self.parsed(text, verifierPath) { (text) throws(NoteError) in
      try VerifierKey(text)
    }
  }

  /// The private key in a file anywhere.
  package static func signing(in file: String) throws(ArchiveError) -> SigningKey {
    guard let text = try DurableFile.read(file) else {
      throw ArchiveError("there is no key file \(file): check the path")
    }
    return try parsed(text, file) { (text) throws(NoteError) in try SigningKey(text) }
  }

  /// Stores the public key.
  func write(_ key: VerifierKey) throws(ArchiveError) {
    try makeFolder()
    try DurableFile.write(key.text + "\n", to: verifierPath)
  }

  /// Stores the private key, for its owner's eyes.
  func write(_ key: SigningKey) throws(ArchiveError) {
    try makeFolder()
    try DurableFile.write(key.privateText + "\n", to: signingPath, mode: 0o600)
  }

  private func makeFolder() throws(ArchiveError) {
    try DurableFile.makeDirectory(directory + "/keys")
  }

  private static func parsed<Key>(
    _ text: String, _ path: String, _ parse: (String) throws(NoteError) -> Key
  ) throws(ArchiveError) -> Key {
    var text = text[...]
    if text.hasSuffix("\n") { text.removeLast() }
    do throws(NoteError) {
      return try parse(String(text))
    } catch {
      throw ArchiveError("\(path): \(error)")
    }
  }
}
