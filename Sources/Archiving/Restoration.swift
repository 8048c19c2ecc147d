import Host
import Ledger
package import Proofs

/// Makes a data directory of a backup, after a look at every byte of it.
package struct Restoration {
  /// What was done.
  package struct Report: Equatable, Sendable {
    package let size: UInt64
    package let root: MerkleHash
    package let bytes: Int
    /// The checkpoint that the backup agrees with; nil: it was never finished.
    package let checkpoint: BackupCheckpoint?
    /// Whether the directory can sign checkpoints as the one that was backed up could.
    package let hasKey: Bool
  }

  private let backup: BackupFolder
  private let data: String
  private let trusted: VerifierKey?
  private let keyFile: String?
  private let takesUnfinished: Bool

  /// - Parameters:
  ///   - backup: The backup.
  ///   - data: A directory without a ledger; made where it is not there.
  ///   - trusted: The key that must have signed the backup's checkpoint; nil: the key that lies in
  ///     the backup itself.
  ///   - keyFile: A file with the private key; nil: that in the backup, if it has one.
  ///   - takesUnfinished: Whether a first backup that was cut short will do: it has no checkpoint.
  package init(
    of backup: String, into data: String, trusted: VerifierKey? = nil, keyFile: String? = nil,
    takesUnfinished: Bool = false
  ) {
    self.backup = BackupFolder(backup)
    self.data = data
    self.trusted = trusted
    self.keyFile = keyFile
    self.takesUnfinished = takesUnfinished
  }

  /// Does it. The directory has no ledger until all of it was checked.
  /// - Parameter progress: Told how many events are restored, of how many.
  /// - Throws: ``ArchiveError``, `DirectoryError`, `KeyError`.
  package func run(
    progress: (_ position: UInt64, _ end: UInt64) -> Void = { _, _ in }
  ) throws -> Report {
    guard backup.hasLedger else {
      throw ArchiveError("there is no backup in \(backup.path): name the directory of one")
    }
    let key = try signingKey()
    let checkpoint = try checkpoint(key)
    let place = try NewLedger(in: data)
    let keys = KeyFolder(directory: data)
    if let key, keys.hasKey, try keys.signingKey().verifier != key.verifier {
      throw ArchiveError(
        "\(keys.signingPath) is another key than the one that is to be put there: move it away")
    }
    do {
      let report = try restore(into: place, checkpoint, progress)
      if let key, !keys.hasKey { try keys.store(key) }
      try place.put()
      return Report(
        size: report.size, root: report.root, bytes: report.bytes, checkpoint: checkpoint,
        hasKey: keys.hasKey)
    } catch {
      try place.discard()
      throw error
    }
  }

  private func checkpoint(_ key: SigningKey?) throws -> BackupCheckpoint? {
    guard let checkpoint = try BackupCheckpoint(ofBackup: backup.path, trusted: trusted) else {
      guard takesUnfinished, trusted == nil else {
        throw ArchiveError(
          "\(backup.path) has no checkpoint: its first backup was cut short. Run recount backup "
            + "again, or give --unfinished to restore what it has")
      }
      return nil
    }
    if let key, let signer = checkpoint.signer, key.verifier != signer {
      throw ArchiveError(
        "the key \(key.verifier.name.text) is not the one that signed the checkpoint of "
          + "\(backup.path), \(signer.name.text): give that one's file as --key, or none")
    }
    return checkpoint
  }

  private func signingKey() throws(KeyError) -> SigningKey? {
    if let keyFile { return try KeyFolder.signingKey(at: keyFile) }
    let keys = KeyFolder(directory: backup.path)
    return keys.hasKey ? try keys.signingKey() : nil
  }

  private func restore(
    into place: borrowing NewLedger, _ checkpoint: BackupCheckpoint?,
    _ progress: (UInt64, UInt64) -> Void
  ) throws -> LedgerCopy.Report {
    var readOnly = LedgerOptions()
    readOnly.readOnly = true
    let source: Ledger
    do throws(LedgerError) {
      source = try Ledger(directory: backup.ledger, options: readOnly)
    } catch {
      throw ArchiveError("the backup \(backup.path): \(error)")
    }
    defer { source.close() }
    let target = try Ledger(directory: place.path, options: .forCopies)
    defer { target.close() }
    let report: LedgerCopy.Report
    do throws(LedgerCopyError) {
      var copy = try LedgerCopy(from: source, to: target)
      report = try copy.run(progress: progress)
    } catch {
      throw failure(error)
    }
    if let checkpoint { try compare(target, report.size, with: checkpoint.checkpoint) }
    return report
  }

  /// Proves that what was restored begins with what the checkpoint states.
  private func compare(
    _ target: Ledger, _ size: UInt64, with checkpoint: Checkpoint
  ) throws {
    guard size >= checkpoint.size else {
      throw ArchiveError(
        "the backup \(backup.path) ends at position \(size), but its checkpoint states "
          + "\(checkpoint.size) events: the end is lost. Take another backup")
    }
    let root = try target.tree.root(checkpoint.size)
    guard root == checkpoint.root else {
      throw ArchiveError(
        "the backup \(backup.path) is not what its checkpoint states: at \(checkpoint.size) events "
          + "its root is \(root), not \(checkpoint.root). Take another backup")
    }
  }

  private func failure(_ error: LedgerCopyError) -> ArchiveError {
    switch error {
    case .source(.damaged(let position, let reason)):
      ArchiveError(
        "the backup \(backup.path) is damaged at position \(position): \(reason). Take another "
          + "backup; what is before that position is whole")
    case .source(let error): ArchiveError("the backup \(backup.path): \(error)")
    case .target(let error): ArchiveError("\(data): \(error)")
    case .otherHistory(let size, let source, let target):
      ArchiveError(
        "what was restored is not what the backup has: at \(size) events the roots are \(target) "
          + "and \(source)")
    case .sourceIsBehind: preconditionFailure("a new ledger has nothing that its source lacks")
    }
  }
}
