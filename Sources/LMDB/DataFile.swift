import Glibc

/// This wrapper's own descriptor of `data.mdb`: tells which file it is, checks its header, and
/// grows it ahead. LMDB keeps its locks on `lock.mdb`, so that closing this one disturbs nothing.
struct DataFile: ~Copyable {
  let descriptor: Int32
  let identity: FileIdentity

  /// Opens, and unless `readOnly` creates (mode 0600), the data file.
  /// - Throws: The `errno`.
  init(directory: String, readOnly: Bool) throws(SystemError) {
    let flags = readOnly ? O_RDONLY : O_RDWR | O_CREAT
    descriptor = unsafe open("\(directory)/data.mdb", flags | O_CLOEXEC, 0o600)
    if descriptor < 0 { throw SystemError(code: errno) }
    var status = stat()
    if unsafe fstat(descriptor, &status) != 0 {
      let code = errno
      close(descriptor)
      throw SystemError(code: code)
    }
    identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
  }

  deinit {
    close(descriptor)
  }

  /// The file's length in bytes, holes and grown-ahead zeros included.
  func sizeBytes() throws(SystemError) -> Int {
    var status = stat()
    // Safe: fstat fills the local structure.
    if unsafe fstat(descriptor, &status) != 0 { throw SystemError(code: errno) }
    return Int(status.st_size)
  }

  /// Appends zeros up to `end` and syncs them. Bytes that exist are never touched, as writing
  /// starts at the file's end. Where the disk has no room for all of them it gets back what they
  /// took: others need it more.
  func extend(to end: Int) throws(SystemError) {
    let start = try sizeBytes()
    var offset = start
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    while offset < end {
      let count = min(zeros.count, end - offset)
      // Safe: `count` is at most the array's length.
      let written = unsafe zeros.withUnsafeBytes { bytes in
        unsafe pwrite(descriptor, bytes.baseAddress, count, offset)
      }
      if written < 0 {
        if errno == EINTR { continue }
        let code = errno
        _ = ftruncate(descriptor, start)
        throw SystemError(code: code)
      }
      offset += written
    }
    try sync()
  }

  /// Puts the file's bytes and length on disk.
  func sync() throws(SystemError) {
    if fdatasync(descriptor) != 0 { throw SystemError(code: errno) }
  }
}

/// A failed system call.
struct SystemError: Error {
  let code: Int32
}

/// Paths: making a directory, removing files, and putting new names on disk.
enum Directory {
  /// Makes `path` with mode 0700.
  /// - Returns: False if it was there.
  static func create(_ path: String) throws(SystemError) -> Bool {
    if unsafe mkdir(path, 0o700) == 0 { return true }
    if errno == EEXIST { return false }
    throw SystemError(code: errno)
  }

  /// Whether there is a file at `path`.
  static func has(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }

  /// Removes the file at `path`, if there is one.
  static func remove(_ path: String) throws(SystemError) {
    if unsafe unlink(path) != 0 && errno != ENOENT { throw SystemError(code: errno) }
  }

  /// Syncs the directory itself, so that the names in it survive a crash of the machine.
  static func sync(_ path: String) throws(SystemError) {
    try DirectoryDescriptor(path).sync()
  }
}
