import FoundationEssentials
import Glibc

/// Small files that are there whole or not at all, also after a crash of the machine.
enum DurableFile {
  /// Puts `text` into a file, in place of what it held.
  /// - Parameter mode: The file's permissions.
  static func write(_ text: String, to path: String, mode: mode_t = 0o644) throws(ArchiveError) {
    let temporary = path + ".new"
    // SAFETY: the paths are texts that end in zero, which the system reads during the calls.
    let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw ArchiveError("make", temporary, code: errno) }
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      // SAFETY: the pointer spans the array and is used within the closure alone.
      let count = unsafe bytes.withUnsafeBytes { memory in
        unsafe Glibc.write(file, memory.baseAddress! + start, memory.count - start)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        let code = errno
        close(file)
        throw ArchiveError("write", temporary, code: code)
      }
      start += count
    }
    guard fsync(file) == 0 else {
      let code = errno
      close(file)
      throw ArchiveError("sync", temporary, code: code)
    }
    close(file)
    try move(temporary, to: path)
  }

  /// Renames a file or directory, and puts the new name on disk.
  static func move(_ path: String, to target: String) throws(ArchiveError) {
    // SAFETY: as above.
    guard unsafe rename(path, target) == 0 else {
      throw ArchiveError("rename \(path) to", target, code: errno)
    }
    try sync(directoryOf: target)
  }

  /// Makes a directory with mode 0700, unless it is there, and puts its name on disk.
  static func makeDirectory(_ path: String) throws(ArchiveError) {
    // SAFETY: as above.
    if unsafe mkdir(path, 0o700) == 0 { return try sync(directoryOf: path) }
    guard errno == EEXIST else { throw ArchiveError("make the directory", path, code: errno) }
  }

  /// Puts the names in the directory that holds `path` on disk.
  static func sync(directoryOf path: String) throws(ArchiveError) {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    // SAFETY: as above.
    let file = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw ArchiveError("open", directory, code: errno) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw ArchiveError("sync", directory, code: errno) }
  }

  /// The text of a file, or nil where there is none.
  static func read(_ path: String) throws(ArchiveError) -> String? {
    guard exists(path) else { return nil }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw ArchiveError("\(path) cannot be read: check its permissions")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ArchiveError(
        "\(path) is no text: it is damaged, or something else was put in its place")
    }
    return text
  }

  /// A path without slashes at its end, so that what stands before its last one holds it.
  static func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  static func exists(_ path: String) -> Bool {
    // SAFETY: as above.
    unsafe access(path, F_OK) == 0
  }

  /// Removes what is at `path`, with all that is in it.
  static func remove(_ path: String) throws(ArchiveError) {
    guard exists(path) else { return }
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      throw ArchiveError("\(path) cannot be removed: \(error)")
    }
  }

  /// The names in a directory, in order; none where it is not there.
  static func names(in directory: String) throws(ArchiveError) -> [String] {
    guard exists(directory) else { return [] }
    var status = stat()
    // SAFETY: the path is a text that ends in zero, and the structure is filled during the call.
    guard unsafe stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw ArchiveError("\(directory) is a file: name a directory")
    }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    } catch {
      throw ArchiveError("the directory \(directory) cannot be read: \(error)")
    }
  }

  /// Whether two paths name the same file or directory.
  static func isSame(_ left: String, _ right: String) -> Bool {
    var first = stat()
    var second = stat()
    // SAFETY: the system fills the structures during the calls.
    guard unsafe stat(left, &first) == 0, unsafe stat(right, &second) == 0 else { return false }
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }
}
