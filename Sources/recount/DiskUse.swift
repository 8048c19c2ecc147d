import Foundation

/// How much room files take.
enum DiskUse {
  /// The bytes that the files below `path` take on disk, holes not counted; 0 where there are none.
  static func bytes(_ path: String) -> Int64 {
    guard let files = FileManager.default.subpaths(atPath: path) else { return 0 }
    return files.reduce(0) { sum, file in
      var status = stat()
      // SAFETY: `stat` writes the structure that is passed, and keeps nothing.
      guard unsafe stat("\(path)/\(file)", &status) == 0 else { return sum }
      return sum + Int64(status.st_blocks) * 512
    }
  }
}
