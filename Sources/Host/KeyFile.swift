import Glibc

/// A file with a key, of which owner and mode count.
struct KeyFile {
  private static let sizeLimit = 4_096

  let path: String
  /// Whether nobody but the owner may read it.
  let secret: Bool

  private var mode: mode_t { secret ? 0o600 : 0o644 }

  // MARK: - Reading

  /// The text without its last newline, or nil where there is no file.
  ///
  /// Owner and mode are those of the file that is read, not of whatever has its name a moment
  /// later.
  func text() throws(KeyError) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      if errno == ELOOP {
        throw KeyError("\(path) is a symbolic link: put the key itself there")
      }
      throw KeyError("\(path) cannot be read: \(Self.reason(errno))")
    }
    defer { _ = close(file) }
    try check(file)
    var bytes = [UInt8](repeating: 0, count: Self.sizeLimit + 1)
    var count = 0
    while count < bytes.count {
      // SAFETY: the pointer spans the rest of the array and is used within the closure alone.
      let part = unsafe bytes.withUnsafeMutableBytes {
        unsafe Glibc.read(file, $0.baseAddress! + count, $0.count - count)
      }
      if part < 0 && errno == EINTR { continue }
      guard part >= 0 else { throw KeyError("\(path) cannot be read: \(Self.reason(errno))") }
      if part == 0 { break }
      count += part
    }
    guard count <= Self.sizeLimit else {
      throw KeyError("\(path) is longer than \(Self.sizeLimit) bytes: it is no key")
    }
    if count > 0, bytes[count - 1] == UInt8(ascii: "\n") { count -= 1 }
    guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else {
      throw KeyError("\(path) is no text: it is no key")
    }
    return text
  }

  private func check(_ file: Int32) throws(KeyError) {
    var status = stat()
    guard unsafe fstat(file, &status) == 0 else {
      throw KeyError("\(path) cannot be looked at: \(Self.reason(errno))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw KeyError("\(path) is no file") }
    guard status.st_uid == geteuid() else {
      throw KeyError(
        "\(path) belongs to user \(status.st_uid), and this process runs as \(geteuid()): run it "
          + "as the owner, or chown \(geteuid()) \(path)")
    }
    let excess = status.st_mode & 0o777 & ~mode
    guard excess & (secret ? 0o077 : 0o022) == 0 else {
      throw KeyError(
        "\(path) may be \(secret ? "read or written" : "written") by others than its owner (mode "
          + "\(Self.octal(status.st_mode))): chmod \(Self.octal(mode)) \(path)")
    }
  }

  /// Checks that nobody but the owner can reach into the folder.
  static func checkFolder(_ path: String) throws(KeyError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else {
      throw KeyError("\(path) cannot be looked at: \(reason(errno))")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw KeyError("\(path) is no directory: put the keys' own directory there")
    }
    guard status.st_uid == geteuid() else {
      throw KeyError(
        "\(path) belongs to user \(status.st_uid), and this process runs as \(geteuid()): run it "
          + "as the owner, or chown \(geteuid()) \(path)")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw KeyError(
        "\(path) is open to others than its owner (mode \(octal(status.st_mode))): "
          + "chmod 700 \(path)")
    }
  }

  // MARK: - Writing

  /// Makes the folder where there is none.
  static func makeFolder(_ path: String) throws(KeyError) {
    if unsafe mkdir(path, 0o700) != 0, errno != EEXIST {
      throw KeyError("\(path) cannot be made: \(reason(errno))")
    }
    try checkFolder(path)
  }

  /// Writes the file as a whole: it is there with all its bytes and synced, or not at all.
  /// - Parameter replaces: Whether a file of the name is replaced; otherwise it is an error.
  func write(_ text: String, replaces: Bool) throws(KeyError) {
    let draft = "\(path).new"
    _ = unsafe unlink(draft)
    let file = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw KeyError("\(draft) cannot be made: \(Self.reason(errno))") }
    let isWritten =
      Self.write(Array(text.utf8), to: file)
      && fchmod(file, mode) == 0 && fsync(file) == 0
    let code = errno
    _ = close(file)
    guard isWritten else {
      _ = unsafe unlink(draft)
      throw KeyError("\(draft) cannot be written: \(Self.reason(code))")
    }
    // A link is refused where the name is taken; a renaming takes the name over.
    let isNamed = unsafe replaces ? rename(draft, path) == 0 : link(draft, path) == 0
    let namingCode = errno
    if !replaces || !isNamed { _ = unsafe unlink(draft) }
    guard isNamed else { throw KeyError("\(path) cannot be made: \(Self.reason(namingCode))") }
    Self.syncFolder(of: path)
  }

  private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
    var start = 0
    while start < bytes.count {
      // SAFETY: the pointer spans the rest of the array and is used within the closure alone.
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(file, $0.baseAddress! + start, $0.count - start)
      }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      start += count
    }
    return true
  }

  /// Makes the file's name survive a crash. A file system that cannot leaves that to itself.
  private static func syncFolder(of path: String) {
    guard let slash = path.lastIndex(of: "/") else { return }
    let folder = unsafe open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    _ = fsync(folder)
    _ = close(folder)
  }

  private static func octal(_ mode: mode_t) -> String { String(mode & 0o777, radix: 8) }

  private static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
