import Host
import Ledger
package import Proofs

/// Copies the ledger of a data directory into a backup, or brings a backup up to date.
///
/// Another process may be writing the data directory: nothing there is locked, written or held up.
/// What the backup has is never changed, only added to, and each step is a whole ledger: a backup
/// that is cut short is one that ends earlier.
package struct Backup {
  /// What was done.
  package struct Report: Equatable, Sendable {
    /// Events that the backup did not have.
    package let events: UInt64
    /// Segments that were copied, of 256 events each.
    package let segments: UInt64
    /// Stored bytes that were copied.
    package let bytes: Int
    /// Events that the backup has.
    package let size: UInt64
    /// The root of their tree.
    package let root: MerkleHash
    package let checkpoint: BackupCheckpoint
  }

  private let data: String
  private let folder: BackupFolder
  private let includesKey: Bool

  /// - Parameters:
  ///   - data: The data directory.
  ///   - backup: A new or empty directory, or an earlier backup of this ledger.
  ///   - includesKey: Whether the private key is copied: whoever has the backup can then sign in
  ///     its name.
  package init(of data: String, into backup: String, includesKey: Bool = false) {
    self.data = data
    folder = BackupFolder(backup)
    self.includesKey = includesKey
  }

  /// Does it, and returns when all is on disk.
  /// - Parameter progress: Told how many events the backup has and about how many it will have.
  /// - Throws: ``ArchiveError``, `DirectoryError`, `KeyError`; the backup keeps what it took.
  package func run(
    progress: (_ size: UInt64, _ goal: UInt64) -> Void = { _, _ in }
  ) throws -> Report {
    try DirectoryLock.requireLedger(directory: data)
    let keys = KeyFolder(directory: data)
    let key = keys.hasKey ? try keys.signingKey() : nil
    try folder.checkUse(source: data)
    let lock = try DirectoryLock(directory: folder.path)
    try folder.mark()
    var readOnly = LedgerOptions()
    readOnly.readOnly = true
    let source: Ledger
    do throws(LedgerError) {
      source = try Ledger(directory: data + "/ledger", options: readOnly)
    } catch {
      throw ArchiveError("\(data): \(error)")
    }
    defer { source.close() }
    let target = try openTarget()
    defer { target.close() }
    let copied: LedgerCopy.Report
    do throws(LedgerCopyError) {
      var copy = try LedgerCopy(from: source, to: target)
      copied = try copy.run(progress: progress)
    } catch {
      throw refusal(error)
    }
    let checkpoint = try BackupCheckpoint(
      size: copied.size, root: copied.root,
      origin: try BackupCheckpoint.origin(of: source, in: data),
      key: key)
    if let key { try copyKey(key) }
    try DurableFile.write(checkpoint.text, to: folder.checkpoint)
    _ = consume lock
    return Report(
      events: copied.size - copied.before, segments: copied.segments, bytes: copied.bytes,
      size: copied.size, root: copied.root, checkpoint: checkpoint)
  }

  private func openTarget() throws(ArchiveError) -> Ledger {
    do throws(LedgerError) {
      return try Ledger(directory: folder.ledger, options: .forCopies)
    } catch {
      throw ArchiveError("the backup \(folder.path): \(error)")
    }
  }

  private func copyKey(_ key: SigningKey) throws(KeyError) {
    let keys = KeyFolder(directory: folder.path)
    if includesKey, !keys.hasKey { try keys.store(key) } else { try keys.store(key.verifier) }
  }

  private func refusal(_ error: LedgerCopyError) -> ArchiveError {
    switch error {
    case .source(let error): ArchiveError("\(data): \(error)")
    case .target(let error): ArchiveError("the backup \(folder.path): \(error)")
    case .otherHistory(let size, let source, let target):
      ArchiveError(
        "\(folder.path) is the backup of another history: at \(size) events its root is \(target), "
          + "that of \(data) is \(source). Name a new directory for this ledger")
    case .sourceIsBehind(let source, let target):
      ArchiveError(
        "\(data) ends at position \(source), and its backup \(folder.path) has the same events and "
          + "more, through \(target): was the data directory put back to an older state? Restore "
          + "the backup to go on from \(target), or name a new directory")
    }
  }
}
