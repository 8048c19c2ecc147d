import Ledger

/// The layout of a backup: that of a data directory without views, so that commands that read work
/// on it as well.
///
/// | what | holds |
/// | --- | --- |
/// | `backup` | what this directory is, for people and for ``Backup`` |
/// | `ledger/` | a ledger of the usual format |
/// | `checkpoint` | ``BackupCheckpoint`` of the last backup that was finished |
/// | `keys/` | the verifier key, the signing key where that was asked for |
/// | `lock` | who is writing |
package struct BackupFolder {
  package let path: String

  package init(_ path: String) {
    self.path = DurableFile.trimmed(path)
  }

  package var ledger: String { path + "/ledger" }
  package var checkpoint: String { path + "/checkpoint" }
  /// By this file commands that append know that they must not: see `DirectoryLock`.
  private var marker: String { path + "/backup" }

  private static let markerText = """
    recount backup 1
    This directory is a backup of a Recount ledger. recount backup adds to it, recount restore
    makes a data directory of it; to look inside, give it as --data to recount log, why or proof.
    Nothing but recount backup should write here.

    """

  /// Whether there is a ledger.
  var hasLedger: Bool { DurableFile.exists(ledger + "/data.mdb") }

  /// Makes sure that the directory may become a backup or is one.
  /// - Parameter source: The data directory.
  /// - Throws: ``ArchiveError``: it is the source, a data directory, or holds other things. Nothing
  ///   is changed.
  func checkUse(source: String) throws(ArchiveError) {
    guard !DurableFile.isSame(path, source) else {
      throw ArchiveError("\(path) is the data directory itself: name another one for the backup")
    }
    guard !DurableFile.exists(marker) else { return }
    if hasLedger {
      throw ArchiveError(
        "\(path) holds a ledger that recount backup did not put there: name a new directory")
    }
    // A marker that was cut short, and the lock, may be left of a first attempt.
    let others = try DurableFile.names(in: path).filter { $0 != "lock" && $0 != "backup.new" }
    guard others.isEmpty else {
      let shown = others.prefix(3).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
      throw ArchiveError("\(path) holds other things (\(shown)): name a new or empty directory")
    }
  }

  /// States what the directory is, unless it does already.
  func mark() throws(ArchiveError) {
    guard !DurableFile.exists(marker) else { return }
    try DurableFile.write(Self.markerText, to: marker)
    try DurableFile.sync(directoryOf: path)
  }
}
