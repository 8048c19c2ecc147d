import FoundationEssentials
package import Programs

/// A folder that holds program folders.
package struct ProgramFolders {
  private let path: String

  package init(path: String) {
    self.path = path
  }

  /// The programs in it, by name: every folder that has a `program.yaml`.
  /// - Throws: Where the folder cannot be listed or holds none, and as `ProgramFolder.body()`.
  package func bodies() throws -> [(folder: String, body: ProgramBody)] {
    let manager = FileManager.default
    if manager.fileExists(atPath: path + "/program.yaml") {
      let folder = ProgramFolder(path: path)
      return [(folder.name, try folder.body())]
    }
    guard let names = try? manager.contentsOfDirectory(atPath: path) else {
      let problem = manager.fileExists(atPath: path) ? "is no folder" : "is not there"
      throw ProgramFolderError(
        description: "\(path) \(problem): name a program's folder, which has a program.yaml, or a "
          + "folder of such")
    }
    let folders = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .filter { manager.fileExists(atPath: "\(path)/\($0)/program.yaml") }
    guard !folders.isEmpty else {
      throw ProgramFolderError(
        description: "the folder \(path) holds no program: each is a folder with a program.yaml")
    }
    return try folders.map { ($0, try ProgramFolder(path: "\(path)/\($0)").body()) }
  }
}

/// A folder of programs cannot be used.
package struct ProgramFolderError: Error, CustomStringConvertible {
  package let description: String
}
