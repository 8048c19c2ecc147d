import Glibc

/// The right to use a data directory: one process at a time.
///
/// An advisory lock (flock) on `lock` in the directory. The system lets go of it when the process
/// ends, however it ends.
package struct DirectoryLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the lock, and makes the directory where there is none.
  /// - Throws: ``DirectoryError`` where another process has it, or the directory cannot be used.
  package init(directory: String) throws(DirectoryError) {
    if unsafe mkdir(directory, 0o700) != 0 && errno != EEXIST {
      throw DirectoryError(
        "the data directory \(directory) cannot be made: \(Self.reason(errno))")
    }
    let path = directory + "/lock"
    let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw DirectoryError("the data directory \(directory) cannot be used: \(Self.reason(errno))")
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.read(file)
      _ = close(file)
      throw DirectoryError(
        "the data directory \(directory) is in use by process \(holder): stop that first, or name "
          + "another --data directory")
    }
    let code = Self.syncName(of: directory)
    guard code == 0 else {
      _ = close(file)
      throw DirectoryError(
        "the data directory \(directory) cannot be put on disk: \(Self.reason(code))")
    }
    Self.write(file, "\(getpid())\n")
    descriptor = file
  }

  /// Syncs the directory above, so that a power cut leaves the name of this one. Whoever may not
  /// read it has not made this one there.
  /// - Returns: 0, or the system's error number.
  private static func syncName(of directory: String) -> Int32 {
    let above = unsafe open(directory + "/..", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard above >= 0 else { return errno == EACCES ? 0 : errno }
    defer { _ = close(above) }
    return fsync(above) == 0 ? 0 : errno
  }

  /// Whether there is a ledger in the directory.
  static func hasLedger(directory: String) -> Bool {
    unsafe access(directory + "/ledger/data.mdb", F_OK) == 0
  }

  /// Finds out whether there is a ledger in the directory, without making anything.
  package static func requireLedger(directory: String) throws(DirectoryError) {
    guard hasLedger(directory: directory) else {
      throw DirectoryError(
        "there is no ledger in \(directory): name another --data directory, or begin one with "
          + "recount ingest FILE or recount demo")
    }
  }

  /// Finds out that the directory is none of `recount backup`, which marks it with the file
  /// `backup`: what is appended to one would make it another history than that of its ledger.
  package static func refuseBackup(directory: String) throws(DirectoryError) {
    guard unsafe access(directory + "/backup", F_OK) != 0 else {
      throw DirectoryError(
        "\(directory) is a backup: make a data directory of it with recount restore \(directory) "
          + "--data DIR")
    }
  }

  deinit {
    // A child that is being started may hold the file open for a moment longer.
    _ = flock(descriptor, LOCK_UN)
    _ = close(descriptor)
  }

  private static func read(_ file: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe pread(file, $0.baseAddress, $0.count, 0)
    }
    let digits = bytes.prefix(max(0, count)).prefix { $0 >= 0x30 && $0 <= 0x39 }
    return digits.isEmpty ? "of unknown number" : String(decoding: digits, as: UTF8.self)
  }

  private static func write(_ file: Int32, _ text: String) {
    _ = ftruncate(file, 0)
    let bytes = Array(text.utf8)
    // Only for the message of the next process: if it cannot be written, the lock holds all the same.
    _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(file, $0.baseAddress, $0.count, 0) }
  }

  private static func reason(_ code: Int32) -> String {
    unsafe String(cString: strerror(code))
  }
}

/// A data directory cannot be used.
package struct DirectoryError: Error, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
