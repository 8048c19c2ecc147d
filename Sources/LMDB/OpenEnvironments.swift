import Synchronization

/// A file, however it is named: by path, through a symbolic link, or through a hard link.
struct FileIdentity: Hashable, Sendable {
  let device: UInt64
  let inode: UInt64
}

/// The data files that this process has open as environments.
///
/// Opening one twice would break LMDB's locks as soon as one of the two is closed ("Do not have
/// open an LMDB database twice in the same process", lmdb.h, Caveats).
enum OpenEnvironments {
  private static let files = Mutex<Set<FileIdentity>>([])

  /// - Returns: False if the file is open already.
  static func register(_ file: FileIdentity) -> Bool {
    files.withLock { $0.insert(file).inserted }
  }

  static func unregister(_ file: FileIdentity) {
    files.withLock { _ = $0.remove(file) }
  }
}
