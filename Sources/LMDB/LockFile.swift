import Glibc

/// `lock.mdb`, which LMDB maps: on a full disk its first use would end the process with SIGBUS, as
/// the file has no blocks yet.
enum LockFile {
  /// What LMDB maps: a header, and 64 bytes for each reader (mdb.c, MDB_txninfo), of which the
  /// first is counted in the header.
  private static func sizeBytes(readers: UInt32) -> Int {
    (Int(readers) + 2) * 64
  }

  /// Gives the file its blocks. Bytes that are there stay as they are.
  ///
  /// To be called before LMDB opens the file: closing a descriptor of it drops this process's
  /// locks.
  /// - Throws: The `errno`. Where the file may not be written it is left to LMDB.
  static func reserve(in directory: String, readers: UInt32) throws(SystemError) {
    let descriptor = unsafe open("\(directory)/lock.mdb", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let code = posix_fallocate(descriptor, 0, sizeBytes(readers: readers))
    if code == ENOSPC || code == EDQUOT { throw SystemError(code: code) }
  }
}
