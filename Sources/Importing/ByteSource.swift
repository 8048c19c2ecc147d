import Glibc
import Intake

/// The bytes of a file, or of standard input, in pieces.
final class ByteSource {
  let name: String
  private(set) var progress: EventFile.Progress
  private let descriptor: Int32

  /// - Parameter path: `-` is standard input.
  init(path: String) throws(FileFault) {
    name = path == "-" ? "standard input" : path
    // SAFETY: the path is a text that ends in zero, and the system reads it during the call.
    descriptor = path == "-" ? dup(STDIN_FILENO) : unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileFault(path: name, operation: "open", code: errno)
    }
    progress = EventFile.Progress(bytesRead: 0, size: EventFile.size(of: descriptor))
  }

  deinit { close(descriptor) }

  /// The next bytes, at most `limit`; nil at the end.
  /// - Throws: Where reading fails, or the file is compressed.
  func read(_ limit: Int) throws(FileFault) -> [UInt8]? {
    var code: Int32 = 0
    // SAFETY: the buffer has room for `limit` bytes, and only those that were read are counted.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { memory, count in
      guard let base = memory.baseAddress else { return }
      var result = 0
      repeat {
        result = unsafe Glibc.read(descriptor, base, limit)
        code = result < 0 ? errno : 0
      } while code == EINTR
      count = max(result, 0)
    }
    guard code == 0 else { throw FileFault(path: name, operation: "read", code: code) }
    defer { progress.bytesRead += bytes.count }
    guard progress.bytesRead == 0 else { return bytes.isEmpty ? nil : bytes }
    if bytes.starts(with: [0x1f, 0x8b]) {
      throw FileFault(
        path: name, operation: "read",
        problem: "the file is compressed; send its text: gzip -dc FILE | recount import - …")
    }
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { return Array(bytes.dropFirst(3)) }
    return bytes.isEmpty ? nil : bytes
  }
}
