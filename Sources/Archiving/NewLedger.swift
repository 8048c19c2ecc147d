import Host

/// A ledger in the making: it lies beside its place, and takes it when it is whole and checked.
///
/// What a process that was killed left behind is removed by the next one.
struct NewLedger: ~Copyable {
  private let directory: String
  private let lock: DirectoryLock

  /// Where the ledger is made.
  var path: String { directory + "/ledger.partial" }

  /// Takes a data directory for it, and makes that where it is not there.
  /// - Throws: ``ArchiveError`` where it has a ledger, or views of one; `DirectoryError` where
  ///   another process uses it.
  init(in directory: String) throws {
    let directory = DurableFile.trimmed(directory)
    try DirectoryLock.refuseBackup(directory: directory)
    let lock = try DirectoryLock(directory: directory)
    try Self.check(directory)
    try DurableFile.remove(directory + "/ledger.partial")
    try DurableFile.sync(directoryOf: directory)
    self.directory = directory
    self.lock = lock
  }

  private static func check(_ directory: String) throws(ArchiveError) {
    guard !DurableFile.exists(directory + "/ledger") else {
      throw ArchiveError(
        "\(directory) holds a ledger already: name a new --data directory, or move that one away")
    }
    guard !DurableFile.exists(directory + "/views") else {
      throw ArchiveError(
        "\(directory) has no ledger, but the views of one: remove \(directory)/views, or name a "
          + "new --data directory")
    }
  }

  /// Puts the ledger, whose files are closed, into its place.
  func put() throws(ArchiveError) {
    try DurableFile.move(path, to: directory + "/ledger")
  }

  /// Removes what was made.
  func discard() throws(ArchiveError) {
    try DurableFile.remove(path)
  }
}
