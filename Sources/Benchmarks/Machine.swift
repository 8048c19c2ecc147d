import CAppendLoop
import Glibc

/// What figures are taken on, and with.
package struct Machine: Sendable {
  package let facts: [(name: String, value: String)]

  /// Looks at the machine, and at the disk that `scratch` is on: writes 4 KiB a few hundred times.
  package init(scratch: ScratchDirectory) throws {
    let sync = try Self.medianSync(in: scratch)
    facts = [
      ("processor", Self.processor),
      ("cores", "\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))"),
      ("memory", Self.memory),
      ("kernel", "Linux \(Self.firstLine(of: "/proc/sys/kernel/osrelease"))"),
      ("file system", Self.fileSystem(of: scratch.path)),
      ("fdatasync of 4 KiB, median", Figure.time(microseconds: sync)),
      ("Swift", Self.swift),
      ("LMDB", unsafe String(cString: recount_c_version())),
    ]
  }

  private static var swift: String {
    #if compiler(>=6.4)
      "6.4 or later, release"
    #elseif compiler(>=6.3)
      "6.3, release"
    #else
      "6.2, release"
    #endif
  }

  private static var processor: String {
    text(of: "/proc/cpuinfo").split(separator: "\n")
      .first { $0.hasPrefix("model name") }?
      .split(separator: ":").last.map { String($0.dropFirst()) } ?? "unknown"
  }

  private static var memory: String {
    let line = firstLine(of: "/proc/meminfo").split(separator: " ")
    let kibibytes = line.count > 1 ? Double(line[1]) ?? 0 : 0
    return "\(Figure.text((kibibytes / 1_048_576 * 10).rounded() / 10)) GiB"
  }

  /// The type and device of the mount that holds `path`: of those that fit, the longest.
  private static func fileSystem(of path: String) -> String {
    var best: (folder: Substring, text: String) = ("", "unknown")
    for line in text(of: "/proc/mounts").split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count > 2, path.hasPrefix(words[1]), words[1].count >= best.folder.count else {
        continue
      }
      best = (words[1], "\(words[2]) on \(words[0])")
    }
    return best.text
  }

  /// The median time of a write of 4 KiB with fdatasync into a file that is long enough, in
  /// microseconds.
  private static func medianSync(in scratch: ScratchDirectory) throws -> Double {
    let path = "\(scratch.path)/sync"
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw BenchmarkError("the file \(path) cannot be made") }
    defer {
      close(descriptor)
      unsafe unlink(path)
    }
    let block = [UInt8](repeating: 1, count: 4_096)
    var latencies = Latencies()
    for index in 0..<400 {
      let started = Clock.nanoseconds()
      // SAFETY: the pointer spans the array and is used within the closure alone.
      let count = unsafe block.withUnsafeBytes { bytes in
        unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, (index % 200) * 4_096)
      }
      guard count == block.count, fdatasync(descriptor) == 0 else {
        throw BenchmarkError("the file \(path) cannot be written")
      }
      // The first pass makes the file long; only the second counts.
      if index >= 200 { latencies.add(Clock.nanoseconds() - started) }
    }
    return latencies.percentiles.p50
  }

  private static func firstLine(of path: String) -> String {
    String(text(of: path).split(separator: "\n").first ?? "unknown")
  }

  private static func text(of path: String) -> String {
    guard let file = unsafe fopen(path, "r") else { return "" }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    // SAFETY: at most the array's length is read into it.
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe fread($0.baseAddress, 1, $0.count, file)
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
