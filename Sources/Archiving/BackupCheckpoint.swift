import Host
import Ledger
package import Proofs

/// The file `checkpoint` of a backup: how many events it had when it was last finished, and the
/// root of their tree.
///
/// Where the data directory has a signing key it is a signed note (C2SP tlog-checkpoint), else the
/// text of one without signatures.
package struct BackupCheckpoint: Equatable, Sendable {
  package let checkpoint: Checkpoint
  /// Who signed it; nil: nobody.
  package let signer: VerifierKey?
  /// The file as it is.
  package let text: String

  /// Makes the checkpoint of a ledger.
  /// - Parameter origin: Of a ledger without a key; else it is the key's name.
  init(size: UInt64, root: MerkleHash, origin: String, key: SigningKey?) throws(ArchiveError) {
    checkpoint = Checkpoint(origin: key?.verifier.name.text ?? origin, size: size, root: root)
    signer = key?.verifier
    guard let key else {
      text = checkpoint.text
      return
    }
    do throws(NoteError) {
      text = try SignedNote(text: checkpoint.text, signedBy: [key]).text
    } catch {
      throw ArchiveError("the checkpoint cannot be signed: \(error)")
    }
  }

  /// Reads the file of a backup, and checks its signature.
  /// - Parameter trusted: The key that must have signed; nil: that which lies in the backup.
  /// - Returns: nil where the backup was never finished.
  package init?(ofBackup directory: String, trusted: VerifierKey?) throws {
    let path = directory + "/checkpoint"
    guard let text = try DurableFile.read(path) else { return nil }
    self.text = text
    let isSigned = text.utf8.contains(0x0a) && text.contains("\n\n")
    guard isSigned else {
      guard trusted == nil else {
        throw ArchiveError("\(path) is not signed: it cannot be checked with a key")
      }
      checkpoint = try Self.read(path) { try Checkpoint(unverifiedText: text) }
      signer = nil
      return
    }
    let own = try KeyFolder(directory: directory).verifierKeyIfThere()
    guard let key = trusted ?? own else {
      throw ArchiveError(
        "\(path) is signed, but there is no key to check it with: give --verifier KEY")
    }
    checkpoint = try Self.read(path) {
      try Checkpoint(SignedNote(parsing: text).verified(by: [key]))
    }
    signer = key
  }

  private static func read<Result>(
    _ path: String, _ body: () throws -> Result
  ) throws(ArchiveError) -> Result {
    do {
      return try body()
    } catch {
      throw ArchiveError("\(path): \(error). Take another backup, or find out who changed it")
    }
  }

  /// What a ledger is called: the name of its key. Without a key it follows from its first event.
  static func origin(of ledger: Ledger, in directory: String) throws -> String {
    if let key = try KeyFolder(directory: directory).verifierKeyIfThere() { return key.name.text }
    guard ledger.end.position > 0 else { return "recount.local/empty" }
    return "recount.local/" + (try ledger.tree.root(1).hex.prefix(8))
  }
}
