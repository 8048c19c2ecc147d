import Glibc

/// A file that is written from its beginning, or standard output.
///
/// A file gets its name when it is whole; before that it is `NAME.partial`.
final class ByteSink {
  private let path: String?
  private var descriptor: Int32
  /// Bytes written so far.
  private(set) var byteCount = 0

  /// - Parameter path: `-` is standard output.
  /// - Throws: ``ArchiveError`` where the file is there already, or cannot be made.
  init(path: String) throws(ArchiveError) {
    self.path = path == "-" ? nil : path
    guard path != "-" else {
      descriptor = STDOUT_FILENO
      return
    }
    guard !DurableFile.exists(path) else {
      throw ArchiveError("\(path) is there already: name another file, or remove it")
    }
    // SAFETY: the path is a text that ends in zero, which the system reads during the call.
    descriptor = unsafe open(path + ".partial", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw ArchiveError("make", path + ".partial", code: errno) }
  }

  deinit {
    guard let path, descriptor >= 0 else { return }
    Glibc.close(descriptor)
    // It was given up: half a file is of no use.
    _ = unsafe unlink(path + ".partial")
  }

  /// Writes all bytes.
  /// - Throws: ``ArchiveError``; a reader that has gone away (`EPIPE`) is one, too.
  func write(_ bytes: borrowing [UInt8]) throws(ArchiveError) {
    var start = 0
    while start < bytes.count {
      // SAFETY: the bytes from `start` on lie within the array during the call.
      let count = unsafe bytes.withUnsafeBytes { memory in
        unsafe Glibc.write(descriptor, memory.baseAddress! + start, memory.count - start)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw ArchiveError("write", path ?? "standard output", code: errno)
      }
      start += count
    }
    byteCount += bytes.count
  }

  /// Puts the file on disk and gives it its name.
  func finish() throws(ArchiveError) {
    guard let path else { return }
    guard fsync(descriptor) == 0 else {
      throw ArchiveError("sync", path + ".partial", code: errno)
    }
    Glibc.close(descriptor)
    descriptor = -1
    try DurableFile.move(path + ".partial", to: path)
  }
}

/// A file that is read from its beginning, or standard input.
final class ByteSource {
  private static let chunkBytes = 1 << 20

  /// What messages call it.
  let name: String
  private let descriptor: Int32
  private let isOwned: Bool

  /// - Parameter path: `-` is standard input.
  init(path: String) throws(ArchiveError) {
    isOwned = path != "-"
    name = isOwned ? path : "standard input"
    // SAFETY: the path is a text that ends in zero, which the system reads during the call.
    descriptor = isOwned ? unsafe open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO
    guard descriptor >= 0 else { throw ArchiveError("open", path, code: errno) }
  }

  deinit {
    if isOwned { close(descriptor) }
  }

  /// The next bytes; none at the end.
  func next() throws(ArchiveError) -> [UInt8] {
    var code: Int32 = 0
    let chunk = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkBytes) { buffer, count in
      // SAFETY: the system writes at most as many bytes as the buffer has.
      var got = unsafe read(descriptor, buffer.baseAddress, buffer.count)
      while got < 0 && errno == EINTR {
        got = unsafe read(descriptor, buffer.baseAddress, buffer.count)
      }
      if got < 0 { code = errno }
      count = max(0, got)
    }
    guard code == 0 else { throw ArchiveError("read", name, code: code) }
    return chunk
  }
}
