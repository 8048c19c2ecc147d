import Glibc

/// One file of a directory, written whole or not at all.
struct DirectoryFile {
  private let directory: String
  private let path: String
  private let temporaryPath: String

  init(directory: String, name: String) {
    self.directory = directory
    path = "\(directory)/\(name)"
    temporaryPath = "\(directory)/.\(name).tmp"
  }

  /// Puts a file with these bytes in place of the one that is there, if any.
  func replace(with bytes: [UInt8]) throws(SinkError) {
    // SAFETY: the path is a text that ends in zero, and the system reads it during the call.
    let descriptor = unsafe open(
      temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw fault("create a file in", errno) }
    let code = fill(descriptor, bytes)
    guard close(descriptor) == 0 || code != 0 else { throw fault("write a file in", errno) }
    guard code == 0 else {
      // SAFETY: see above. The rest of a file is of no use; what matters is the first fault.
      _ = unsafe unlink(temporaryPath)
      throw fault("write a file in", code)
    }
    // SAFETY: see above.
    guard unsafe rename(temporaryPath, path) == 0 else {
      throw fault("name a file in", errno)
    }
  }

  /// Writes all bytes.
  /// - Returns: 0, or the system's error number.
  private func fill(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32 {
    var written = 0
    while written < bytes.count {
      // SAFETY: the bytes from `written` on lie within the array during the call.
      let count = unsafe bytes.withUnsafeBytes { memory in
        guard let base = memory.baseAddress else { return 0 }
        return unsafe write(descriptor, base + written, memory.count - written)
      }
      if count >= 0 {
        written += count
      } else if errno != EINTR {
        return errno
      }
    }
    return 0
  }

  /// Sees to it that all files of the directory are on disk, with their names. The system writes
  /// out the whole file system for that, which is far cheaper than file by file.
  static func sync(_ directory: String) throws(SinkError) {
    // SAFETY: the path is a text that ends in zero, and the system reads it during the call.
    let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw SinkError(directory: directory, operation: "open", code: errno)
    }
    defer { close(descriptor) }
    guard syncfs(descriptor) == 0 else {
      throw SinkError(directory: directory, operation: "sync", code: errno)
    }
  }

  private func fault(_ operation: String, _ code: Int32) -> SinkError {
    SinkError(directory: directory, operation: operation, code: code)
  }
}

/// syncfs(2), which glibc's headers show only to those who ask for GNU's extensions, as its Swift
/// module does not: writes out the file system that the descriptor lies in, and waits.
///
/// An integer is passed and returned in the same registers by Swift and by C.
@_silgen_name("syncfs")
private func syncfs(_ descriptor: Int32) -> Int32

extension SinkError {
  /// A fault of a directory that the system reported with the error number `code`.
  init(directory: String, operation: String, code: Int32) {
    // SAFETY: `strerror` returns a text that ends in zero and is copied at once.
    let text = unsafe String(cString: strerror(code))
    let mend =
      switch code {
      case ENOENT: "create the directory again"
      case EACCES, EPERM, EROFS: "give this user the permission to write there"
      case EEXIST, ENOTDIR: "move the file away that stands in its place"
      case ENOSPC, EDQUOT: "free some space"
      case EMFILE, ENFILE: "raise the limit on open files"
      default: "mend it"
      }
    self.init(
      place: directory,
      problem: "cannot \(operation) this directory: \(text); \(mend),"
        + " and what waits goes out by itself")
  }
}
