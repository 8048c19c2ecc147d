import Glibc

/// A file that a benchmark writes its input to.
struct OutputFile {
  private let descriptor: Int32
  private let path: String

  init(path: String) throws {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchmarkError("the file \(path) cannot be made") }
  }

  func write(_ bytes: [UInt8]) throws {
    var start = 0
    while start < bytes.count {
      // SAFETY: the pointer spans the array and is used within the closure alone.
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start)
      }
      guard count > 0 else { throw BenchmarkError("the file \(path) cannot be written") }
      start += count
    }
  }

  func close() {
    _ = Glibc.close(descriptor)
  }
}
