import CLMDB
import Glibc

/// Makes the data file of a new environment, whole or not at all.
///
/// LMDB writes the two headers of a new file without syncing them. A power cut then could leave a
/// file that is refused for ever: of zeros, or with one header. So LMDB makes the file in a
/// directory of its own; it is synced there, and a rename gives it its name.
enum NewDataFile {
  /// Makes `data.mdb` in `directory` unless it is there; syncs the directory.
  /// - Throws: System errors. What an attempt leaves behind the next one removes.
  static func make(in directory: String) throws(LMDBError) {
    do throws(SystemError) {
      if Directory.has("\(directory)/data.mdb") { return }
      let lock = try DirectoryDescriptor(directory)
      try lock.lock()
      // Another process may have made it while this one waited.
      if Directory.has("\(directory)/data.mdb") { return }
      let place = "\(directory)/new"
      _ = try Directory.create(place)
      try Directory.remove("\(place)/data.mdb")
      try makeHeaders(in: place)
      try DataFile(directory: place, readOnly: true).sync()
      if unsafe rename("\(place)/data.mdb", "\(directory)/data.mdb") != 0 {
        throw SystemError(code: errno)
      }
      try Directory.remove("\(place)/lock.mdb")
      unsafe rmdir(place)
      try lock.sync()
    } catch {
      throw LMDBError(.init(rawValue: error.code), operation: "create data file", place: directory)
    }
  }

  /// Has LMDB write an empty environment.
  private static func makeHeaders(in place: String) throws(SystemError) {
    var handle: OpaquePointer?
    // Safe: the handle is this function's own, and closed whether or not it could be opened.
    var code = unsafe mdb_env_create(&handle)
    guard code == 0, let handle = unsafe handle else { throw SystemError(code: code) }
    code = unsafe mdb_env_open(handle, place, UInt32(MDB_NOTLS), 0o600)
    unsafe mdb_env_close(handle)
    if code != 0 { throw SystemError(code: code) }
  }
}

/// An open directory.
struct DirectoryDescriptor: ~Copyable {
  private let descriptor: Int32

  /// Opens `path`.
  init(_ path: String) throws(SystemError) {
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if descriptor < 0 { throw SystemError(code: errno) }
  }

  deinit {
    close(descriptor)
  }

  /// Waits for the one lock of the directory; it ends with the descriptor.
  func lock() throws(SystemError) {
    while flock(descriptor, LOCK_EX) != 0 {
      if errno != EINTR { throw SystemError(code: errno) }
    }
  }

  /// Puts the names in the directory on disk.
  func sync() throws(SystemError) {
    if fsync(descriptor) != 0 { throw SystemError(code: errno) }
  }
}
