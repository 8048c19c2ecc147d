import Ledger
package import Proofs

extension Host {
  /// Makes a data directory with a key and an empty ledger, or gives an existing ledger a key.
  ///
  /// - Parameter key: The key; nil: a new one.
  /// - Returns: The public half, and whether the ledger is new.
  /// - Throws: ``KeyError`` where there is a key already; ``DirectoryError`` where the directory
  ///   cannot be used or another process is at work in it.
  package static func prepare(
    directory: String, key: SigningKey? = nil
  ) throws -> (verifier: VerifierKey, isNew: Bool) {
    try DirectoryLock.refuseBackup(directory: directory)
    let isNew = !DirectoryLock.hasLedger(directory: directory)
    let lock = try DirectoryLock(directory: directory)
    let key = try key ?? KeyFolder.newKey()
    try KeyFolder(directory: directory).store(key)
    if isNew { try Ledger(directory: directory + "/ledger").close() }
    // Held until here.
    _ = consume lock
    return (key.verifier, isNew)
  }

  /// Gives a new data directory a key, so that it can sign checkpoints from the start. Where an
  /// earlier attempt was cut short the key may be there already, or half of it.
  static func makeKey(directory: String) throws {
    let keys = KeyFolder(directory: directory)
    if keys.hasKey { try keys.completeKey() } else { try keys.store(try KeyFolder.newKey()) }
  }
}
