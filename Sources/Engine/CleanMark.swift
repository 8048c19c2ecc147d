import Glibc

/// A file beside the views that says whether they were closed in order, and during which boot of
/// the machine they were last open.
///
/// Unsynced commits survive a crash of the process, not one of the machine. So views that are not
/// marked clean are good in the same boot, and thrown away in another.
struct CleanMark {
  private let directory: String

  init(directory: String) {
    self.directory = directory
  }

  private var path: String { directory + "/mark" }

  /// Empties the directory if its views cannot be trusted, and marks them open.
  func prepare() throws {
    if unsafe mkdir(directory, 0o700) != 0 && errno != EEXIST {
      throw ViewError(operation: "create", path: directory, code: errno)
    }
    if !isTrusted { try discard() }
    try write("\(boot) open")
  }

  /// Removes the views.
  func discard() throws {
    for file in ["data.mdb", "lock.mdb"] {
      let path = "\(directory)/\(file)"
      if unsafe unlink(path) != 0 && errno != ENOENT {
        throw ViewError(operation: "remove", path: path, code: errno)
      }
    }
  }

  /// Whether the views were closed in order, or are of this boot of the machine.
  var isTrusted: Bool {
    let words = (read(path) ?? "").split(separator: " ").map(String.init)
    return words.last == "clean" || (words.count == 2 && words[0] == boot)
  }

  private var boot: String { read("/proc/sys/kernel/random/boot_id") ?? "unknown boot" }

  /// Marks the views as closed in order, after they were synced. Their names are synced first: a
  /// mark must not outlive them and vouch for a file that they took the place of.
  func setClean() throws {
    try syncNames()
    try write("\(boot) clean")
  }

  /// Has the next opening throw the views away.
  func distrust() throws {
    try write("damaged")
  }

  private func syncNames() throws {
    let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw ViewError(operation: "open", path: directory, code: errno) }
    defer { _ = Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw ViewError(operation: "sync", path: directory, code: errno)
    }
  }

  private func read(_ path: String) -> String? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe fread($0.baseAddress, 1, 256, file) }
    return String(decoding: bytes[..<count].filter { $0 != 0x0a }, as: UTF8.self)
  }

  private func write(_ text: String) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw ViewError(operation: "open", path: path, code: errno) }
    defer { _ = Glibc.close(descriptor) }
    let bytes = Array(text.utf8)
    let written = unsafe bytes.withUnsafeBytes {
      unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    guard written == bytes.count, fsync(descriptor) == 0 else {
      throw ViewError(operation: "write", path: path, code: errno)
    }
  }
}

/// A file of `views/` could not be used.
package struct ViewError: Error, CustomStringConvertible {
  package let operation: String
  package let path: String
  /// The system's error number.
  package let code: Int32

  package var description: String {
    let reason = unsafe String(cString: strerror(code))
    let mend =
      switch code {
      case ENOSPC, EDQUOT: "free some space on the disk"
      case EACCES, EPERM: "give this user the right to"
      case EROFS: "make the file system writable, or use commands that only read"
      default: "views can be deleted while nothing runs, they are made anew"
      }
    return "cannot \(operation) \(path): \(reason); \(mend)"
  }
}
