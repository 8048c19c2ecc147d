internal import FoundationEssentials

/// A program's folder on disk.
package struct ProgramFolder: Sendable {
  /// Its path.
  package let path: String

  /// The folder at `path`; nothing is read yet.
  package init(path: String) {
    self.path = path
  }

  /// The folder's own name, which the program's id must equal.
  package var name: String {
    let parts = path.utf8.split(separator: 0x2F)
    return parts.last.map { String(decoding: Array($0), as: UTF8.self) } ?? path
  }

  /// Reads every file below the folder but `README*` and hidden ones.
  ///
  /// - Throws: If the folder or a file cannot be read, if it has no `program.yaml`, and as
  ///   `ProgramBody.init(files:)` does. The size is looked at before a file is read.
  package func body() throws(ProgramBodyError) -> ProgramBody {
    var files: [String: [UInt8]] = [:]
    var remaining = ProgramLimits.bodyBytes
    try read("", depth: 0, into: &files, remaining: &remaining)
    guard files["program.yaml"] != nil else {
      throw ProgramBodyError("folder \(path) has no program.yaml")
    }
    return try ProgramBody(files: files)
  }

  private func read(
    _ relative: String, depth: Int, into files: inout [String: [UInt8]], remaining: inout Int
  ) throws(ProgramBodyError) {
    for name in try entries(relative) where !name.hasPrefix(".") && !name.hasPrefix("README") {
      let inner = relative.isEmpty ? name : relative + "/" + name
      var isFolder = false
      let size = try size(of: inner, isFolder: &isFolder)
      if isFolder {
        guard depth < 4 else {
          throw ProgramBodyError("folder \(path)/\(inner) is nested deeper than 4 folders")
        }
        try read(inner, depth: depth + 1, into: &files, remaining: &remaining)
        continue
      }
      guard size <= remaining, files.count < ProgramLimits.files else {
        throw ProgramBodyError(
          "folder \(path) has more than \(ProgramLimits.files) files or "
            + "\(ProgramLimits.bodyBytes) bytes; keep only what program.yaml uses")
      }
      files[inner] = try content(of: inner)
      remaining -= size
    }
  }

  private func entries(_ relative: String) throws(ProgramBodyError) -> [String] {
    let folder = relative.isEmpty ? path : path + "/" + relative
    do {
      return sortedByBytes(try FileManager.default.contentsOfDirectory(atPath: folder))
    } catch {
      throw ProgramBodyError("folder \(folder) cannot be listed: is it there, and a folder?")
    }
  }

  private func size(
    of relative: String, isFolder: inout Bool
  ) throws(ProgramBodyError) -> Int {
    do {
      let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + relative)
      let type = attributes[.type] as? FileAttributeType
      isFolder = type == .typeDirectory
      guard isFolder || type == .typeRegular else {
        throw ProgramBodyError("file \(path)/\(relative) is neither a plain file nor a folder")
      }
      return (attributes[.size] as? UInt64).map { Int(clamping: $0) } ?? 0
    } catch let error as ProgramBodyError {
      throw error
    } catch {
      throw ProgramBodyError("file \(path)/\(relative) cannot be looked at")
    }
  }

  private func content(of relative: String) throws(ProgramBodyError) -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path + "/" + relative) else {
      throw ProgramBodyError("file \(path)/\(relative) cannot be read")
    }
    return [UInt8](data)
  }
}
