import Glibc

/// Repeated measurements of one thing.
package struct Measurement: Sendable {
  /// What was measured, with its size.
  package let name: String
  /// `events a second` and the like.
  package let unit: String
  /// Each run's figure, in the order of the runs.
  package let runs: [Double]
  /// The figure that an issue or the design asks for; nil: none.
  package let goal: Double?

  package init(name: String, unit: String, runs: [Double], goal: Double? = nil) {
    self.name = name
    self.unit = unit
    self.runs = runs
    self.goal = goal
  }

  package var minimum: Double { runs.min() ?? 0 }
  package var maximum: Double { runs.max() ?? 0 }

  /// The middle one; of an even number the lower of the two in the middle.
  package var median: Double {
    runs.isEmpty ? 0 : runs.sorted()[(runs.count - 1) / 2]
  }
}

/// What the figures were taken on.
package enum Machine {
  /// Processor model, cores and kernel, in a line.
  package static var description: String {
    let model =
      read("/proc/cpuinfo").split(separator: "\n")
      .first { $0.hasPrefix("model name") }?
      .split(separator: ":").last.map { String($0.dropFirst()) } ?? "unknown processor"
    let kernel = read("/proc/sys/kernel/osrelease").split(separator: "\n").first ?? "?"
    return "\(model), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores, Linux \(kernel)"
  }

  private static func read(_ path: String) -> String {
    guard let file = unsafe fopen(path, "r") else { return "" }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8_192)
    let count = unsafe bytes.withUnsafeMutableBytes {
      unsafe fread($0.baseAddress, 1, $0.count, file)
    }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}

/// A directory of a benchmark's own, removed at the end.
package final class ScratchDirectory {
  package let path: String

  package init(below parent: String) throws {
    var template = Array("\(parent)/recount-bench-XXXXXX".utf8CString)
    let isMade = unsafe template.withUnsafeMutableBufferPointer {
      unsafe mkdtemp($0.baseAddress!) != nil
    }
    guard isMade else { throw BenchmarkError("no directory can be made below \(parent)") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A new empty directory in it.
  package func folder(_ name: String) throws -> String {
    let folder = "\(path)/\(name)"
    guard unsafe mkdir(folder, 0o700) == 0 else {
      throw BenchmarkError("the folder \(folder) cannot be made")
    }
    return folder
  }

  deinit {
    remove(path)
  }

  private func remove(_ path: String) {
    guard let directory = unsafe opendir(path) else {
      unsafe unlink(path)
      return
    }
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { remove("\(path)/\(name)") }
    }
    unsafe closedir(directory)
    unsafe rmdir(path)
  }
}

/// A benchmark could not run.
package struct BenchmarkError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
