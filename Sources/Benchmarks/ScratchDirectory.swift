import Glibc

/// A directory of a benchmark's own, removed at the end.
package final class ScratchDirectory: Sendable {
  package let path: String

  package init(below parent: String) throws {
    var template = Array("\(parent)/recount-bench-XXXXXX".utf8CString)
    // SAFETY: the array ends with a zero, and is used within the closure alone.
    let isMade = unsafe template.withUnsafeMutableBufferPointer {
      unsafe mkdtemp($0.baseAddress!) != nil
    }
    guard isMade else { throw BenchmarkError("no directory can be made below \(parent)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    // A server that runs as another user reaches its folder through this one.
    _ = unsafe chmod(path, 0o711)
  }

  /// A new empty directory in it.
  package func folder(_ name: String) throws -> String {
    let folder = "\(path)/\(name)"
    guard unsafe mkdir(folder, 0o700) == 0 else {
      throw BenchmarkError("the folder \(folder) cannot be made")
    }
    return folder
  }

  /// Removes what a measurement left, and waits until the disk has nothing to do for it.
  package func clear(_ path: String) {
    Self.remove(path)
    sync()
  }

  /// What the files below a folder take on disk, in bytes, holes not counted.
  package func bytesOnDisk(_ folder: String) -> Int {
    var sum = 0
    Self.forEachEntry(of: folder) { path in
      var status = stat()
      // SAFETY: `lstat` fills the local structure.
      guard unsafe lstat(path, &status) == 0 else { return }
      sum += Int(status.st_blocks) * 512
      if status.st_mode & S_IFMT == S_IFDIR { sum += bytesOnDisk(path) }
    }
    return sum
  }

  deinit {
    Self.remove(path)
  }

  private static func remove(_ path: String) {
    if forEachEntry(of: path, remove) {
      unsafe rmdir(path)
    } else {
      unsafe unlink(path)
    }
  }

  /// - Returns: Whether `path` is a directory.
  @discardableResult
  private static func forEachEntry(of path: String, _ body: (String) -> Void) -> Bool {
    guard let directory = unsafe opendir(path) else { return false }
    while let entry = unsafe readdir(directory) {
      // SAFETY: the name ends with a zero within its array.
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { body("\(path)/\(name)") }
    }
    unsafe closedir(directory)
    return true
  }
}

/// A benchmark could not run.
package struct BenchmarkError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

/// A clock in nanoseconds that is never set.
package enum Clock {
  package static func nanoseconds() -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }

  /// Sleeps until the clock shows `nanoseconds`.
  package static func sleep(until nanoseconds: UInt64) {
    var time = timespec(
      tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
    while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }
}
