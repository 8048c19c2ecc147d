import CBOR
import Glibc
import JSON

/// The refused lines of an event file, one JSON object a line, for their producer to mend.
package final class RejectFile {
  private let path: String
  private var descriptor: Int32

  /// Creates the file, or empties the one that is there.
  package init(path: String) throws(FileFault) {
    self.path = path
    // SAFETY: the path is a text that ends in zero, and the system reads it during the call.
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw FileFault(path: path, operation: "open", code: errno)
    }
  }

  deinit {
    if descriptor >= 0 { Glibc.close(descriptor) }
  }

  /// Writes lines, which are in the file when this returns.
  package func append(_ lines: [RejectedLine]) throws(FileFault) {
    var writer = JSONWriter()
    for line in lines {
      line.write(to: &writer)
      writer.newline()
    }
    let bytes = writer.bytes
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
        throw FileFault(path: path, operation: "write", code: errno)
      }
    }
  }

  /// Closes the file; nothing may be appended after that.
  package func close() throws(FileFault) {
    let open = descriptor
    descriptor = -1
    guard Glibc.close(open) == 0 else {
      throw FileFault(path: path, operation: "close", code: errno)
    }
  }
}
